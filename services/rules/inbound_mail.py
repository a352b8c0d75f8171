"""Mail that comes in: a message as it was sent becomes plain data, whatever is wrong with it."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses

from services.rules import mail_html

LONGEST_TEXT = 500_000
MOST_ADDRESSES = 200
MOST_ATTACHMENTS = 50
_LONGEST_HEADER = 20_000
_LONGEST_ID, _LONGEST_ADDRESS, _LONGEST_SUBJECT = 500, 254, 998
_MOST_IDS = 50
_MOST_BOUNDARIES, _MOST_PARTS = 100, 1_000
_ID = re.compile(r"<[^<>\s]{1,498}>")
_ADDRESS = re.compile(r"[^@\s<>\"',;:()\[\]\x00-\x1f]{1,64}@[^@\s<>\"',;:()\[\]\x00-\x1f]{1,253}")
_SENT_TO = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
_BULK = frozenset({"bulk", "list", "junk", "auto_reply"})
_MACHINES = ("mailer-daemon@", "postmaster@", "no-reply@", "noreply@")
_TELLERS = ("mailer-daemon", "postmaster")
_PERMANENT = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b|\b55[0-4]\b")
_STATUS = re.compile(r"\s*([245])\.\d{1,3}\.\d{1,3}")
_HIDDEN = dict.fromkeys(range(32)) | {9: 9, 10: 10}
_REASON = 500


class Unreadable(Exception):
    """What came is no mail that could be taken; the sentence says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


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
    if raw.lower().count(b"boundary=") > _MOST_BOUNDARIES:
        raise Unreadable("Its parts are nested too deep.")
    try:
        return _read(message_from_bytes(raw, policy=compat32))
    except RecursionError as error:
        raise Unreadable("Its parts are nested too deep.") from error
    except (MessageError, LookupError, ValueError, TypeError, AttributeError) as error:
        raise Unreadable(f"It is not written as mail is: {error}.") from error


def unread(raw: bytes) -> Mail:
    """What stands for bytes that are no mail, so that they are refused once."""
    name = f"<{hashlib.sha256(raw).hexdigest()[:40]}@unreadable>"
    return Mail(name, "", "", (), (), (), "", "", None, (), False, None, ())


def _read(message: Message) -> Mail:
    if not message.keys():
        raise Unreadable("It has no headers.")
    senders = _addresses(message, "From") or _addresses(message, "Sender")
    name, sender = senders[0] if senders else ("", "")
    text, html, parts, left_out = _contents(message)
    to = [one for _, one in _addresses(message, "To")]
    subject = _header(message, "Subject")[:_LONGEST_SUBJECT]
    bounce = _bounce(message, sender, text)
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
        text = str(make_header(decode_header(raw)))
    except (MessageError, LookupError, ValueError):
        text = raw
    return " ".join(_clean(text).split())


def _clean(text: str) -> str:
    """A text that can be stored: no controls, and no halves of signs."""
    return text.translate(_HIDDEN).encode("utf-8", "replace").decode()


