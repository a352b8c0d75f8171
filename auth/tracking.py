"""Links in mails that tell of being followed: signed, short, and about one mail only.

They open nothing: whoever holds one can say that a mail was opened, follow a link that is in it,
or take its receiver off the lists.
"""

from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from auth.seals import Seal

_SEAL = Seal("links in mails", ">B16s16sH", 12)


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
    return _SEAL.sealed(told, UUID(workspace).bytes, UUID(email).bytes, number)


def read(text: str, told: Told) -> Tracked | None:
    """What a link says, if we have made it to tell this."""
    said = _SEAL.opened(text)
    if said is None or said[0] != told:
        return None
    _, workspace, email, number = said
    return Tracked(told, str(UUID(bytes=workspace)), str(UUID(bytes=email)), number)
