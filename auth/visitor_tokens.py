"""Visitors of tracked pages: known by a signed token that a form's answer or a mail's link brings.

A token gives no right to read anything: it says whose a visit is, and only pages that have a key
of the same workspace may say so.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from core.settings import from_environment

PARAMETER = "cv"
"""The parameter of an address that brings a token."""
KINDS = ("contact", "lead")
"""The tables of who can be known; whoever a form is about is the first that is there."""
_SIGNATURE = 16
_FORM = struct.Struct(">B16s16s")


@dataclass(frozen=True, slots=True)
class Known:
    """Who visits: a record of a workspace."""

    workspace: str
    kind: str
    record: str


def token(workspace: str, kind: str, record: str) -> str:
    """What a record's visits carry."""
    told = _FORM.pack(KINDS.index(kind), UUID(workspace).bytes, UUID(record).bytes)
    return base64.urlsafe_b64encode(told + _signature(told)).decode().rstrip("=")


def known(text: str) -> Known | None:
    """Whose token this is; None when it is none of ours."""
    try:
        told = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    told, signature = told[: _FORM.size], told[_FORM.size :]
    if len(told) != _FORM.size or not hmac.compare_digest(signature, _signature(told)):
        return None
    kind, workspace, record = _FORM.unpack(told)
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


def _signature(told: bytes) -> bytes:
    return hmac.digest(_key(), told, hashlib.sha256)[:_SIGNATURE]


@cache
def _key() -> bytes:
    secret = from_environment().coeffection_secret_key
    return hmac.digest(secret.encode(), b"visitors of tracked pages", hashlib.sha256)
