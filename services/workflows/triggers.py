"""Triggers: what an event may set off, and whether it is what a workflow looks for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from core.events import Event
from core.ids import decode
from core.names import snake
from models.automation_enums import WorkflowTrigger as Trigger
from models.enums import CoreEntity, TaskStatus
from models.registry import REGISTRY, Entity, Kind
from models.sale_enums import InvoiceStatus
from services.custom_values import entity_of

CUSTOM = "customFields."
"""Before the key of a workspace's own field, in the settings of a workflow."""
TABLES = tuple(one.lower() for one in CoreEntity)
"""The tables whose events set workflows off."""
STATUS: Mapping[str, str] = {
    "contact": "status",
    "lead": "status",
    "case": "status_id",
    "task": "status",
    "quote": "status",
    "contract": "status",
    "invoice": "status",
    "deal": "stage_id",
    "project": "stage_id",
}
"""The column that is a record's status, by table."""
MOVED = frozenset(("contact", "lead", "deal", "case", "task", "project"))
"""The tables whose records are moved to a status or stage by hand."""
STAGED = ("lead", "deal", "project")
_QUIET = frozenset({"rank"})
"""A card that only moves within its column has not changed."""


@dataclass(frozen=True, slots=True)
class Known:
    """What triggers look at besides the event: it is read once for a batch."""

    threshold: int | None = None
    """The score at which the workspace's leads count as hot."""
    pipelines: Mapping[str, str] | None = None
    """The pipelines of stages."""


def set_off(event: Event) -> Iterator[Trigger]:
    """What an event may set off; a new record is only created, and nothing of it has changed."""
    table = event.entity
    if table not in STATUS and table.upper() not in CoreEntity.__members__:
        return
    if event.type == f"{table}.created":
        yield Trigger.RECORD_CREATED
    elif _after(event, "deleted_at") is None:
        yield from _changed(event)
    if table == "lead" and "score" in event.changes:
        yield Trigger.LEAD_SCORE_THRESHOLD


def _changed(event: Event) -> Iterator[Trigger]:
    table = event.entity
    changed = event.changes.keys() & told(table)
    if changed:
        yield Trigger.RECORD_UPDATED
        yield Trigger.FIELD_VALUE_CHANGED
    if STATUS.get(table) in changed:
        yield Trigger.STATUS_CHANGED
        if table in STAGED:
            yield Trigger.PIPELINE_STAGE_CHANGED
    elif table in STAGED and "stage_id" in changed:
        yield Trigger.PIPELINE_STAGE_CHANGED
    if table == "task" and _after(event, "status") == TaskStatus.DONE:
        yield Trigger.TASK_COMPLETED
    if table == "contract" and _after(event, "signed_at") is not None:
        yield Trigger.CONTRACT_SIGNED
    if table == "invoice" and _after(event, "status") == InvoiceStatus.OVERDUE:
        yield Trigger.INVOICE_OVERDUE
    if event.type == "case.escalated":
        yield Trigger.CASE_ESCALATED


@cache
def told(table: str) -> frozenset[str]:
    """The columns that clients see; what the product only notes for itself changes nothing."""
    columns = {
        column
        for field in REGISTRY.of_table(table).fields.values()
        if field.kind in {Kind.COLUMN, Kind.LINK, Kind.MONEY}
        for column in field.columns
    }
    return frozenset(columns | {"custom"}) - _QUIET


def fits(
    trigger: str, record_type: str, settings: Mapping[str, Any], event: Event, known: Known
) -> bool:
    """Whether an event that a workflow's trigger knows is one it looks for."""
    look = _LOOKS.get(Trigger[trigger])
    return look is None or look(record_type, settings, event, known)


def _field(record_type: str, settings: Mapping[str, Any], event: Event, _known: Known) -> bool:
    name = str(settings.get("field", ""))
    sides = _sides(entity_of(CoreEntity[record_type]), name, event)
    return sides is not None and _between(sides, settings.get("from"), settings.get("to"))


