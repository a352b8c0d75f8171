"""Workflows that set themselves off: those of which it is certain before they run."""

from collections.abc import Iterator, Mapping
from typing import Any

from models.automation_enums import WorkflowAction as Action
from models.automation_enums import WorkflowTrigger as Trigger
from models.enums import CoreEntity
from services.workflows.definition import Definition, Step
from services.workflows.triggers import STAGED, STATUS

_MAKES: Mapping[Action, CoreEntity] = {
    Action.CREATE_TASK: CoreEntity.TASK,
    Action.CREATE_CASE: CoreEntity.CASE,
    Action.CREATE_DEAL: CoreEntity.DEAL,
    Action.CREATE_PROJECT: CoreEntity.PROJECT,
}
_CHANGES = frozenset((Action.UPDATE_FIELD, Action.ASSIGN_OWNER, Action.CHANGE_STATUS))
_END = "add conditions that the record does not fit any more afterwards"


def certain(definition: Definition) -> Iterator[tuple[str, str]]:
    """The paths of steps that set the workflow off again, each with what to change.

    Conditions may end it, and a branch may leave a step out: of those a run tells.
    """
    if definition.conditions is not None:
        return
    for at, step in enumerate(definition.steps):
        sentence = _again(definition, step)
        if sentence is not None:
            yield str(at), sentence


def _again(definition: Definition, step: Step) -> str | None:
    trigger, action = definition.trigger, Action[step["kind"]]
    if trigger is Trigger.RECORD_CREATED and _MAKES.get(action) is definition.record_type:
        return f"Each record it creates would set it off again; {_END}."
    if action not in _CHANGES:
        return None
    if trigger is Trigger.RECORD_UPDATED:
        return (
            "Its own change would set it off again; choose FIELD_VALUE_CHANGED of the field that"
            f" matters, or {_END}."
        )
    set_off = _sets_off(definition, step)
    return f"This sets it off again; {_END}, or change another field." if set_off else None


def _sets_off(definition: Definition, step: Step) -> bool:
    """Whether what a step sets is what the trigger looks for, whatever it was before."""
    settings, table = definition.settings, str(definition.record_type).lower()
    watched = {
        Trigger.FIELD_VALUE_CHANGED: settings.get("field"),
        Trigger.STATUS_CHANGED: _STATUS.get(table, "status"),
        Trigger.PIPELINE_STAGE_CHANGED: "stageId",
    }.get(definition.trigger)
    if watched is None:
        return False
    if definition.trigger is Trigger.PIPELINE_STAGE_CHANGED:
        before, after = settings.get("from_stage_id"), settings.get("to_stage_id")
        if settings.get("pipeline_id") is not None and after is None:
            # Where the stage belongs to is looked up when it runs.
            return False
    else:
        before, after = settings.get("from"), settings.get("to")
    return any(
        name == watched and (value == after if after is not None else before is None)
        for name, value in _sets(table, step)
    )


def _sets(table: str, step: Step) -> Iterator[tuple[str, Any]]:
    """The fields a step sets, as the API calls them, and to what."""
    if step["kind"] == Action.UPDATE_FIELD:
        yield step["field"], step["value"]
    elif step["kind"] == Action.ASSIGN_OWNER:
        yield "ownerId", step.get("user_id")
    else:
        if "status" in step:
            yield _STATUS.get(table, "status"), step["status"]
        if "stage_id" in step and table in STAGED:
            yield "stageId", step["stage_id"]


_STATUS = {
    table: f"{column.removesuffix('_id')}Id"
    for table, column in STATUS.items()
    if column.endswith("_id")
}
