"""Signed links: addresses that open one file for a while, without a header.

A link says who asked for it and until when it holds. It gives no right of its own: what the user
may see is looked up when it is followed, so that it ends with their sight of the file, with their
leaving and with the file itself.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

from auth.actor import Actor
from core.settings import from_environment

LASTS = timedelta(hours=1)
_STEP = timedelta(minutes=15)
"""Links made within a step are the same, so that browsers keep what they have loaded."""
_SIGNATURE = 16
_FORM = struct.Struct(">16s16sI")


@dataclass(frozen=True, slots=True)
class Link:
    """Whose link it is."""

    workspace: str
    user: str


def signed(actor: Actor, file: str, now: datetime) -> str:
    """What opens a file for an actor's user."""
    steps = (now + LASTS - _EPOCH) // _STEP + 1
    until = int((steps * _STEP).total_seconds())
    told = _FORM.pack(UUID(actor.workspace_id).bytes, UUID(actor.user_id).bytes, until)
    return base64.urlsafe_b64encode(told + _signature(file, told)).decode().rstrip("=")


def followed(text: str, file: str, now: datetime) -> Link | None:
    """Whose link to a file it is; None when it is none, or its time is over."""
    try:
        told = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    told, signature = told[: _FORM.size], told[_FORM.size :]
    if len(told) != _FORM.size or not hmac.compare_digest(signature, _signature(file, told)):
        return None
    workspace, user, until = _FORM.unpack(told)
    if _EPOCH + timedelta(seconds=until) <= now:
        return None
    return Link(str(UUID(bytes=workspace)), str(UUID(bytes=user)))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _signature(file: str, told: bytes) -> bytes:
    return hmac.digest(_key(), UUID(file).bytes + told, hashlib.sha256)[:_SIGNATURE]


@cache
def _key() -> bytes:
    secret = from_environment().coeffection_secret_key
    return hmac.digest(secret.encode(), b"links to files", hashlib.sha256)
