"""Visitors of tracked pages: known by a signed token that a form's answer or a mail's link brings.

A token gives no right to read anything: it says whose a visit is, and only pages that have a key
of the same workspace may say so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from auth.seals import Seal

PARAMETER = "cv"
"""The parameter of an address that brings a token."""
KINDS = ("contact", "lead")
"""The tables of who can be known; whoever a form is about is the first that is there."""
_SEAL = Seal("visitors of tracked pages", ">B16s16s", 16)


@dataclass(frozen=True, slots=True)
class Known:
    """Who visits: a record of a workspace."""

    workspace: str
    kind: str
    record: str


def token(workspace: str, kind: str, record: str) -> str:
    """What a record's visits carry."""
    return _SEAL.sealed(KINDS.index(kind), UUID(workspace).bytes, UUID(record).bytes)


def known(text: str) -> Known | None:
    """Whose token this is; None when it is none of ours."""
    said = _SEAL.opened(text)
    if said is None:
        return None
    kind, workspace, record = said
    return Known(str(UUID(bytes=workspace)), KINDS[kind], str(UUID(bytes=record)))


def carried(url: str, visitor: str, sites: Iterable[str]) -> str:
    """An address that brings a token along, where it leads to one of some sites."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if not any(host == site or host.endswith(f".{site}") for site in sites):
        return url
    others = [
        pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != PARAMETER
    ]
    return parts._replace(query=urlencode([*others, (PARAMETER, visitor)])).geturl()
