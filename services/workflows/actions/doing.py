"""One step at work: its record, its texts filled in, and what is to be remembered of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError
from core.ids import encode
from core.names import camel
from models.enums import CoreEntity
from models.registry import REGISTRY, Entity
from services import merge_values
from services.rules import liquid
from services.workflows.definition import Definition, Step

About = tuple[str, str]
"""The table of a record, and its id."""


class NothingToDo(Exception):
    """The step is skipped and the run goes on; the sentence says why."""


@dataclass(slots=True, kw_only=True)
class Doing:
    """A step of a run, within an act of the workflow."""

    ctx: Context
    run: Mapping[str, Any]
    definition: Definition
    path: str
    step: Step
    said: dict[str, Any] = field(default_factory=dict)
    """Its texts as they were filled in."""
    _record: Any = None
    _values: Mapping[str, Any] | None = None

    @property
    def entity(self) -> Entity | None:
        """What the record of the run is."""
        kind = self.run["record_kind"]
        return None if kind is None else REGISTRY.of_table(kind)

    @property
    def about(self) -> list[About]:
        """The record of the run, where there is one."""
        kind, record = self.run["record_kind"], self.run["record_id"]
        return [] if kind is None else [(kind, record)]

    @property
    def kind(self) -> Entity:
        """What the record of the run is; refused where there is none."""
        if self.entity is None:
            message = "The workflow is about no record, and this step needs one."
            raise UserError(UserErrorCode.REQUIRED, message)
        return self.entity

    async def record(self) -> Any:
        """The record of the run; NOT_FOUND where it is gone."""
        if self._record is None:
            self._record = await self.ctx.get(self.kind.row, self.run["record_id"])
        return self._record

    async def owner(self) -> str:
        """Whose the record is; where it is nobody's, the workflow's owner."""
        found = getattr(await self.record(), "owner_id", None) if self.entity else None
        return str(found or self.ctx.actor.user_id)

    async def text(self, name: str, *, html: bool = False) -> str | None:
        """A text of the step with its fields filled in; None where it has none."""
        template = self.step.get(name)
        if template is None:
            return None
        filled = await self.filled(name, str(template), html=html)
        self.said[name] = filled
        return filled

    async def filled(self, name: str, template: str, *, html: bool = False) -> str:
        """A text filled in; one that cannot be is refused at its name."""
        if "{{" not in template and "{%" not in template:
            return template
        try:
            return liquid.render(template, await self.values(), html=html)
        except liquid.Flawed as flawed:
            raise UserError(UserErrorCode.INVALID_VALUE, flawed.sentence, (name,)) from flawed

    async def values(self) -> Mapping[str, Any]:
        """What texts may name."""
        if self._values is None:
            sender = await self.owner()
            self._values = await merge_values.values(
                self.ctx,
                self.entity,
                self.run["record_id"],
                sender_id=sender,
                payload=self.run["payload"],
            )
        return self._values

    def links(self, *names: str) -> dict[str, str]:
        """The record, or the first of what it belongs to, as a link of these names.

        The record has to have been read.
        """
        own = self.run["record_kind"]
        if own in names:
            return {own: self.run["record_id"]}
        linked = ((name, getattr(self._record, f"{name}_id", None)) for name in names)
        return next(({name: str(found)} for name, found in linked if found), {})

    def input(self) -> dict[str, Any]:
        """What went in, as people read it."""
        return {
            camel(name): self.said.get(name, _shown(self.step, name))
            for name in self.step
            if name not in {"kind", "then", "else"} and self.step[name] is not None
        }


def wire(name: str, record_id: str | None) -> str | None:
    """An id as clients write it."""
    if record_id is None or name not in REGISTRY:
        return record_id
    return encode(REGISTRY[name].prefix, str(record_id))


def told(entity: str, record: Any) -> dict[str, Any]:
    """A record that came of a step, by its kind."""
    record_id = record["id"] if not hasattr(record, "id") else record.id
    return {camel(REGISTRY[entity].table.name): wire(entity, record_id)}


_IDS: Mapping[str, str] = {
    "user_id": "User",
    "user_ids": "User",
    "team_id": "Team",
    "stage_id": "PipelineStage",
    "sequence_id": "Sequence",
}
_TEMPLATES = {"SEND_EMAIL": "EmailTemplate", "CREATE_PROJECT": "ProjectTemplate"}


def _shown(step: Step, name: str) -> Any:
    value = step[name]
    target = _TEMPLATES.get(step["kind"]) if name == "template_id" else _IDS.get(name)
    if target is None:
        return value
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [wire(target, one) for one in value]
    return wire(target, value)


def is_core(table: str) -> bool:
    """Whether a table is one of customers' records."""
    return table.upper() in CoreEntity.__members__
