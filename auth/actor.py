"""The actor: who acts, for which workspace, and what that allows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from auth.custom_fields import NONE, CustomFields
from auth.roles import FINANCE_ACCESS, PERMISSIONS, REACH, Category, Level, Reach
from core.codes import DenialCode
from core.errors import Denied
from core.events import Author
from models.enums import Plan, Role

_SETS: dict[Any, int] = {}


class ActorKind(StrEnum):
    """What kind of actor stands behind an act."""

    USER = "USER"
    API_KEY = "API_KEY"
    WORKFLOW = "WORKFLOW"
    SYSTEM = "SYSTEM"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts. `owners` are the users whose records are in sight; None means everybody's."""

    kind: ActorKind
    id: str
    """The user's, or the API key's own id."""
    user_id: str
    workspace_id: str
    role: Role
    owners: tuple[str, ...] | None
    teams: tuple[str, ...]
    """The teams the user belongs to or manages: their queues are in sight."""
    time_zone: str
    currency: str
    plan: Plan
    epoch: int = 0
    session_id: str | None = None
    permissions: Mapping[Category, Level] = field(default_factory=dict)
    custom: CustomFields = field(default=NONE, compare=False, repr=False)
    """The fields the workspace has made for its records; changing one makes another epoch."""
    permission_set: int = field(init=False, compare=False, repr=False)
    """The number of what changes statements: never the workspace or the user."""
    bound: Mapping[str, Any] = field(init=False, compare=False, repr=False)
    """The values of the parameters that conditions on what is in sight leave open."""

    def __post_init__(self) -> None:
        """Number the permission set, and bind what conditions leave open."""
        bound = {
            "actor_owners": self.owners or (),
            "actor_teams": self.teams,
            "actor_user": self.user_id,
            "actor_workspace": self.workspace_id,
        }
        object.__setattr__(self, "bound", bound)
        only_own = self.owners == (self.user_id,)
        told = (self.role, self.owners is None, only_own, tuple(self.permissions.items()))
        object.__setattr__(self, "permission_set", _SETS.setdefault(told, len(_SETS)))

    @property
    def author(self) -> Author:
        """How events name this actor."""
        return Author(self.kind, self.id)

    @property
    def is_person(self) -> bool:
        """Whether a user acts, or a program of theirs: not the product by itself."""
        return self.kind in {ActorKind.USER, ActorKind.API_KEY}

    @property
    def has_finance_access(self) -> bool:
        """Whether every financial record and the acts on them are open."""
        return self.role in FINANCE_ACCESS

    def may(self, category: Category, level: Level) -> bool:
        """Whether the role reaches a level in a category."""
        held = self.permissions.get(category, Level.NONE)
        return held is Level.WRITE or held is level

    def require(self, category: Category, level: Level) -> None:
        """Deny unless the role reaches a level in a category."""
        if not self.may(category, level):
            message = f"The role {self.role} lacks {level} on {category}; an Admin can grant it."
            raise Denied(DenialCode.FORBIDDEN, message)


def permissions_of(role: Role) -> Mapping[Category, Level]:
    """What a role may do, by category."""
    return PERMISSIONS[role]


def reach_of(role: Role) -> Reach:
    """Whose records a role sees."""
    return REACH[role]
