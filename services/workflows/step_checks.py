"""Whether each step of a workflow can be done as it is written."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from connectors import webhooks
from core.codes import UserErrorCode
from core.settings import from_environment
from models.automation_enums import StepAssignee, StepRecipient
from models.automation_enums import WorkflowAction as Action
from models.automation_enums import WorkflowTrigger as Trigger
from models.registry import Entity, Write
from services.rules.forms import Form
from services.values import amount, phone, wire
from services.workflows import trigger_checks
from services.workflows.checking import Checking, of_step
from services.workflows.definition import Step, walk
from services.workflows.triggers import CUSTOM, MOVED, STAGED

MOST_STEPS = 50
DEEPEST = 5
MOST_HEADERS = 20
MOST_USERS = 100
LONGEST_WAIT = 525_600
LATEST_DUE, LATEST_CLOSE = 365, 3_650
_PEOPLE = frozenset(
    ("contact", "lead", "deal", "case", "task", "project", "quote", "contract", "invoice")
)
"""The tables whose records are a person, or with one."""
_OF_A_RECORD = frozenset(
    (
        Action.UPDATE_FIELD,
        Action.ASSIGN_OWNER,
        Action.ADD_TO_SEQUENCE,
        Action.CREATE_CASE,
        Action.ADD_NOTE,
        Action.CHANGE_STATUS,
    )
)
"""What can only be done with a record."""
_NO_RECORD = "The trigger brings no record; send a `recordType`, or choose another step."
_RECIPIENTS: Mapping[Action, frozenset[str]] = {
    Action.SEND_EMAIL: frozenset({"RECORD", "OWNER", "ADDRESS"}),
    Action.SEND_SMS: frozenset({"RECORD", "NUMBER"}),
    Action.SEND_NOTIFICATION: frozenset({"OWNER", "MANAGER", "USERS", "TEAM"}),
}
_INSTEAD = {
    "status": "Use `changeStatus`: it does all that a change of status does.",
    "stageId": "Use `changeStatus` with a stage.",
    "pipelineId": "Use `changeStatus` with a stage of that pipeline.",
    "ownerId": "Use `assignOwner`.",
    "score": "Scores are counted; what raises them is set for the workspace.",
    "name": "Set `firstName` and `lastName`.",
}
"""What to use where a field is not written as such."""


def check(checking: Checking) -> None:
    """Note what is wrong with the steps, one by one and all together."""
    steps = checking.definition.steps
    if not steps:
        message = "A workflow does something: send at least one step."
        checking.form.refuse(UserErrorCode.ACTIONS_REQUIRED, message, "steps")
        return
    found = list(walk(steps))
    if len(found) > MOST_STEPS:
        message = f"A workflow has at most {MOST_STEPS} steps in all."
        checking.form.refuse(UserErrorCode.TOO_MANY, message, "steps")
        return
    for path, step in found:
        _Step(checking, path, step).check()


class _Step:
    """One step being checked."""

    def __init__(self, checking: Checking, path: str, step: Step) -> None:
        self.checking = checking
        self.path = path
        self.step = step
        self.action = Action[step["kind"]]

    def check(self) -> None:
        """Note what is wrong with it."""
        table = self.entity.table.name if self.entity else None
        if self.entity is None and self._needs_record():
            self.refuse(_NO_RECORD)
        elif table is not None and self._needs_person() and table not in _PEOPLE:
            self.refuse(f"A {table} is no person, and with none; choose another step.")
        _CHECKS[self.action](self)

    @property
    def entity(self) -> Entity | None:
        """What the records are."""
        return self.checking.entity

    def refuse(self, message: str, *names: str | int) -> None:
        """Note what is not acceptable."""
        self.checking.refuse(message, *of_step(self.path, self.step, *names))

    def require(self, message: str, *names: str | int) -> None:
        """Note what is missing."""
        self.checking.require(message, *of_step(self.path, self.step, *names))

    def text(self, *names: str, required: bool = True) -> None:
        """Texts with merge fields."""
        for name in names:
            path = of_step(self.path, self.step, name)
            self.checking.text(self.step.get(name), path, required=required)

    def number(self, name: str, least: int, most: int) -> None:
        """A whole number within its bounds."""
        number = self.step.get(name)
        if number is not None and not least <= number <= most:
            self.refuse(f"Send a whole number from {least} to {most:,}.", name)

    def _needs_record(self) -> bool:
        if self.action in {Action.SEND_EMAIL, Action.SEND_SMS}:
            return self.step["to"] == StepRecipient.RECORD or "template_id" in self.step
        return self.action in _OF_A_RECORD

    def _needs_person(self) -> bool:
        if self.action in {Action.SEND_EMAIL, Action.SEND_SMS}:
            return self.step.get("to") == StepRecipient.RECORD
        return self.action in {Action.ADD_TO_SEQUENCE, Action.CREATE_CASE}


def _send_email(one: _Step) -> None:
    has_template, has_own = "template_id" in one.step, "subject" in one.step
    if has_template == has_own:
        one.refuse("Send a `templateId` or its `own` text, and not both.")
    if has_own:
        one.text("subject", "body")
    if _fits_recipient(one) and one.step["to"] == StepRecipient.ADDRESS:
        _address(one)


def _address(one: _Step) -> None:
    written = one.step.get("address")
    one.text("address")
    if written and not _is_made(written):
        own = Form()
        own.email("address", written)
        for wrong in own.refusals:
            path = of_step(one.path, one.step, "address")
            one.checking.form.refuse(wrong.code, wrong.message, *path)


def _send_sms(one: _Step) -> None:
    one.text("text")
    if not _fits_recipient(one) or one.step["to"] != StepRecipient.NUMBER:
        return
    written = one.step.get("number")
    one.text("number")
    if written and not _is_made(written):
        own = Form()
        phone(own, "number", written)
        for wrong in own.refusals:
            path = of_step(one.path, one.step, "number")
            one.checking.form.refuse(wrong.code, wrong.message, *path)


def _fits_recipient(one: _Step) -> bool:
    known = _RECIPIENTS[one.action]
    if one.step["to"] in known:
        return True
    one.refuse(f"Send one of {', '.join(sorted(known))}.", "to")
    return False


def _is_made(text: str) -> bool:
    """Whether a text is known only when its fields are filled in."""
    return "{{" in text or "{%" in text


def _create_task(one: _Step) -> None:
    one.text("title")
    one.text("description", required=False)
    one.number("due_in_days", 0, LATEST_DUE)
    who = one.step["assignee"]
    for name, wanted in (("user_id", StepAssignee.USER), ("team_id", StepAssignee.TEAM)):
        if who == wanted and name not in one.step:
            one.require("Say who.", name)
        elif who != wanted and name in one.step:
            one.refuse(f"This goes with the assignee {wanted}.", name)


def _create_case(one: _Step) -> None:
    one.text("subject")
    one.text("description", required=False)


def _update_field(one: _Step) -> None:
    entity, name, value = one.entity, one.step["field"], one.step["value"]
    if entity is None or not _is_written(one, entity, name):
        return
    if isinstance(value, str) and _is_made(value):
        # What it comes to is known when it runs.
        one.text("value")
        return
    trigger_checks.fits(one.checking, entity, name, value, of_step(one.path, one.step, "value"))


def _is_written(one: _Step, entity: Entity, name: str) -> bool:
    """Whether workflows write a field; where they do not, what to use instead is noted."""
    if name.startswith(CUSTOM):
        if trigger_checks.is_known(one.checking, entity, name):
            return True
        one.refuse(f"No custom field of a {entity.name} has this key.", "field")
        return False
    field = next((each for each in entity.fields.values() if wire(each) == name), None)
    if field is not None and field.write is Write.ALWAYS:
        return True
    if name in _INSTEAD:
        one.refuse(_INSTEAD[name], "field")
    elif field is None:
        one.refuse(f"A {entity.name} has no field “{name[:60]}”.", "field")
    else:
        one.refuse(f"“{name}” of a {entity.name} is not written by hand.", "field")
    return False


def _assign_owner(one: _Step) -> None:
    users = one.step.get("user_ids") or ([one.step["user_id"]] if "user_id" in one.step else [])
    by_rules = one.step.get("by_rules", False)
    if bool(users) == by_rules:
        one.refuse("Send `userIds` or `byRules`, and not both.")
    if len(users) > MOST_USERS:
        one.refuse(f"At most {MOST_USERS} users take turns.", "userIds")
    if one.entity is None:
        return
    owner = one.entity.fields.get("owner")
    if by_rules and one.entity.table.name != "lead":
        one.refuse("The rules of lead assignment are about leads.", "byRules")
    elif owner is None or owner.write is not Write.ALWAYS:
        one.refuse(f"Nobody can be given a {one.entity.name}.")


def _post(one: _Step) -> None:
    one.text("channel", "text")


def _call_webhook(one: _Step) -> None:
    url = one.step["url"].strip()
    one.text("url")
    if url:
        _call_to(one, url)
    one.text("body", required=False)
    headers = one.step.get("headers") or []
    if len(headers) > MOST_HEADERS:
        one.refuse(f"A request has at most {MOST_HEADERS} headers.", "headers")
    for at, header in enumerate(headers):
        path = of_step(one.path, one.step, "headers", at)
        if not _is_header(header["name"]):
            one.checking.refuse("Send the name of a header, such as X-Token.", *path, "name")
        elif "\n" in header["value"] or "\r" in header["value"]:
            one.checking.refuse("A header has one line.", *path, "value")
        else:
            one.checking.text(header["value"], (*path, "value"))


def _call_to(one: _Step, url: str) -> None:
    if _is_made(url.partition("?")[0].partition("//")[2].partition("/")[0]):
        one.refuse("The host is written out: merge fields come behind it.", "url")
        return
    # What is filled in comes behind the host, and is not looked at yet.
    known = url.partition("{")[0]
    if sentence := webhooks.flaw(known, from_environment().webhook_hosts):
        one.refuse(sentence, "url")


def _is_header(name: str) -> bool:
    plain = name.replace("-", "").replace("_", "")
    return plain.isascii() and plain.isalnum() and name.lower() not in webhooks.OURS


def _create_deal(one: _Step) -> None:
    one.text("name")
    one.number("close_in_days", 0, LATEST_CLOSE)
    if "amount" in one.step:
        own = Form()
        code = str(one.step.get("currency") or one.checking.actor.currency).strip().upper()
        amount(own, "amount", Decimal(one.step["amount"]), code)
        for wrong in own.refusals:
            path = of_step(one.path, one.step, "amount", *wrong.path[1:])
            one.checking.form.refuse(wrong.code, wrong.message, *path)


def _add_note(one: _Step) -> None:
    one.text("text")


def _change_status(one: _Step) -> None:
    named = [name for name in ("status", "stage_id") if name in one.step]
    if len(named) != 1:
        one.require("Name the one status, or the one stage.")
        return
    if one.entity is None:
        return
    table = one.entity.table.name
    if table not in MOVED:
        kind = one.entity.name
        one.refuse(f"A {kind} changes its status by what happens to it, not by hand.")
    elif named == ["stage_id"] and table not in STAGED:
        one.refuse(f"A {one.entity.name} has a status, and is in no stage.", "stageId")
    elif named == ["status"]:
        name = "caseStatusId" if table == "case" else "status"
        path = of_step(one.path, one.step, name)
        trigger_checks.status(one.checking, one.step["status"], path)


def _create_project(one: _Step) -> None:
    one.text("name")


def _send_notification(one: _Step) -> None:
    one.text("text")
    if not _fits_recipient(one):
        return
    to, users = one.step["to"], one.step.get("user_ids") or []
    if to == StepRecipient.USERS and not users:
        one.require("Say who is told.", "userIds")
    elif to != StepRecipient.USERS and users:
        one.refuse("Users are named with USERS only.", "userIds")
    if len(users) > MOST_USERS:
        one.refuse(f"At most {MOST_USERS} users are named.", "userIds")
    if to == StepRecipient.TEAM and "team_id" not in one.step:
        one.require("Say whose members are told.", "teamId")
    elif to != StepRecipient.TEAM and "team_id" in one.step:
        one.refuse("A team is named with TEAM only.", "teamId")


def _wait(one: _Step) -> None:
    one.number("minutes", 1, LONGEST_WAIT)


def _branch(one: _Step) -> None:
    step = one.step
    if one.path.count(".") // 2 >= DEEPEST:
        one.refuse(f"Branches are nested at most {DEEPEST} deep.")
    if step["conditions"] is None and step["payload_conditions"] is None:
        one.require("Say what has to fit.", "conditions")
    if not step["then"] and not step["else"]:
        message = "A branch does something: send steps in `then` or `else`."
        path = of_step(one.path, step, "then")
        one.checking.form.refuse(UserErrorCode.ACTIONS_REQUIRED, message, *path)
    one.checking.filter(step["conditions"], of_step(one.path, step, "conditions"))
    path = of_step(one.path, step, "payload_conditions")
    if step["payload_conditions"] is not None:
        if one.checking.definition.trigger is not Trigger.WEBHOOK_RECEIVED:
            one.refuse("Only WEBHOOK_RECEIVED brings a payload.", "payload_conditions")
        one.checking.payload(step["payload_conditions"], path)


def _nothing(_one: _Step) -> None:
    """Its references are looked up elsewhere."""


_CHECKS: Mapping[Action, Callable[[_Step], None]] = {
    Action.SEND_EMAIL: _send_email,
    Action.SEND_SMS: _send_sms,
    Action.CREATE_TASK: _create_task,
    Action.CREATE_CASE: _create_case,
    Action.UPDATE_FIELD: _update_field,
    Action.ASSIGN_OWNER: _assign_owner,
    Action.ADD_TO_SEQUENCE: _nothing,
    Action.SEND_SLACK_MESSAGE: _post,
    Action.CALL_WEBHOOK: _call_webhook,
    Action.CREATE_DEAL: _create_deal,
    Action.ADD_NOTE: _add_note,
    Action.CHANGE_STATUS: _change_status,
    Action.CREATE_PROJECT: _create_project,
    Action.SEND_NOTIFICATION: _send_notification,
    Action.SEND_TEAMS_MESSAGE: _post,
    Action.WAIT: _wait,
    Action.BRANCH: _branch,
}
