"""Signed links: addresses that open one file for a while, without a header.

A link says who asked for it and until when it holds. It gives no right of its own: what the user
may see is looked up when it is followed, so that it ends with their sight of the file, with their
leaving and with the file itself.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from auth.actor import Actor
from auth.seals import Seal

LASTS = timedelta(hours=1)
_STEP = timedelta(minutes=15)
"""Links made within a step are the same, so that browsers keep what they have loaded."""
_SEAL = Seal("links to files", ">16s16sI", 16)


@dataclass(frozen=True, slots=True)
class Link:
    """Whose link it is."""

    workspace: str
    user: str


def signed(actor: Actor, file: str, now: datetime) -> str:
    """What opens a file for an actor's user."""
    steps = (now + LASTS - _EPOCH) // _STEP + 1
    until = int((steps * _STEP).total_seconds())
    whose = UUID(actor.workspace_id).bytes, UUID(actor.user_id).bytes
    return _SEAL.sealed(*whose, until, beside=UUID(file).bytes)


def followed(text: str, file: str, now: datetime) -> Link | None:
    """Whose link to a file it is; None when it is none, or its time is over."""
    said = _SEAL.opened(text, beside=UUID(file).bytes)
    if said is None:
        return None
    workspace, user, until = said
    if _EPOCH + timedelta(seconds=until) <= now:
        return None
    return Link(str(UUID(bytes=workspace)), str(UUID(bytes=user)))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
