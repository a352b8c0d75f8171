"""Whether a trigger can be what a workflow says, and its records fit its conditions."""

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from core.codes import UserErrorCode
from core.errors import UserError
from core.names import camel
from models.automation_enums import WorkflowTrigger as Trigger
from models.enums import CoreEntity
from models.registry import Entity, Field, Kind, Write
from services import custom_values
from services.custom_values import Given
from services.rules import payload_conditions, schedules
from services.rules.forms import Form
from services.values import cleaned, wire
from services.workflows import field_values
from services.workflows.checking import Checking, Path
from services.workflows.taking import FIXED
from services.workflows.triggers import CUSTOM, STAGED, STATUS, told

_ANY = (
    Trigger.RECORD_CREATED,
    Trigger.RECORD_UPDATED,
    Trigger.FIELD_VALUE_CHANGED,
)
"""Triggers of which records have to be named; they may be of any kind."""
_BESIDE = {"name": "firstName` or `lastName", "stageEnteredAt": "stageId"}
_SETTINGS = "settings"


def check(checking: Checking) -> None:
    """Note what is wrong with the trigger, its settings and its conditions."""
    definition = checking.definition
    if not _has_records(checking):
        return
    settings = _CHECKS.get(definition.trigger)
    if settings is not None:
        settings(checking, definition.settings)
    checking.filter(definition.conditions, ("conditions",))
    if definition.payload_conditions is not None:
        if definition.trigger is not Trigger.WEBHOOK_RECEIVED:
            message = "Only WEBHOOK_RECEIVED brings a payload; use `conditions`."
            checking.refuse(message, "payloadConditions")
        checking.payload(definition.payload_conditions, ("payloadConditions",))


def _has_records(checking: Checking) -> bool:
    """Whether the trigger has the records it is about, and no others."""
    trigger, kind = checking.definition.trigger, checking.definition.record_type
    if trigger in FIXED:
        fits = kind is FIXED[trigger]
        message = f"{trigger} is about {_named(FIXED[trigger])}; leave `recordType` out."
    elif trigger is Trigger.STATUS_CHANGED:
        fits = kind is not None and kind.lower() in STATUS
        message = "Say of which records: those that have a status."
    elif trigger is Trigger.PIPELINE_STAGE_CHANGED:
        fits = kind is not None and kind.lower() in STAGED
        message = "Say of which records: deals, leads or projects, which move through stages."
    else:
        fits = kind is not None or trigger not in _ANY
        message = "Say of which records: this trigger needs a `recordType`."
    if not fits:
        code = UserErrorCode.REQUIRED if kind is None else UserErrorCode.INVALID_VALUE
        checking.form.refuse(code, message, "recordType")
    return fits


def _named(kind: CoreEntity) -> str:
    return kind.description.rstrip(".").lower()


def watched(entity: Entity, name: str) -> Field | None:
    """The field of an entity whose changes are told, by the name its inputs have."""
    found = next((one for one in entity.fields.values() if wire(one) == name), None)
    if found is None or found.kind not in {Kind.COLUMN, Kind.LINK, Kind.MONEY}:
        return None
    column = entity.table.c[found.columns[0]]
    is_told = found.columns[0] in told(entity.table.name) and column.computed is None
    return found if is_told and found.name not in _NEVER else None


_NEVER = frozenset({"created_at", "updated_at", "version", "deleted_at"})


def _field(checking: Checking, settings: Mapping[str, Any]) -> None:
    path: Path = (_SETTINGS, "fieldValueChanged", "field")
    entity, name = checking.entity, settings.get("field")
    if entity is None:
        return
    if not name:
        checking.require("Say which field: send `settings.fieldValueChanged`.", _SETTINGS)
    elif not is_known(checking, entity, name):
        other = f"; watch `{_BESIDE[name]}`" if name in _BESIDE else ""
        checking.refuse(f"Changes of “{name[:60]}” are not told of a {entity.name}{other}.", *path)
    else:
        for side in ("from", "to"):
            if side in settings:
                _side(checking, entity, settings, side)


def _side(checking: Checking, entity: Entity, settings: Mapping[str, Any], side: str) -> None:
    path: Path = (_SETTINGS, "fieldValueChanged", side)
    if settings[side] is None:
        message = "Leave this out for whatever it is; use `conditions` with `isNull` for nothing."
        checking.refuse(message, *path)
        return
    fits(checking, entity, settings["field"], settings[side], path)


