"""Aggregates: counts and sums over the rows of a list, in groups."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from auth.custom_fields import CustomField
from auth.policy import Taken, readable, visible
from core.codes import DenialCode
from core.errors import Denied
from core.names import camel, snake
from models.registry import Entity, Field, Kind, pointer
from resolvers.plans.rendering import rendered
from resolvers.reading import Reading
from services import custom_figures
from services.conditions import Filtering
from services.custom_conditions import GROUPED, field_of
from services.figures import added, figures
from services.rates import Home

MAX_KEYS = 3
MAX_SUMS = 5
MAX_GROUPS = 1000

Group = dict[str, Any]


async def aggregate_of(
    reading: Reading, entity: Entity, arguments: Mapping[str, Any]
) -> dict[str, Any]:
    """Figures over the visible rows a filter lets through: by group, and of them all."""
    if not readable(entity, reading.actor):
        message = f"The role {reading.actor.role} may not read {entity.category}."
        raise Denied(DenialCode.FORBIDDEN, message)
    keys = _keys(reading, entity, arguments)
    rows = entity.table.alias("item")
    key_columns = [key_column(rows, key).label(f"k{at}") for at, key in enumerate(keys)]
    home = Home.of(reading.actor, reading.now)
    filtering = Filtering(reading.actor, reading.now)
    conditions = (
        visible(entity, reading.actor, rows, taken=Taken.TOGETHER),
        filtering.where(entity, rows, arguments.get("filter")),
    )
    own = _summed(reading, entity, arguments)
    apart = [*key_columns, *custom_figures.currencies(own, rows)]
    counted = figures(entity, rows, apart, *conditions)
    statement = rendered(counted.add_columns(*custom_figures.sums(own, rows)))
    found = await reading.fetch(statement.with_values(**home.bound()))

    def values(some: list[Any]) -> Group:
        return added(entity, some, home) | {"custom": custom_figures.added(own, some, home)}

    total = values(found)
    groups = _groups(keys, found, values)
    chosen = [group for group in groups if _kept(group, arguments.get("having"))]
    _sort(chosen, arguments.get("orderBy") or ())
    page = chosen[: _limit(arguments.get("first"))]
    for group in page:
        group["keys"] = [key_of(key, value) for key, value in zip(keys, group["by"], strict=True)]
    return {"groups": page if keys else [], "total": total}


def _keys(
    reading: Reading, entity: Entity, arguments: Mapping[str, Any]
) -> list[Field | CustomField]:
    asked, own = arguments.get("groupBy") or (), arguments.get("groupByCustom") or ()
    if len(asked) + len(own) > MAX_KEYS:
        raise Denied(DenialCode.LIMIT_EXCEEDED, f"At most {MAX_KEYS} keys to group by.")
    keys: list[Field | CustomField] = [entity.fields[str(name).lower()] for name in asked]
    for key in own:
        field = field_of(reading.actor, entity, key)
        if field.type not in GROUPED:
            message = f"`{key}` holds {field.type}; group by selects and checkboxes."
            raise Denied(DenialCode.BAD_USER_INPUT, message)
        keys.append(field)
    return keys


def _summed(reading: Reading, entity: Entity, arguments: Mapping[str, Any]) -> list[CustomField]:
    asked = list(dict.fromkeys(arguments.get("sumCustom") or ()))
    if len(asked) > MAX_SUMS:
        raise Denied(DenialCode.LIMIT_EXCEEDED, f"At most {MAX_SUMS} custom fields to add up.")
    fields = [field_of(reading.actor, entity, key) for key in asked]
    for field in fields:
        if field.type not in custom_figures.SUMMED:
            message = f"`{field.key}` holds {field.type}; numbers and amounts are added up."
            raise Denied(DenialCode.BAD_USER_INPUT, message)
    return fields


def _limit(first: int | None) -> int:
    size = 100 if first is None else first
    if not 0 <= size <= MAX_GROUPS:
        raise Denied(DenialCode.LIMIT_EXCEEDED, f"`first` lies between 0 and {MAX_GROUPS}.")
    return size


def key_column(rows: Any, key: Field | CustomField) -> Any:
    """What records are grouped by: a column, or the month of a moment."""
    if isinstance(key, CustomField):
        return rows.c.custom[key.key].astext
    column = rows.c[key.columns[0]]
    return sa.func.to_char(column, "YYYY-MM") if key.scalar in {"Date", "DateTime"} else column


def _groups(
    keys: list[Field | CustomField], found: list[Any], values: Callable[[list[Any]], Group]
) -> list[Group]:
    by_keys: dict[tuple[Any, ...], list[Any]] = {}
    for row in found:
        by_keys.setdefault(tuple(row[f"k{at}"] for at in range(len(keys))), []).append(row)
    return [
        {"by": by, "values": values(rows)}
        for by, rows in sorted(by_keys.items(), key=lambda pair: [str(part) for part in pair[0]])
    ]


def _kept(group: Group, having: Mapping[str, Any] | None) -> bool:
    for name, conditions in (having or {}).items():
        value = group["values"][snake(name)]
        number = value["amount"] if isinstance(value, dict) else value
        for operator, operand in (conditions or {}).items():
            if operand is not None and not _HOLDS[operator](number, operand):
                return False
    return True


_HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda number, operand: bool(number == operand),
    "ne": lambda number, operand: bool(number != operand),
    "in": lambda number, operand: number in operand,
    "notIn": lambda number, operand: number not in operand,
    "gt": lambda number, operand: bool(number > operand),
    "gte": lambda number, operand: bool(number >= operand),
    "lt": lambda number, operand: bool(number < operand),
    "lte": lambda number, operand: bool(number <= operand),
    "isNull": lambda _number, operand: operand is False,
}


def _sort(groups: list[Group], asked: Sequence[Mapping[str, Any]]) -> None:
    for one in reversed(asked):
        name = str(one["field"])
        descending = str(one.get("direction") or "ASC") == "DESC"
        groups.sort(key=_sort_key(name), reverse=descending)


def _sort_key(name: str) -> Any:
    if name == "KEYS":
        return lambda group: [str(part) for part in group["by"]]
    if name == "COUNT":
        return lambda group: group["values"]["count"]
    return lambda group: group["values"][name.lower()]["amount"]


def key_of(key: Field | CustomField, value: Any) -> dict[str, Any]:
    """What a group stands for."""
    if isinstance(key, CustomField):
        option = key.option(value) if value is not None else None
        told = {"label": option.name if option else value, "option_id": option and option.id}
        return {"kind": "CustomFieldKey", "field": key.key} | told
    name = camel(key.name)
    if key.kind is Kind.LINK:
        return {"kind": "RecordKey", "field": name, "record": pointer(key.target, value)}
    if key.scalar in {"Date", "DateTime"}:
        return {"kind": "MonthKey", "field": name, "month": value}
    return {"kind": "EnumKey", "field": name, "value": value}
