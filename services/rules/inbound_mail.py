"""Mail that comes in: a message as it was sent becomes plain data, whatever is wrong with it."""

import codecs
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

from services.rules import bounces, mail_html, mime
from services.rules.forms import HIDDEN
from services.rules.mime import Leaf, Unreadable

LONGEST_TEXT = 500_000
MOST_ADDRESSES = 200
MOST_ATTACHMENTS = 50
_LONGEST_HEADER = 20_000
_LONGEST_ID, _LONGEST_ADDRESS, _LONGEST_SUBJECT = 500, 254, 998
_MOST_IDS = 50
_ID = re.compile(r"<[^<>\s]{1,498}>")
_ADDRESS = re.compile(r"[^@\s<>\"',;:()\[\]\x00-\x1f]{1,64}@[^@\s<>\"',;:()\[\]\x00-\x1f]{1,253}")
_SENT_TO = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
_BULK = frozenset({"bulk", "list", "junk", "auto_reply"})
_MACHINES = ("mailer-daemon@", "no-reply@", "noreply@")
_TELLERS = ("mailer-daemon", "postmaster")
_ABSENT = re.compile(
    r"\b(vacation|out of (the )?office|auto(matic)?[ -]?(reply|response)|abwesen|absence|away)\b",
    re.IGNORECASE,
)
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)")
_UNSAID = "5.0.0"
_SAID = re.compile(r"(?:[\w-]+;)?\s*(\d{3})(?!\d)[ -]?(.*)", re.DOTALL)
"""What a server answered, behind the name of its language: a code and words."""
_GROUPS = re.compile(rb"\r?\n[ \t]*\r?\n")
_REASON, _LONGEST_REPORT = 500, 200_000
_HIDDEN = dict.fromkeys(HIDDEN) | {ord(sign): ord(sign) for sign in "\t\n"}
_HIDDEN |= {ord(sign): ord("\n") for sign in "\u2028\u2029"}
_LARGEST_TEXT, _LONGEST_SIGN = 4 * LONGEST_TEXT, 4
_NOWHERE = b"\x81\x8d\x8f\x90\x9d"
"""The bytes that stand for nothing in cp1252."""
_SLOW = frozenset({"punycode", "idna", "undefined", "unicode-escape", "raw-unicode-escape"})
"""Charsets that no mail is written in, and of which some take minutes."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file that came with a mail."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Bounce:
    """That a mail of ours was not delivered."""

    message_ids: Sequence[str]
    recipients: Sequence[str]
    reason: str
    is_final: bool
    """Whether trying again would be in vain."""
    is_delayed: bool = False


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that came in."""

    message_id: str
    sender: str
    sender_name: str
    to: Sequence[str]
    cc: Sequence[str]
    sent_to: Sequence[str]
    """Every address it went to, hidden ones as far as servers noted them."""
    subject: str
    text: str
    html: str | None
    answers: Sequence[str]
    """The Message-IDs it answers, the nearest first."""
    is_automatic: bool
    bounce: Bounce | None
    parts: Sequence[Part]
    left_out: Sequence[str] = ()


def read(raw: bytes) -> Mail:
    """The mail that some bytes are."""
    try:
        leaves = mime.leaves(raw)
        return _read(mime.head_of(raw), leaves)
    except (MessageError, LookupError, ValueError, TypeError, AttributeError) as error:
        raise Unreadable(f"It is not written as mail is: {error}.") from error


def unread(raw: bytes) -> Mail:
    """What stands for bytes that are no mail, so that they are refused once."""
    name = f"<{hashlib.sha256(raw).hexdigest()[:40]}@unreadable>"
    return Mail(name, "", "", (), (), (), "", "", None, (), False, None, ())


def _read(message: Message, leaves: Sequence[Leaf]) -> Mail:
    if not message.keys():
        raise Unreadable("It has no headers.")
    senders = _addresses(message, "From") or _addresses(message, "Sender")
    name, sender = senders[0] if senders else ("", "")
    text, html, parts, left_out = _contents(leaves)
    to = [one for _, one in _addresses(message, "To")]
    subject = _header(message, "Subject")[:_LONGEST_SUBJECT]
    bounce = _bounce(message, leaves, sender, text)
    return Mail(
        message_id=_message_id(message, sender, to, subject, text),
        sender=sender,
        sender_name=name,
        to=to,
        cc=[one for _, one in _addresses(message, "Cc")],
        sent_to=list(
            dict.fromkeys(one for name in _SENT_TO for _, one in _addresses(message, name))
        ),
        subject=subject,
        text=text,
        html=html,
        answers=_answers(message),
        is_automatic=bounce is None and _is_automatic(message, sender),
        bounce=bounce,
        parts=parts,
        left_out=left_out,
    )


def _header(message: Message, name: str) -> str:
    """A header as people read it; the parser of whole headers takes minutes over long ones."""
    return _decoded(message.get(name))