def is_known(checking: Checking, entity: Entity, name: str) -> bool:
    """Whether there is a field whose changes are told."""
    if name.startswith(CUSTOM):
        return name.removeprefix(CUSTOM) in checking.actor.custom.of(entity.table.name)
    return watched(entity, name) is not None


def fits(checking: Checking, entity: Entity, name: str, value: Any, path: Path) -> None:
    """Note where a value is none that a field can have."""
    if name.startswith(CUSTOM):
        _fits_own(checking, entity, name.removeprefix(CUSTOM), value, path)
        return
    field = watched(entity, name)
    if field is None:
        return
    own = Form()
    try:
        read = None if value is None else field_values.read(entity, field, value)
        if field.write is not Write.NEVER:
            cleaned(own, entity, {field.name: read}, currency=checking.actor.currency)
    except UserError as refused:
        own.refusals.append(refused)
    checking.form.refusals += [type(one)(one.code, one.message, path) for one in own.refusals]


def _fits_own(checking: Checking, entity: Entity, key: str, value: Any, path: Path) -> None:
    field = checking.actor.custom.of(entity.table.name).get(key)
    if field is None:
        return
    own = Form()
    text = field_values.text_of(value)
    custom_values.read(own, field, Given(key, None, text, path), checking.actor.currency)
    if value is None and field.required:
        own.refuse(UserErrorCode.REQUIRED, "This field cannot be empty.", *path)
    checking.form.refusals += own.refusals


def _status(checking: Checking, settings: Mapping[str, Any]) -> None:
    for side in ("from", "to"):
        if settings.get(side) is not None:
            name = (
                f"{side}CaseStatusId"
                if checking.definition.record_type == "CASE"
                else (f"{side}Status")
            )
            status(checking, settings[side], (_SETTINGS, "statusChanged", name))


def status(checking: Checking, name: str, path: Path) -> None:
    """Note where a status is none of the records; those of cases are looked up elsewhere."""
    entity = checking.entity
    if entity is None:
        return
    column = entity.table.c[STATUS[entity.table.name]]
    choice = column.info.get("choice")
    if choice is None and entity.table.name != "case":
        message = f"A {entity.name} is in stages; use PIPELINE_STAGE_CHANGED, or a `stageId`."
        checking.refuse(message, *path)
    elif choice is None and "-" not in name:
        checking.refuse("Name the status of cases by its id.", *path)
    elif choice is not None and name not in choice.__members__:
        checking.refuse(f"Send one of {', '.join(choice.__members__)}.", *path)


def _threshold(checking: Checking, settings: Mapping[str, Any]) -> None:
    threshold = settings.get("threshold")
    if threshold is not None and not 1 <= threshold <= 100:  # noqa: PLR2004 - scores have it
        checking.refuse("Send a score from 1 to 100.", _SETTINGS, "threshold")


def _schedule(checking: Checking, settings: Mapping[str, Any]) -> None:
    if not settings:
        checking.require("Say when: send `settings.schedule`.", _SETTINGS)
        return
    ((name, written),) = settings.items()
    following = schedules.next_cron if name == "cron" else schedules.next_rrule
    try:
        moment = following(checking.now, written, ZoneInfo(checking.actor.time_zone))
    except ValueError as error:
        checking.refuse(str(error), _SETTINGS, "schedule", camel(name))
        return
    if moment is None:
        checking.refuse("This never comes again.", _SETTINGS, "schedule", camel(name))


def _hook(checking: Checking, settings: Mapping[str, Any]) -> None:
    path = settings.get("record_path")
    if path is None:
        return
    for message in payload_conditions.path_flaws(path):
        checking.refuse(message, _SETTINGS, "recordPath")
    if checking.entity is None:
        checking.require("Say of which records: send a `recordType`.", "recordType")


_CHECKS: Mapping[Trigger, Callable[[Checking, Mapping[str, Any]], None]] = {
    Trigger.FIELD_VALUE_CHANGED: _field,
    Trigger.STATUS_CHANGED: _status,
    Trigger.LEAD_SCORE_THRESHOLD: _threshold,
    Trigger.SCHEDULED: _schedule,
    Trigger.WEBHOOK_RECEIVED: _hook,
}
