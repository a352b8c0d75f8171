"""Letters: what the mails of the product say, as text and as HTML made of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

LINK = "{link}"
"""Stands in a stored text for a link that only its receiver is to have."""

_SWITCH = "Choose with `notificationSettingUpdate` what you are told by mail, and what not."
_URL = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
_BODY = (
    "margin:0;padding:24px;background:#f3f4f6;color:#1f2937;"
    "font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
)
_SHEET = (
    "max-width:560px;margin:0 auto;padding:32px;background:#ffffff;border-radius:8px;"
    "overflow-wrap:anywhere"
)
_BUTTON = (
    "display:inline-block;padding:12px 20px;background:#1f3a5f;color:#ffffff;"
    "text-decoration:none;border-radius:6px;font-weight:600"
)


@dataclass(frozen=True, slots=True)
class Words:
    """The subject and the text of a mail."""

    subject: str
    text: str


def quote_sent(
    *,
    seller: str,
    sender: str | None,
    customer: str,
    number: str,
    title: str,
    total: str,
    valid_until: str,
    link: str,
    message: str | None = None,
) -> Words:
    """A quote goes to its customer; the sender's own words stand before all else."""
    return Words(
        f"Quote {number} from {seller}: {title}",
        _paragraphs(
            message or f"Dear {customer},\n\n{sender or seller} has made you an offer.",
            f"Quote {number}: {title}\nTotal: {total}\nValid until: {valid_until}",
            "See it, and accept or decline it, here:",
            link,
            "It is attached as a PDF as well.",
            "\n".join(one for one in (sender, seller) if one),
        ),
    )


def invoice_sent(
    *,
    seller: str,
    customer: str,
    number: str,
    total: str,
    due_date: str,
    message: str | None = None,
) -> Words:
    """An invoice goes to whom it bills."""
    return Words(
        f"Invoice {number} from {seller}",
        _paragraphs(
            message or f"Dear {customer},\n\nplease find our invoice attached.",
            f"Invoice {number}\nTo be paid: {total}\nDue: {due_date}",
            seller,
        ),
    )


def invitation(*, workspace: str, inviter: str, role: str, days: int) -> Words:
    """Somebody is invited to a workspace."""
    return Words(
        f"{inviter} invites you to {workspace}",
        _paragraphs(
            f"{inviter} invites you to work in {workspace}, as {role}.",
            "Choose a password to join:",
            LINK,
            f"The link holds for {days} days. If you did not expect it, leave it.",
        ),
    )


def password_reset(*, workspace: str, minutes: int) -> Words:
    """Somebody asked for a new password."""
    return Words(
        f"Your password for {workspace}",
        _paragraphs(
            f"Somebody asked to set a new password for your sign-in to {workspace}.",
            "Set it here:",
            LINK,
            f"The link holds for {minutes} minutes and works once. If it was not you, leave it:"
            " nothing has changed.",
        ),
    )


def case_opened(*, workspace: str, customer: str, number: str, subject: str) -> Words:
    """Somebody's case was opened."""
    return Words(
        f"[{number}] {subject}",
        _paragraphs(
            f"Dear {customer},",
            f"we have your request “{subject}”. Its number is {number}.",
            "Answer this mail to add to it: your answer reaches whoever works on it.",
            workspace,
        ),
    )


def case_escalated(*, number: str, subject: str, priority: str, missed: str, due: str) -> Words:
    """A case has missed a target, and who answers for it is to see to it."""
    return Words(
        f"{number} was not {missed} in time: {subject}",
        _paragraphs(
            f"{number} “{subject}” was to be {missed} by {due}, and was not.",
            f"Priority: {priority}",
            "You are told because you manage whoever works on it, or administer the workspace.",
        ),
    )


def told(*, workspace: str, news: Sequence[str]) -> Words:
    """A user is told at once what they want to be told by mail."""
    subject = news[0] if len(news) == 1 else f"{len(news)} things have happened in {workspace}"
    return Words(subject, _paragraphs(*news, _SWITCH))


def digest(
    *, workspace: str, overdue: Sequence[str], today: Sequence[str], news: Sequence[str]
) -> Words:
    """What a user has to do today, and what they have not read."""
    counted = ((len(overdue), "overdue"), (len(today), "due today"), (len(news), "unread"))
    subject = ", ".join(f"{count} {what}" for count, what in counted if count)
    parts = (("Overdue:", overdue), ("Due today:", today), ("Not read yet:", news))
    blocks = ["\n".join((title, *lines)) for title, lines in parts if lines]
    return Words(f"Your day in {workspace}: {subject}", _paragraphs(*blocks, _SWITCH))


def html(text: str) -> str:
    """A text as a page of a mail: a link alone is a button, other links can be followed."""
    blocks = "".join(_block(block) for block in re.split(r"\n\s*\n", text.strip()) if block)
    return (
        "<!doctype html><html><head><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width'></head>"
        f'<body style="{_BODY}"><div style="{_SHEET}">{blocks}</div></body></html>'
    )


def _block(text: str) -> str:
    if _URL.fullmatch(text.strip()):
        url = escape(text.strip())
        return f'<p><a href="{url}" style="{_BUTTON}">Open</a></p><p>{_linked(text.strip())}</p>'
    lines = (_linked(line) for line in text.splitlines())
    return f"<p>{'<br>'.join(lines)}</p>"


def _linked(line: str) -> str:
    parts, end = [], 0
    for found in _URL.finditer(line):
        url = escape(found[0])
        parts += [escape(line[end : found.start()]), f'<a href="{url}">{url}</a>']
        end = found.end()
    return "".join([*parts, escape(line[end:])])


def _paragraphs(*texts: str) -> str:
    return "\n\n".join(texts) + "\n"
