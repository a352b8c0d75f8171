"""What a workflow names by its id: there, in use, and of the right kind."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from auth.context import Context
from core.errors import not_found
from core.ids import decode
from core.names import camel
from models.automation_enums import WorkflowAction as Action
from models.automation_enums import WorkflowTrigger as Trigger
from models.enums import UserStatus
from models.registry import REGISTRY, Kind
from services.rules import liquid
from services.values import wire
from services.workflows.checking import Checking, Path, of_step
from services.workflows.definition import walk


@dataclass(frozen=True, slots=True)
class Reference:
    """A record named at a place of the input."""

    entity: str
    id: str
    path: Path


_OF_STEPS: Mapping[str, str] = {
    "user_id": "User",
    "team_id": "Team",
    "sequence_id": "Sequence",
    "stage_id": "PipelineStage",
}
_TEMPLATES: Mapping[Action, str] = {
    Action.SEND_EMAIL: "EmailTemplate",
    Action.CREATE_PROJECT: "ProjectTemplate",
}


async def check(ctx: Context, checking: Checking) -> None:
    """Note what is named and is not there, or cannot be used."""
    named = [*_of_trigger(checking), *_of_steps(checking)]
    by_entity: dict[str, list[Reference]] = {}
    for one in named:
        by_entity.setdefault(one.entity, []).append(one)
    for entity, references in by_entity.items():
        row: Any = REGISTRY[entity].row
        found = await ctx.find(row, sorted({one.id for one in references}))
        rows = {one.id: one for one in found}
        for one in references:
            if one.id not in rows:
                checking.form.refusals.append(not_found(one.path))
            elif entity in _USABLE:
                _USABLE[entity](checking, one, rows[one.id])
    await _check_stages(ctx, checking, by_entity)


def _of_trigger(checking: Checking) -> Iterator[Reference]:
    definition = checking.definition
    settings = definition.settings
    if definition.trigger is Trigger.PIPELINE_STAGE_CHANGED:
        within = ("settings", "pipelineStageChanged")
        for name, entity in (
            ("pipeline_id", "Pipeline"),
            ("from_stage_id", "PipelineStage"),
            ("to_stage_id", "PipelineStage"),
        ):
            if settings.get(name):
                yield Reference(entity, settings[name], (*within, camel(name)))
    if definition.trigger is Trigger.STATUS_CHANGED:
        for side in ("from", "to"):
            if "-" in (settings.get(side) or ""):
                path = ("settings", "statusChanged", f"{side}CaseStatusId")
                yield Reference("CaseStatus", settings[side], path)


def _of_steps(checking: Checking) -> Iterator[Reference]:
    for path, step in walk(checking.definition.steps):
        action = Action[step["kind"]]
        for name, entity in _OF_STEPS.items():
            if name in step:
                shown = ("user_ids", 0) if (name, action) == _ALONE else (name,)
                yield Reference(entity, step[name], of_step(path, step, *shown))
        for at, user in enumerate(step.get("user_ids") or ()):
            yield Reference("User", user, of_step(path, step, "user_ids", at))
        if action in _TEMPLATES and "template_id" in step:
            at_template = of_step(path, step, "template_id")
            yield Reference(_TEMPLATES[action], step["template_id"], at_template)
        if action is Action.CHANGE_STATUS and "-" in step.get("status", ""):
            at_status = of_step(path, step, "case_status_id")
            yield Reference("CaseStatus", step["status"], at_status)
        if action is Action.UPDATE_FIELD:
            yield from _of_value(checking, path, step)


_ALONE = ("user_id", Action.ASSIGN_OWNER)


def _of_value(checking: Checking, path: str, step: Mapping[str, Any]) -> Iterator[Reference]:
    entity, value = checking.entity, step["value"]
    if entity is None or not isinstance(value, str):
        return
    field = next((one for one in entity.fields.values() if wire(one) == step["field"]), None)
    decoded = decode(value)
    if field is None or field.kind is not Kind.LINK or decoded is None:
        return
    if decoded[0] == REGISTRY[field.target].prefix:
        yield Reference(field.target, decoded[1], of_step(path, step, "value"))


def _user(checking: Checking, one: Reference, row: Any) -> None:
    if row.status != UserStatus.ACTIVE:
        message = "This user has left the workspace; choose an active one."
        checking.refuse(message, *one.path)


def _in_use(checking: Checking, one: Reference, row: Any) -> None:
    if getattr(row, "archived_at", None) is not None:
        checking.refuse("This is archived; choose another one, or bring it back.", *one.path)


def _template(checking: Checking, one: Reference, row: Any) -> None:
    _in_use(checking, one, row)
    kind = checking.definition.record_type
    if row.record_type is not None and row.record_type != kind:
        of = row.record_type.lower()
        checking.refuse(f"This template is about a {of}; choose one of the same kind.", *one.path)
        return
    for sentence in (
        flaw for text in (row.subject, row.body) for flaw in liquid.check(text, checking.names)
    ):
        checking.refuse(f"The template cannot be filled in: {sentence}", *one.path)


_USABLE: Mapping[str, Callable[[Checking, Reference, Any], None]] = {
    "User": _user,
    "Sequence": _in_use,
    "Pipeline": _in_use,
    "CaseStatus": _in_use,
    "EmailTemplate": _template,
    "ProjectTemplate": _in_use,
}


async def _check_stages(
    ctx: Context, checking: Checking, named: Mapping[str, list[Reference]]
) -> None:
    """Note stages and pipelines of another kind of record."""
    stages, pipelines = named.get("PipelineStage", []), named.get("Pipeline", [])
    if not stages and not pipelines:
        return
    of_stage: Any = REGISTRY["PipelineStage"].row
    of_pipeline: Any = REGISTRY["Pipeline"].row
    found = {one.id: one for one in await ctx.find(of_stage, sorted({one.id for one in stages}))}
    ids = {one.pipeline_id for one in found.values()} | {one.id for one in pipelines}
    known = {one.id: one for one in await ctx.find(of_pipeline, sorted(ids))}
    chosen = checking.definition.settings.get("pipeline_id")
    for one in (*stages, *pipelines):
        pipeline_id = found[one.id].pipeline_id if one.id in found else one.id
        if pipeline_id not in known:
            continue
        kind = _kind_at(checking, one.path)
        if kind is not None and known[pipeline_id].kind != kind:
            checking.refuse(f"This is none of a {kind.lower()}.", *one.path)
        elif chosen and one.path[:1] == ("settings",) and pipeline_id != chosen:
            checking.refuse("This stage is of another pipeline.", *one.path)


def _kind_at(checking: Checking, path: Path) -> str | None:
    """What moves through the stages that are named at a place."""
    if "createDeal" in path:
        return "DEAL"
    return checking.definition.record_type
