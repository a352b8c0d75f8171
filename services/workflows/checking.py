"""What a check of a workflow knows, and how it says what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from auth.actor import Actor
from core.codes import UserErrorCode
from core.names import camel
from models.automation_enums import WorkflowAction as Action
from models.registry import Entity
from services import merge_values, stored_filters
from services.rules import liquid, payload_conditions
from services.rules.forms import Form
from services.workflows.definition import WAYS, Definition, Step

Path = tuple[str | int, ...]

MOST_CONDITIONS = 100
_OWN = {"subject", "body"}
"""Of an e-mail these lie one deeper in its input."""


@dataclass
class Checking:
    """One check of one definition."""

    actor: Actor
    now: datetime
    definition: Definition
    form: Form = field(default_factory=Form)
    conditions: int = 0

    @property
    def entity(self) -> Entity | None:
        """What the records are."""
        return self.definition.entity

    @cached_property
    def names(self) -> frozenset[str]:
        """What texts may name."""
        return frozenset(merge_values.names(self.entity, self.actor.custom))

    def refuse(self, message: str, *path: str | int) -> None:
        """Note what is not acceptable."""
        self.form.refuse(UserErrorCode.INVALID_VALUE, message, *path)

    def require(self, message: str, *path: str | int) -> None:
        """Note what is missing."""
        self.form.refuse(UserErrorCode.REQUIRED, message, *path)

    def text(self, text: str | None, path: Path, *, required: bool = True) -> None:
        """A text in Liquid: it can be read, and names what there is."""
        if text is None or not text.strip():
            if required:
                self.require("Fill this in.", *path)
            return
        for sentence in liquid.check(text, self.names):
            self.refuse(sentence, *path)

    def filter(self, kept: Mapping[str, Any] | None, path: Path) -> None:
        """Conditions on the record, as its list takes them."""
        if kept is None or self.entity is None:
            return
        for inner, message in stored_filters.problems(self.actor, self.now, self.entity, kept):
            self.refuse(message, *path, camel(self.entity.table.name), *inner)
        self.count(_conditions(kept), path)

    def payload(self, kept: Mapping[str, Any] | None, path: Path) -> None:
        """Conditions on a payload."""
        if kept is None:
            return
        for message in payload_conditions.flaws(kept):
            self.refuse(message, *path)
        self.count(payload_conditions.size(kept), path)

    def count(self, conditions: int, path: Path) -> None:
        """Hold the conditions of the whole workflow to their number."""
        before = self.conditions
        self.conditions += conditions
        if before <= MOST_CONDITIONS < self.conditions:
            message = f"A workflow has at most {MOST_CONDITIONS} conditions in all."
            self.form.refuse(UserErrorCode.TOO_MANY, message, *path)


def _conditions(kept: Any) -> int:
    """How many comparisons a filter holds."""
    if isinstance(kept, list):
        return sum(_conditions(one) for one in kept) if kept else 1
    if isinstance(kept, Mapping):
        return sum(_conditions(one) for one in kept.values()) if kept else 1
    return 1


def place(path: str) -> Path:
    """Where in the input a step is, by its path; its kind comes next."""
    found: list[str | int] = ["steps"]
    for part in path.split("."):
        if part in WAYS:
            found += [camel(Action.BRANCH.lower()), part]
        else:
            found.append(int(part))
    return tuple(found)


def of_step(path: str, step: Step, *names: str | int) -> Path:
    """Where in the input a part of a step is."""
    action = Action[step["kind"]]
    inner: list[str | int] = [camel(one) if isinstance(one, str) else one for one in names]
    if action is Action.SEND_EMAIL and inner[:1] and inner[0] in _OWN:
        inner.insert(0, "own")
    return (*place(path), camel(action.lower()), *inner)
