"""Links in mails that tell of being followed: signed, short, and about one mail only.

They open nothing: whoever holds one can say that a mail was opened, follow a link that is in it,
or take its receiver off the lists.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from uuid import UUID

from core.settings import from_environment

_SIGNATURE = 12
_FORM = struct.Struct(">B16s16sH")


class Told(IntEnum):
    """What following a link tells."""

    OPENED = 1
    CLICKED = 2
    UNSUBSCRIBED = 3


@dataclass(frozen=True, slots=True)
class Tracked:
    """Which e-mail a link is in, and which of its links it is."""

    told: Told
    workspace: str
    email: str
    number: int


def signed(told: Told, workspace: str, email: str, number: int = 0) -> str:
    """The last part of a link's address."""
    packed = _FORM.pack(told, UUID(workspace).bytes, UUID(email).bytes, number)
    return base64.urlsafe_b64encode(packed + _signature(packed)).decode().rstrip("=")


def read(text: str, told: Told) -> Tracked | None:
    """What a link says, if we have made it to tell this."""
    try:
        given = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    packed, signature = given[: _FORM.size], given[_FORM.size :]
    if len(packed) != _FORM.size or not hmac.compare_digest(signature, _signature(packed)):
        return None
    kind, workspace, email, number = _FORM.unpack(packed)
    if kind != told:
        return None
    return Tracked(told, str(UUID(bytes=workspace)), str(UUID(bytes=email)), number)


def _signature(packed: bytes) -> bytes:
    return hmac.digest(_key(), packed, hashlib.sha256)[:_SIGNATURE]


@cache
def _key() -> bytes:
    secret = from_environment().coeffection_secret_key
    return hmac.digest(secret.encode(), b"links in mails", hashlib.sha256)