def _decoded(given: object) -> str:
    raw = str(given or "")[:_LONGEST_HEADER]
    try:
        text = str(make_header([_spoken(*one) for one in decode_header(raw)]))
    except (MessageError, LookupError, ValueError):
        text = raw
    return " ".join(_clean(text).split())


def _clean(text: str) -> str:
    """A text that forms take: no controls, nothing that turns its direction, no half signs."""
    return text.translate(_HIDDEN)


def _charset(name: str | None) -> str:
    """What a text in a charset is read as; as browsers do, latin-1 is what Windows wrote."""
    try:
        known = codecs.lookup(name or "utf-8").name
    except (LookupError, ValueError):
        return "utf-8"
    if known == "iso8859-1":
        return "cp1252"
    return "utf-8" if known == "ascii" or known in _SLOW else known


def _spoken(word: str | bytes, charset: str | None) -> tuple[str | bytes, str | None]:
    """A word of a header in the charset it is read as."""
    if isinstance(word, str) or charset is None:
        return word, charset
    known = _charset(charset)
    return (word.translate(None, _NOWHERE) if known == "cp1252" else word), known


def _addresses(message: Message, name: str) -> list[tuple[str, str]]:
    """The names and addresses of a header, each that could be one."""
    values: list[str] = []
    left = _LONGEST_HEADER
    for one in message.get_all(name, [])[:MOST_ADDRESSES]:
        values.append(str(one)[:left])
        left -= len(values[-1])
    try:
        pairs = getaddresses(values)
    except RecursionError:
        return []
    found = []
    for shown, address in pairs[:MOST_ADDRESSES]:
        plain = _clean(address).strip()
        if len(plain) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(plain):
            found.append((_decoded(shown), plain))
    return found


def _message_id(message: Message, sender: str, to: Sequence[str], subject: str, text: str) -> str:
    """Its Message-ID; one made of what it says where it has none, the same at every delivery."""
    found = _ID.search(str(message.get("Message-ID") or "")[:_LONGEST_ID])
    if found:
        return _clean(found[0])
    told = "\x00".join((sender, *to, subject, str(message.get("Date") or ""), text))
    return f"<{hashlib.sha256(told.encode()).hexdigest()[:40]}@no-message-id>"


def _answers(message: Message) -> list[str]:
    near = _ids(message, "In-Reply-To")
    return list(dict.fromkeys([*near, *reversed(_ids(message, "References"))]))[:_MOST_IDS]


def _ids(message: Message, name: str) -> list[str]:
    return [_clean(one) for one in _ID.findall(str(message.get(name) or "")[:_LONGEST_HEADER])]


def _is_automatic(message: Message, sender: str) -> bool:
    """Whether a machine wrote it, by all that machines say of themselves."""
    local = sender.partition("@")[0].lower()
    return (
        _says_automatic(message)
        or _header(message, "Precedence").lower() in _BULK
        or _has_null_path(message)
        or sender.lower().startswith(_MACHINES)
        # People answer as postmaster as well; what answers nothing is a machine's.
        or (local in _TELLERS and not _answers(message))
    )