def _status(record_type: str, settings: Mapping[str, Any], event: Event, _known: Known) -> bool:
    sides = _column(event, STATUS.get(record_type.lower(), ""))
    return sides is not None and _between(sides, settings.get("from"), settings.get("to"))


def _stage(_record_type: str, settings: Mapping[str, Any], event: Event, known: Known) -> bool:
    sides = _column(event, "stage_id")
    if sides is None:
        return False
    pipeline = settings.get("pipeline_id")
    if pipeline is not None and (known.pipelines or {}).get(sides[1]) != _plain(pipeline):
        return False
    return _between(sides, settings.get("from_stage_id"), settings.get("to_stage_id"))


def _target(_record_type: str, settings: Mapping[str, Any], event: Event, _known: Known) -> bool:
    return settings.get("target") in {None, event.data.get("target")}


def _score(_record_type: str, settings: Mapping[str, Any], event: Event, known: Known) -> bool:
    threshold = settings.get("threshold")
    threshold = known.threshold if threshold is None else threshold
    before, after = _column(event, "score") or (None, None)
    if threshold is None or after is None:
        return False
    return int(before or 0) < int(threshold) <= int(after)


_LOOKS = {
    Trigger.FIELD_VALUE_CHANGED: _field,
    Trigger.STATUS_CHANGED: _status,
    Trigger.PIPELINE_STAGE_CHANGED: _stage,
    Trigger.CASE_ESCALATED: _target,
    Trigger.LEAD_SCORE_THRESHOLD: _score,
}


def _sides(entity: Entity, name: str, event: Event) -> tuple[Any, Any] | None:
    """A field's value before and after; None where the event left it as it was."""
    if name.startswith(CUSTOM):
        key = name.removeprefix(CUSTOM)
        before, after = _column(event, "custom") or (None, None)
        sides = (before or {}).get(key), (after or {}).get(key)
        return sides if sides[0] != sides[1] else None
    field = entity.fields.get(snake(name)) or entity.fields.get(snake(name.removesuffix("Id")))
    if field is None:
        return None
    if field.kind is Kind.MONEY:
        return _money(event, *field.columns)
    return _column(event, field.columns[0]) if field.columns else None


def _money(event: Event, amount: str, currency: str) -> tuple[Any, Any] | None:
    amounts, codes = _column(event, amount), _column(event, currency)
    if amounts is None and codes is None:
        return None
    sides = zip(amounts or (None, None), codes or (None, None), strict=True)
    before, after = ({"amount": one, "currency": code} for one, code in sides)
    return before, after


def _column(event: Event, column: str) -> tuple[Any, Any] | None:
    change = event.changes.get(column)
    return None if change is None else (change.get("before"), change.get("after"))


def _after(event: Event, column: str) -> Any:
    return (_column(event, column) or (None, None))[1]


def _between(sides: tuple[Any, Any], before: Any, after: Any) -> bool:
    return all(
        wanted is None or is_same(side, wanted)
        for side, wanted in zip(sides, (before, after), strict=True)
    )


def is_same(value: Any, wanted: Any) -> bool:
    """Whether a value as the log keeps it is one as clients write it."""
    if isinstance(wanted, Mapping):
        # What is not named of an amount is not looked at, nor what did not change.
        return isinstance(value, Mapping) and all(
            one is None or value.get(name) is None or is_same(value[name], one)
            for name, one in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(value, list) and {_plain(one) for one in value} == {
            _plain(one) for one in wanted
        }
    if value is None or wanted is None:
        return value is wanted
    if _is_number(value) or _is_number(wanted):
        return _number(value) == _number(wanted)
    return bool(_plain(value) == _plain(wanted))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _plain(value: Any) -> Any:
    """A value in the one spelling in which it is compared: ids without prefix, moments as such."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    decoded = decode(text)
    if decoded is not None:
        return decoded[1]
    if "T" in text:
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return text
    return text
