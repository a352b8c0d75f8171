"""Workflows, revisions and runs as the API shows them."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import orjson

from core.ids import decode
from core.names import pascal
from models.automation_enums import WorkflowAction as Action
from models.automation_enums import WorkflowTrigger as Trigger
from models.enums import CoreEntity
from models.registry import REGISTRY, pointer
from services.workflows import complaints
from services.workflows.definition import Step, parse

Rows = Sequence[Mapping[str, Any]]


def _part(row: Mapping[str, Any], name: str) -> Any:
    """A part of a workflow, or of what a revision keeps of it."""
    return row["definition"][name] if "definition" in row else row[name]


def _json(name: str) -> Callable[[Any, Rows], Any]:
    async def shown(_reading: Any, rows: Rows) -> list[str | None]:
        found = [_part(row, name) for row in rows]
        return [None if one is None else orjson.dumps(one).decode() for one in found]

    return shown


def _plain(name: str, read: Callable[[Any], Any]) -> Callable[[Any, Rows], Any]:
    async def shown(_reading: Any, rows: Rows) -> list[Any]:
        return [None if (found := _part(row, name)) is None else read(found) for row in rows]

    return shown


conditions = _json("conditions")
payload_conditions = _json("payload_conditions")
payloads = _json("payload")
inputs = _json("input")
outputs = _json("output")
names = _plain("name", str)
triggers = _plain("trigger", lambda name: Trigger[name])
record_types = _plain("record_type", lambda name: CoreEntity[name])


async def settings(_reading: Any, rows: Rows) -> list[dict[str, Any]]:
    """What the triggers look at, with every setting there is."""
    return [_settings(_part(row, "trigger"), _part(row, "settings")) for row in rows]


def _settings(trigger: str, kept: Mapping[str, Any]) -> dict[str, Any]:
    is_status = trigger == Trigger.STATUS_CHANGED
    shown: dict[str, Any] = {
        name: kept.get(name)
        for name in ("field", "target", "threshold", "cron", "rrule", "record_path")
    }
    for side, name in (("from", "from_"), ("to", "to")):
        told = side in kept and not is_status
        shown[name] = value(kept[side]) if told else None
        named, of_cases = _status(kept.get(side) if is_status else None)
        shown[f"{side}_status"], shown[f"{side}_case_status"] = named, of_cases
    shown["pipeline"] = pointer("Pipeline", kept.get("pipeline_id"))
    for side in ("from", "to"):
        shown[f"{side}_stage"] = pointer("PipelineStage", kept.get(f"{side}_stage_id"))
    return shown


async def steps(_reading: Any, rows: Rows) -> list[list[dict[str, Any]]]:
    """The steps of workflows, each with its place."""
    return [_steps(_part(row, "steps"), "") for row in rows]


def _steps(kept: Sequence[Step], within: str) -> list[dict[str, Any]]:
    return [_step(one, f"{within}{at}") for at, one in enumerate(kept)]


def _step(step: Step, path: str) -> dict[str, Any]:
    action = Action[step["kind"]]
    named = {"kind": f"{pascal(action.lower())}Step", "path": path, "action": action}
    return named | _SHOWN[action](step, path)


def _send_email(step: Step, _path: str) -> dict[str, Any]:
    own = None
    if step.get("subject") is not None:
        own = {"subject": step["subject"], "body": step["body"]}
    template = pointer("EmailTemplate", step.get("template_id"))
    return {"template": template, "own": own, "to": step["to"], "address": step.get("address")}


def _create_task(step: Step, path: str) -> dict[str, Any]:
    plain = ("title", "description", "priority", "due_in_days", "assignee")
    return _with_plain(plain, step, path) | _people(step)


def _create_case(step: Step, path: str) -> dict[str, Any]:
    shown = _with_plain(("subject", "description"), step, path) | _people(step)
    return shown | {"case_priority": step.get("priority")}


def _update_field(step: Step, _path: str) -> dict[str, Any]:
    return {"field": step["field"], "value": value(step["value"])}


def _assign_owner(step: Step, _path: str) -> dict[str, Any]:
    alone = [step["user_id"]] if step.get("user_id") else []
    users = [pointer("User", one) for one in step.get("user_ids") or alone]
    return {"users": users, "by_rules": bool(step.get("by_rules"))}


def _call_webhook(step: Step, path: str) -> dict[str, Any]:
    return _with_plain(("url", "method", "headers", "body"), step, path)


def _create_deal(step: Step, _path: str) -> dict[str, Any]:
    amount = None
    if step.get("amount") is not None:
        amount = {"amount": step["amount"], "currency": step["currency"]}
    return {
        "name": step["name"],
        "stage": pointer("PipelineStage", step.get("stage_id")),
        "amount": amount,
        "close_in_days": step.get("close_in_days"),
    }


def _change_status(step: Step, _path: str) -> dict[str, Any]:
    status, of_cases = _status(step.get("status"))
    stage = pointer("PipelineStage", step.get("stage_id"))
    return {"status": status, "case_status": of_cases, "stage": stage}


def _status(kept: str | None) -> tuple[str | None, Any]:
    """A status as one of a closed list, or as one of the workspace's own of cases."""
    # Names of closed lists have no hyphens; ids do.
    if kept is not None and "-" in kept:
        return None, pointer("CaseStatus", kept)
    return kept, None