def _addresses(message: Message, name: str) -> list[tuple[str, str]]:
    """The names and addresses of a header, each that could be one."""
    values = [str(one)[:_LONGEST_HEADER] for one in message.get_all(name, [])[:MOST_ADDRESSES]]
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
    submitted = _header(message, "Auto-Submitted").lower()
    suppress = _header(message, "X-Auto-Response-Suppress").lower()
    return (
        (bool(submitted) and not submitted.startswith("no"))
        or _header(message, "Precedence").lower() in _BULK
        or (bool(suppress) and suppress != "none")
        or any(message.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder"))
        or _has_null_path(message)
        or sender.lower().startswith(_MACHINES)
    )


def _has_null_path(message: Message) -> bool:
    return str(message.get("Return-Path") or "").strip() == "<>"


def _contents(message: Message) -> tuple[str, str | None, list[Part], list[str]]:
    """What it says, how that looks, and the files it brings."""
    texts: list[str] = []
    pages: list[str] = []
    parts: list[Part] = []
    left_out: list[str] = []
    for part in _leaves(message):
        kind = part.get_content_type()
        name = _decoded(part.get_filename() or "")
        is_file = part.get_content_disposition() == "attachment" or bool(name)
        if kind == "text/plain" and not is_file:
            texts.append(_text(part))
        elif kind == "text/html" and not is_file:
            pages.append(_text(part))
        elif kind not in {"message/delivery-status", "text/rfc822-headers"}:
            content = _bytes(part)
            if len(parts) < MOST_ATTACHMENTS and content:
                parts.append(Part(name or _unnamed(kind), content))
            elif content:
                left_out.append(f"{name or kind} was left out: there are too many files.")
    html = mail_html.cleaned("\n".join(pages), remote=False) if pages else None
    text = "\n\n".join(texts).strip()
    if not text and html:
        text = mail_html.text_of(html)
    return text[:LONGEST_TEXT], html, parts, left_out


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something; a message within one is a file."""
    waiting, seen = [message], 0
    while waiting:
        part = waiting.pop()
        seen += 1
        if seen > _MOST_PARTS:
            raise Unreadable(f"It has more than {_MOST_PARTS:,} parts.")
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting += [one for one in reversed(payload) if isinstance(one, Message)]
        else:
            yield part


def _bytes(part: Message) -> bytes:
    payload = part.get_payload()
    if isinstance(payload, list):
        return b"\n".join(one.as_bytes() for one in payload if isinstance(one, Message))
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _text(part: Message) -> str:
    content = _bytes(part)
    for charset in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            return _clean(content.decode(charset).replace("\r\n", "\n"))
        except (LookupError, ValueError):
            continue
    return _clean(content.decode("cp1252", "replace").replace("\r\n", "\n"))


def _unnamed(kind: str) -> str:
    return "message.eml" if kind == "message/rfc822" else f"attachment.{kind.partition('/')[2]}"


def _bounce(message: Message, sender: str, text: str) -> Bounce | None:
    """What a report of a mail server tells, in the standard's form or in words."""
    told = [one for one in _leaves(message) if one.get_content_type() == "message/delivery-status"]
    if told:
        return _reported(message, told[0])
    local = sender.partition("@")[0].lower()
    if not (_has_null_path(message) or local in _TELLERS):
        return None
    if _header(message, "Auto-Submitted").lower().startswith("auto-replied"):
        return None
    ids = [*_answers(message), *_ID.findall(text[:_LONGEST_HEADER])][:_MOST_IDS]
    failed = [one for _, one in _addresses(message, "X-Failed-Recipients")]
    failed += _ADDRESS.findall(text[:_LONGEST_HEADER])[:MOST_ADDRESSES]
    if not ids or not failed:
        return None
    is_final = bool(_PERMANENT.search(text[:_LONGEST_HEADER]))
    reason = " ".join(text[:_REASON].split())
    return Bounce(ids, list(dict.fromkeys(failed)), reason, is_final)


def _reported(message: Message, status: Message) -> Bounce:
    recipients: list[str] = []
    reasons: list[str] = []
    finals: list[bool] = []
    delayed = True
    groups = status.get_payload()
    for group in groups if isinstance(groups, list) else []:
        if not isinstance(group, Message):
            continue
        address = str(group.get("Final-Recipient") or group.get("Original-Recipient") or "")
        found = _ADDRESS.search(address.rpartition(";")[2])
        action = str(group.get("Action") or "failed").strip().lower()
        if found is None:
            continue
        delayed = delayed and action in {"delayed", "delivered", "relayed", "expanded"}
        if action == "failed":
            recipients.append(found[0])
            code = _STATUS.match(str(group.get("Status") or ""))
            finals.append(code is not None and code[1] == "5")
            reasons.append(_decoded(group.get("Diagnostic-Code") or group.get("Status")))
    ids = [*_original_ids(message), *_answers(message)][:_MOST_IDS]
    reason = "; ".join(one for one in reasons if one)[:_REASON] or "It was not delivered."
    return Bounce(ids, recipients, reason, any(finals), is_delayed=delayed)


def _original_ids(message: Message) -> Iterator[str]:
    """The Message-IDs of the mail that a report returns."""
    for part in _leaves(message):
        payload = part.get_payload()
        if part.get_content_type() == "message/rfc822" and isinstance(payload, list):
            for one in payload:
                if isinstance(one, Message):
                    yield from _ids(one, "Message-ID")
        elif part.get_content_type() == "text/rfc822-headers":
            headers = message_from_bytes(_bytes(part)[:_LONGEST_HEADER], policy=compat32)
            yield from _ids(headers, "Message-ID")


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