def _says_automatic(message: Message) -> bool:
    submitted = _header(message, "Auto-Submitted").lower()
    suppress = _header(message, "X-Auto-Response-Suppress").lower()
    return (
        (bool(submitted) and not submitted.startswith("no"))
        or (bool(suppress) and suppress != "none")
        or any(message.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder"))
    )


def _has_null_path(message: Message) -> bool:
    return str(message.get("Return-Path") or "").strip() == "<>"


def _contents(leaves: Sequence[Leaf]) -> tuple[str, str | None, list[Part], list[str]]:
    """What it says, how that looks, and the files it brings."""
    texts: list[str] = []
    pages: list[str] = []
    parts: list[Part] = []
    left_out: list[str] = []
    for leaf in leaves:
        kind = leaf.kind
        name = _decoded(leaf.head.get_filename() or "")
        is_file = leaf.head.get_content_disposition() == "attachment" or bool(name)
        if kind == "text/plain" and not is_file:
            texts.append(_text(leaf))
        elif kind == "text/html" and not is_file:
            pages.append(_text(leaf))
        elif kind not in {"message/delivery-status", "text/rfc822-headers"}:
            content = leaf.content
            if len(parts) < MOST_ATTACHMENTS and content:
                parts.append(Part(name or _unnamed(kind), content))
            elif content:
                left_out.append(f"{name or kind} was left out: there are too many files.")
    html = mail_html.cleaned("\n".join(pages), remote=False) if pages else None
    text = "\n\n".join(texts).strip()
    if not text and html:
        text = mail_html.text_of(html)
    return text[:LONGEST_TEXT], html, parts, left_out


def _text(leaf: Leaf) -> str:
    content = leaf.content
    is_cut = len(content) > _LARGEST_TEXT
    content = content[:_LARGEST_TEXT]
    for charset in (_charset(leaf.head.get_content_charset()), "utf-8"):
        try:
            text = content.decode(charset)
        except UnicodeDecodeError as error:
            if not is_cut or error.start < len(content) - _LONGEST_SIGN:
                continue
            text = content[: error.start].decode(charset)
        except (LookupError, ValueError):
            continue
        return _clean(text.replace("\r\n", "\n"))
    return _clean(content.translate(None, _NOWHERE).decode("cp1252").replace("\r\n", "\n"))


def _unnamed(kind: str) -> str:
    return "message.eml" if kind == "message/rfc822" else f"attachment.{kind.partition('/')[2]}"


def _bounce(message: Message, leaves: Sequence[Leaf], sender: str, text: str) -> Bounce | None:
    """What a report of a mail server tells, in the standard's form or in words."""
    told = next((one for one in leaves if one.kind == "message/delivery-status"), None)
    if told is not None:
        return _reported(message, leaves, told)
    failed = [one for _, one in _addresses(message, "X-Failed-Recipients")]
    if not failed and not _is_told_in_words(message, sender):
        return None
    words = text[:_LONGEST_HEADER]
    ids = [*_answers(message), *_original_ids(leaves), *_ID.findall(words)][:_MOST_IDS]
    recipients = failed or _ADDRESS.findall(words)[:MOST_ADDRESSES]
    if not ids or not recipients:
        return None
    # What a text says in passing, such as a telephone number, ends no address.
    code = _STATUS.search(words) if failed else None
    is_final = code is not None and _is_dead(code[0], "")
    reason = " ".join(text[:_REASON].split())
    return Bounce(ids, list(dict.fromkeys(recipients)), reason, is_final)


def _is_told_in_words(message: Message, sender: str) -> bool:
    """Whether a mail server itself writes; people and their absences answer from there as well."""
    if sender.partition("@")[0].lower() not in _TELLERS:
        return False
    if _says_automatic(message) or _ABSENT.search(_header(message, "Subject")):
        return False
    path = message.get("Return-Path")
    return _has_null_path(message) or (path is None and not _answers(message))


def _reported(message: Message, leaves: Sequence[Leaf], status: Leaf) -> Bounce:
    recipients: list[str] = []
    reasons: list[str] = []
    finals: list[bool] = []
    delayed = True
    for written in _GROUPS.split(status.content[:_LONGEST_REPORT])[: MOST_ADDRESSES + 1]:
        group = mime.head_of(written.lstrip(b"\r\n"))
        address = str(group.get("Final-Recipient") or group.get("Original-Recipient") or "")
        found = _ADDRESS.search(address.rpartition(";")[2])
        action = str(group.get("Action") or "failed").strip().lower()
        if found is None:
            continue
        delayed = delayed and action in {"delayed", "delivered", "relayed", "expanded"}
        if action == "failed":
            recipients.append(found[0])
            diagnosis = _decoded(group.get("Diagnostic-Code"))
            finals.append(_is_dead(str(group.get("Status") or ""), diagnosis))
            reasons.append(diagnosis or _decoded(group.get("Status")))
    ids = [*_original_ids(leaves), *_answers(message)][:_MOST_IDS]
    reason = "; ".join(one for one in reasons if one)[:_REASON] or "It was not delivered."
    return Bounce(ids, recipients, reason, any(finals), is_delayed=delayed)


def _is_dead(status: str, diagnosis: str) -> bool:
    """Whether an address takes no mail for good; refusing this one mail is not its fault."""
    said = _SAID.match(diagnosis)
    code, words = (int(said[1]), said[2]) if said else (None, diagnosis)
    given = _STATUS.search(status)
    if given is None or given[0] == _UNSAID:
        given = _STATUS.search(diagnosis) or given
    return bounces.is_dead(code, words, given[0] if given else None)


def _original_ids(leaves: Sequence[Leaf]) -> Iterator[str]:
    """The Message-IDs of the mail that a report returns."""
    for leaf in leaves:
        if leaf.kind in {"message/rfc822", "text/rfc822-headers"}:
            yield from _ids(mime.head_of(leaf.content[:_LONGEST_REPORT]), "Message-ID")


def person(shown: str, address: str) -> tuple[str, str]:
    """The given and the family name of whoever writes, as far as they tell."""
    words = shown.replace(",", " ").split() if "@" not in shown else []
    if "," in shown and len(words) > 1:
        family = shown.partition(",")[0].strip()
        return " ".join(shown.partition(",")[2].split())[:80] or family[:80], family[:80]
    if not words:
        local, _, domain = address.partition("@")
        words = [one.capitalize() for one in re.split(r"[._+-]+", local) if one]
        if len(words) == 1:
            words.append(domain.partition(".")[0].capitalize())
    first, *rest = words or ["Unknown"]
    return first[:80], (" ".join(rest) or "Unknown")[:80]