def _send_notification(step: Step, _path: str) -> dict[str, Any]:
    return {
        "to": step["to"],
        "users": [pointer("User", one) for one in step.get("user_ids") or ()],
        "team": pointer("Team", step.get("team_id")),
        "text": step["text"],
    }


def _branch(step: Step, path: str) -> dict[str, Any]:
    return {
        name: None if step.get(name) is None else orjson.dumps(step[name]).decode()
        for name in ("conditions", "payload_conditions")
    } | {
        "then": _steps(step["then"], f"{path}.then."),
        "else_": _steps(step["else"], f"{path}.else."),
    }


def _people(step: Step) -> dict[str, Any]:
    return {
        "user": pointer("User", step.get("user_id")),
        "team": pointer("Team", step.get("team_id")),
    }


def _with_plain(plain: Sequence[str], step: Step, _path: str) -> dict[str, Any]:
    return {name: step.get(name) for name in plain}


def _linked(field: str, target: str, plain: Sequence[str]) -> Callable[[Step, str], dict[str, Any]]:
    def shown(step: Step, path: str) -> dict[str, Any]:
        return _with_plain(plain, step, path) | {field: pointer(target, step.get(f"{field}_id"))}

    return shown


_MESSAGE = partial(_with_plain, ("channel", "text"))
_SHOWN: Mapping[Action, Callable[[Step, str], dict[str, Any]]] = {
    Action.SEND_EMAIL: _send_email,
    Action.SEND_SMS: partial(_with_plain, ("to", "number", "text")),
    Action.CREATE_TASK: _create_task,
    Action.CREATE_CASE: _create_case,
    Action.UPDATE_FIELD: _update_field,
    Action.ASSIGN_OWNER: _assign_owner,
    Action.ADD_TO_SEQUENCE: _linked("sequence", "Sequence", ()),
    Action.SEND_SLACK_MESSAGE: _MESSAGE,
    Action.CALL_WEBHOOK: _call_webhook,
    Action.CREATE_DEAL: _create_deal,
    Action.ADD_NOTE: partial(_with_plain, ("text",)),
    Action.CHANGE_STATUS: _change_status,
    Action.CREATE_PROJECT: _linked("template", "ProjectTemplate", ("name",)),
    Action.SEND_NOTIFICATION: _send_notification,
    Action.SEND_TEAMS_MESSAGE: _MESSAGE,
    Action.WAIT: partial(_with_plain, ("minutes",)),
    Action.BRANCH: _branch,
}


def value(kept: Any) -> dict[str, Any]:
    """A value as clients read it: what it is, and null for what it is not."""
    shown: dict[str, Any] = dict.fromkeys(
        ("text", "number", "checked", "money", "options", "id")
    ) | {"empty": kept is None}
    if isinstance(kept, bool):
        shown["checked"] = kept
    elif isinstance(kept, int):
        shown["number"] = str(kept)
    elif isinstance(kept, list):
        shown["options"] = kept
    elif isinstance(kept, Mapping):
        shown["money"] = dict(kept)
    elif isinstance(kept, str):
        found = decode(kept)
        is_id = found is not None and REGISTRY.of_prefix(found[0]) is not None
        shown["id" if is_id else "text"] = kept
    return shown


async def problems(reading: Any, rows: Rows) -> list[list[str]]:
    """Why each workflow cannot run as it is."""
    found = []
    for row in rows:
        told = [row["problem"]] if row["problem"] else []
        more = complaints.of(reading.actor, reading.now, parse(row))
        found.append([*told, *(one for one in more if one not in told)])
    return found


async def records(_reading: Any, rows: Rows) -> list[Any]:
    """The records that runs are about."""
    return [
        None
        if row["record_kind"] is None
        else pointer(REGISTRY.of_table(row["record_kind"]).name, row["record_id"])
        for row in rows
    ]


async def chains(_reading: Any, rows: Rows) -> list[list[dict[str, Any]]]:
    """The runs that led to each run."""
    return [
        [
            {
                "workflow": pointer("Workflow", link["workflow_id"]),
                "run": pointer("WorkflowRun", link["run_id"]),
            }
            for link in row["chain"]
        ]
        for row in rows
    ]


async def durations(_reading: Any, rows: Rows) -> list[int | None]:
    """How long each took, in milliseconds."""
    return [
        None
        if row["started_at"] is None or row["finished_at"] is None
        else round((row["finished_at"] - row["started_at"]).total_seconds() * 1000)
        for row in rows
    ]
