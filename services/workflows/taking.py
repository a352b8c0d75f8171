"""What is sent of a workflow, made into what is kept of it."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.codes import UserErrorCode
from core.names import camel
from models.automation_enums import WorkflowAction as Action
from models.automation_enums import WorkflowTrigger as Trigger
from models.enums import CoreEntity
from services.rules.forms import Form
from services.workflows.definition import PARTS, WAYS, Definition, kept

Given = Mapping[str, Any]

SETTINGS: Mapping[Trigger, str] = {
    Trigger.FIELD_VALUE_CHANGED: "field_value_changed",
    Trigger.STATUS_CHANGED: "status_changed",
    Trigger.PIPELINE_STAGE_CHANGED: "pipeline_stage_changed",
    Trigger.CASE_ESCALATED: "escalation_target",
    Trigger.LEAD_SCORE_THRESHOLD: "threshold",
    Trigger.SCHEDULED: "schedule",
    Trigger.WEBHOOK_RECEIVED: "record_path",
}
"""What the settings of each trigger are called that has some."""
FIXED: Mapping[Trigger, CoreEntity] = {
    Trigger.TASK_COMPLETED: CoreEntity.TASK,
    Trigger.CASE_ESCALATED: CoreEntity.CASE,
    Trigger.CONTRACT_SIGNED: CoreEntity.CONTRACT,
    Trigger.INVOICE_OVERDUE: CoreEntity.INVOICE,
    Trigger.LEAD_SCORE_THRESHOLD: CoreEntity.LEAD,
}
"""What the records of a trigger are that knows only one kind."""
EXACT = 2**53
"""Whole numbers up to here are the same to everybody who reads JSON."""


def taken(form: Form, given: Given, before: Definition | None = None) -> dict[str, Any]:
    """The parts of a definition: what was sent, else as it was; what cannot be is noted."""
    was: dict[str, Any] = {} if before is None else kept(before)
    trigger = given.get("trigger") or was["trigger"]
    parts = was | {name: given[name] for name in PARTS if name in given}
    parts["trigger"] = trigger
    if trigger in FIXED and not given.get("record_type"):
        parts["record_type"] = FIXED[trigger]
    kind = parts.get("record_type")
    if "settings" in given or trigger != was.get("trigger"):
        parts["settings"] = _settings(form, trigger, given.get("settings"))
    if "conditions" in given:
        parts["conditions"] = _conditions(form, kind, given["conditions"], ("conditions",))
    if "steps" in given:
        parts["steps"] = _steps(form, kind, given["steps"] or (), ("steps",))
    return {name: parts.get(name) for name in PARTS}


def _settings(form: Form, trigger: Trigger, given: Given | None) -> dict[str, Any]:
    if not given:
        return {}
    ((name, sent),) = given.items()
    own = SETTINGS.get(trigger)
    if name != own:
        does = "needs none" if own is None else f"takes `{camel(own)}`"
        message = f"These are the settings of another trigger; {trigger} {does}."
        form.refuse(UserErrorCode.INVALID_VALUE, message, "settings", camel(name))
        return {}
    return dict(_READ[name](sent)) if name in _READ else dict(sent)


def _changed_field(sent: Given) -> Iterator[tuple[str, Any]]:
    yield "field", sent["field"].strip()
    for side in ("from", "to"):
        if sent.get(side):
            yield side, wire(sent[side])


def _changed_status(sent: Given) -> Iterator[tuple[str, Any]]:
    for side in ("from", "to"):
        status = sent.get(f"{side}_status") or sent.get(f"{side}_case_status_id")
        if status:
            yield side, status.strip()


_READ: Mapping[str, Any] = {
    "field_value_changed": _changed_field,
    "status_changed": _changed_status,
    "escalation_target": lambda sent: [("target", sent)],
    "threshold": lambda sent: [("threshold", sent)],
    "record_path": lambda sent: [("record_path", sent.strip())] if sent.strip() else [],
}


def _conditions(
    form: Form, kind: CoreEntity | None, given: Given | None, path: Sequence[str | int]
) -> Any:
    """The filter of the workflow's own kind of record."""
    if not given:
        return None
    ((name, sent),) = given.items()
    if kind is None or name != kind.lower():
        of = "no record" if kind is None else f"{kind.description.rstrip('.').lower()}"
        message = f"The workflow is about {of}: its conditions are of the same kind."
        form.refuse(UserErrorCode.INVALID_VALUE, message, *path, camel(name))
        return None
    return sent or None


def _steps(
    form: Form, kind: CoreEntity | None, given: Sequence[Given], path: tuple[str | int, ...]
) -> list[dict[str, Any]]:
    return [_step(form, kind, one, (*path, at)) for at, one in enumerate(given)]


def _step(
    form: Form, kind: CoreEntity | None, given: Given, path: tuple[str | int, ...]
) -> dict[str, Any]:
    ((name, sent),) = given.items()
    action = Action[name.upper()]
    within = (*path, camel(name))
    if action is Action.BRANCH:
        branch = {
            "conditions": _conditions(form, kind, sent.get("conditions"), (*within, "conditions")),
            "payload_conditions": sent.get("payload_conditions"),
        }
        ways = {way: _steps(form, kind, sent.get(way) or (), (*within, way)) for way in WAYS}
        return {"kind": action} | branch | ways
    kept = {key: value for key, value in sent.items() if value is not None}
    return {"kind": action} | (_KEPT[action](kept) if action in _KEPT else kept)


def _email(sent: dict[str, Any]) -> dict[str, Any]:
    own = sent.pop("own", None) or {}
    return sent | own


def _case(sent: dict[str, Any]) -> dict[str, Any]:
    if "case_priority" in sent:
        sent["priority"] = sent.pop("case_priority")
    return sent


def _update(sent: dict[str, Any]) -> dict[str, Any]:
    return {"field": sent["field"].strip(), "value": wire(sent["value"])}


def _assign(sent: dict[str, Any]) -> dict[str, Any]:
    users = sent.get("user_ids") or []
    if sent.get("by_rules"):
        return {"by_rules": True} | ({"user_ids": users} if users else {})
    return {"user_id": users[0]} if len(users) == 1 else {"user_ids": users}


def _deal(sent: dict[str, Any]) -> dict[str, Any]:
    money = sent.pop("amount", None)
    return sent | _money(money) if money else sent


def _status(sent: dict[str, Any]) -> dict[str, Any]:
    of_case = sent.pop("case_status_id", None)
    if of_case is not None and "status" not in sent:
        sent["status"] = of_case
    return sent


_KEPT: Mapping[Action, Any] = {
    Action.SEND_EMAIL: _email,
    Action.CREATE_CASE: _case,
    Action.UPDATE_FIELD: _update,
    Action.ASSIGN_OWNER: _assign,
    Action.CREATE_DEAL: _deal,
    Action.CHANGE_STATUS: _status,
}


def wire(sent: Given) -> Any:
    """A value as it stands in answers: exact numbers as texts, ids with their prefix."""
    ((name, value),) = sent.items()
    if name == "empty":
        return None
    if name == "number":
        return number(value)
    return _money(value) if name == "money" else value


def number(value: Decimal) -> int | str:
    """A number as JSON holds it exactly."""
    if value.is_finite() and value == value.to_integral_value() and abs(value) < EXACT:
        return int(value)
    return f"{value:f}"


def _money(sent: Given) -> dict[str, Any]:
    return {"amount": f"{sent['amount']:f}", "currency": sent.get("currency")}
