"""Refusals as clients see them: one interface, and a type for each that carries more."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import strawberry

from core.codes import UserErrorCode
from schema.declare import Node, derived
from schema.values import described

T = TypeVar("T", bound=type)

REFUSALS: dict[UserErrorCode, Any] = {}
"""The type of the refusals with a code, where they carry details."""


@strawberry.interface(description="Why an act was refused; nothing was changed.")
class UserError:
    """A refusal the caller can act on."""

    code: UserErrorCode = described("What to switch on; /docs/errors explains each.")
    message: str = described("What to tell the person.")
    path: list[str] = described('The input field it is about, such as ["lines", "2", "quantity"].')


@strawberry.type(description="A refusal that needs no further data.")
class GenericError(UserError):
    """Most refusals."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A record, or several, that a refusal carries."""

    target: str
    description: str
    several: bool


def record(target: str, description: str) -> Any:
    """A record of an entity, or of any for `Node`; null when it is out of the viewer's sight."""
    return Carried(target, description, several=False)


def records(target: str, description: str) -> Any:
    """Records of an entity; those out of the viewer's sight are left out."""
    return Carried(target, description, several=True)


def refusal(*codes: UserErrorCode) -> Callable[[T], T]:
    """Make a class the type of refusals with these codes; its docstring is the description."""

    def declare(cls: T) -> T:
        for name, note in list(vars(cls).items()):
            if isinstance(note, Carried):
                kind = Node if note.target == "Node" else derived(note.target)
                cls.__annotations__[name] = (
                    list[kind] if note.several else kind | None  # type: ignore[valid-type]
                )
                setattr(cls, name, described(note.description))
        made = strawberry.type(cls, description=cls.__doc__)
        for code in codes:
            if REFUSALS.setdefault(code, made) is not made:
                message = f"{cls.__name__}: {code} has the type {REFUSALS[code].__name__} already."
                raise TypeError(message)
        return made

    return declare


@refusal(UserErrorCode.DUPLICATE, UserErrorCode.DUPLICATE_EMAIL)
class DuplicateError(UserError):
    """Another record has this value already."""

    existing = record("Node", "The other record; null when it is out of your sight.")


@refusal(UserErrorCode.STALE_VERSION)
class StaleVersionError(UserError):
    """The record changed since it was read."""

    current_version: int = described("Its version now.")
    changed_fields: list[str] = described("What changed since the version you sent.")


@refusal(UserErrorCode.STALE_POSITION)
class StalePositionError(UserError):
    """The cards a card was to be placed beside have left the column."""

    above = record("Node", "The card above that place now; null where you see none.")
    below = record("Node", "The card below that place now; null where you see none.")


@strawberry.type(description="A workspace to choose from when signing in.")
class WorkspaceChoice:
    """A workspace an address belongs to."""

    id: strawberry.ID = described("Its id; send it as `workspaceId`.")
    name: str = described("Its name.")


@refusal(UserErrorCode.WORKSPACE_REQUIRED)
class WorkspaceRequiredError(UserError):
    """The address belongs to several workspaces."""

    workspaces: list[WorkspaceChoice] = described("Those whose password was right.")
