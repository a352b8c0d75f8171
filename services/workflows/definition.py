"""What a workflow is, read from its row or a revision; and the way through its steps."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.automation_enums import WorkflowAction, WorkflowTrigger
from models.enums import CoreEntity
from models.registry import REGISTRY, Entity

PARTS = (
    "name",
    "trigger",
    "record_type",
    "settings",
    "conditions",
    "payload_conditions",
    "steps",
)
"""What a revision keeps."""
WAYS = ("then", "else")
"""The two ways of a branch."""

Step = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Definition:
    """What sets a workflow off, what its records have to fit, and what it does."""

    name: str
    trigger: WorkflowTrigger
    record_type: CoreEntity | None
    settings: Mapping[str, Any]
    conditions: Mapping[str, Any] | None
    payload_conditions: Mapping[str, Any] | None
    steps: Sequence[Step]

    @property
    def entity(self) -> Entity | None:
        """What its records are; None where it is about none."""
        return None if self.record_type is None else entity_of(self.record_type)


def parse(row: Any) -> Definition:
    """The definition of a workflow's row, or of a revision's `definition`."""
    parts = {name: row[name] if isinstance(row, Mapping) else getattr(row, name) for name in PARTS}
    parts["trigger"] = WorkflowTrigger[parts["trigger"]]
    kind = parts["record_type"]
    parts["record_type"] = None if kind is None else CoreEntity[kind]
    return Definition(**parts)


def kept(definition: Definition) -> dict[str, Any]:
    """A definition as a revision keeps it."""
    return {name: getattr(definition, name) for name in PARTS}


def entity_of(kind: str) -> Entity:
    """The entity of a record type."""
    return REGISTRY.of_table(kind.lower())


def walk(steps: Sequence[Step], within: str = "") -> Iterator[tuple[str, Step]]:
    """Every step with its path, those of a branch behind it."""
    for at, step in enumerate(steps):
        path = f"{within}{at}"
        yield path, step
        if step["kind"] == WorkflowAction.BRANCH:
            for way in WAYS:
                yield from walk(step[way], f"{path}.{way}.")


def at(steps: Sequence[Step], path: str) -> Step | None:
    """The step at a path; None where there is none."""
    found: Any = None
    among: Sequence[Step] = steps
    for part in path.split("."):
        if part in WAYS:
            among = found.get(part, ()) if found else ()
        elif not part.isdecimal() or int(part) >= len(among):
            return None
        else:
            found = among[int(part)]
    return found  # type: ignore[no-any-return]


def first(steps: Sequence[Step]) -> str | None:
    """The path of the first step."""
    return "0" if steps else None


def entered(steps: Sequence[Step], path: str, *, fits: bool) -> str | None:
    """The path that follows a branch: into one of its ways, or past it where that has no steps."""
    way = "then" if fits else "else"
    step = at(steps, path)
    return f"{path}.{way}.0" if step and step[way] else following(steps, path)


def following(steps: Sequence[Step], path: str) -> str | None:
    """The path of the step behind a step; behind the last of a branch goes on behind the branch."""
    before, _, number = path.rpartition(".")
    behind = f"{before}.{int(number) + 1}" if before else f"{int(number) + 1}"
    if at(steps, behind) is not None:
        return behind
    if not before:
        return None
    branch, _, _ = before.rpartition(".")
    return following(steps, branch)
