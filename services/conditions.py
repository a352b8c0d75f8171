"""Filters as SQL: only operators that keep using indexes under a row policy."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import array

from auth.actor import Actor
from auth.policy import WORKSPACE, visible
from core.codes import DenialCode
from core.errors import Denied
from core.ids import decode
from core.names import camel
from models.base import Key, Uuid
from models.registry import REGISTRY, Entity, Field, Kind
from services.custom_conditions import of_field
from services.rules import dates, search_terms

Condition = sa.ColumnElement[bool]

TEXTS = frozenset({"String", "EmailAddress", "PhoneNumber", "CurrencyCode", "TimeZone"})
MAX_CONDITIONS = 100
MAX_DEPTH = 20
MAX_LIST = 100
MAX_TEXT = 200
_SHORTEST_PART = 3
_LAST_CHARACTER = "\U0010ffff"
_LARGEST = 2**63 - 1
# A day away from the ends of the calendar, every time zone's midnight is a moment.
_FIRST_DAY, _LAST_DAY = date(1, 1, 2), date(9999, 12, 30)


@dataclass(slots=True)
class Filtering:
    """What turning a filter into SQL needs to know, and how much of it there was."""

    actor: Actor
    now: datetime
    conditions: int = 0
    depth: int = 0

    def where(self, entity: Entity, rows: Any, given: Mapping[str, Any] | None) -> Condition:
        """The rows of an entity that a filter lets through."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            message = f"A filter is nested at most {MAX_DEPTH} deep."
            raise Denied(DenialCode.LIMIT_EXCEEDED, message)
        before = self.conditions
        condition = sa.and_(sa.true(), *self._all(entity, rows, given or {}))
        if self.conditions == before:
            # One without any costs no less: there is no end to them in a list.
            self._count()
        self.depth -= 1
        return condition

    def _all(self, entity: Entity, rows: Any, given: Mapping[str, Any]) -> Iterator[Condition]:
        fields = _by_wire_name(entity)
        for name, value in given.items():
            if value is None:
                continue
            self._count()
            if name == "and":
                yield sa.and_(sa.true(), *(self.where(entity, rows, one) for one in value))
            elif name == "or":
                yield sa.or_(sa.false(), *(self.where(entity, rows, one) for one in value))
            elif name == "not":
                yield sa.not_(sa.func.coalesce(self.where(entity, rows, value), sa.false()))
            else:
                yield self._of_field(entity, fields[name], name, rows, value)

    def _of_field(
        self, entity: Entity, field: Field, name: str, rows: Any, value: Any
    ) -> Condition:
        if field.kind is Kind.LINK:
            if name.endswith("Id"):
                return _compared(rows.c[field.columns[0]], value, _id_reader(field.target))
            return self._linked(field, rows, value)
        if field.kind is Kind.MANY:
            return self._collected(field, rows, value)
        if field.kind is Kind.CUSTOM:
            return self._custom(entity, rows, value)
        return self._column(field, rows, value)

    def _custom(self, entity: Entity, rows: Any, value: Sequence[Mapping[str, Any]]) -> Condition:
        for _ in value[1:]:
            self._count()
        days = self._days
        each = (of_field(self.actor, entity, rows, one, days=days, folded=_folded) for one in value)
        return sa.and_(sa.true(), *each)

    def _column(self, field: Field, rows: Any, value: Mapping[str, Any]) -> Condition:
        column = rows.c[field.filter]
        if field.kind is Kind.ID:
            return _compared(column, value, _id_reader(""))
        if field.kind is Kind.MONEY:
            return self._money(field, rows, value)
        if field.scalar in {"Date", "DateTime"}:
            return self._moment(column, field, value)
        if field.scalar in TEXTS:
            return _text(column, rows, value)
        return _compared(column, value, _plain)

    def _money(self, field: Field, rows: Any, value: Mapping[str, Any]) -> Condition:
        rest = {name: one for name, one in value.items() if name != "currency"}
        condition = sa.and_(sa.true(), *_amounts(rows.c[field.filter], rest))
        if value.get("currency"):
            code = checked_text(value["currency"]).strip().upper()
            condition = sa.and_(condition, rows.c[field.columns[1]] == code)
        return condition

    def _moment(self, column: Any, field: Field, value: Mapping[str, Any]) -> Condition:
        rest = {name: one for name, one in value.items() if name != "days"}
        condition = _compared(column, rest, _plain)
        if value.get("days") is None:
            return condition
        first, last = self._days(value["days"])
        if field.scalar == "Date":
            return sa.and_(condition, column >= first, column <= last)
        start = dates.midnight(max(first, _FIRST_DAY), self.actor.time_zone)
        end = dates.midnight(min(last, _LAST_DAY) + timedelta(days=1), self.actor.time_zone)
        return sa.and_(condition, column >= start, column < end)

    def _days(self, chosen: Mapping[str, Any]) -> tuple[date, date]:
        if chosen.get("on"):
            return chosen["on"], chosen["on"]
        if chosen.get("between"):
            return chosen["between"]["start"], chosen["between"]["end"]
        today = self.now.astimezone(ZoneInfo(self.actor.time_zone)).date()
        return dates.relative(chosen["relative"], today)

    def _linked(self, field: Field, rows: Any, value: Mapping[str, Any]) -> Condition:
        target = REGISTRY[field.target]
        other = target.table.alias()
        return sa.exists().where(
            other.c[target.key] == rows.c[field.columns[0]],
            visible(target, self.actor, other),
            self.where(target, other, value),
        )

    def _collected(self, field: Field, rows: Any, value: Mapping[str, Any]) -> Condition:
        parts = []
        for quantifier, inner in value.items():
            if inner is None:
                continue
            target = REGISTRY[field.target]
            other = target.table.alias()
            fits = self.where(target, other, inner)
            if quantifier == "every":
                fits = sa.not_(sa.func.coalesce(fits, sa.false()))
            seen = visible(target, self.actor, other)
            any_fits = sa.or_(
                *(sa.exists().where(*way, seen, fits) for way in _ways(field, rows, other))
            )
            parts.append(any_fits if quantifier == "some" else sa.not_(any_fits))
        return sa.and_(sa.true(), *parts)

    def _count(self) -> None:
        self.conditions += 1
        if self.conditions > MAX_CONDITIONS:
            message = f"A filter holds at most {MAX_CONDITIONS} conditions."
            raise Denied(DenialCode.LIMIT_EXCEEDED, message)


def _text(column: Any, rows: Any, value: Mapping[str, Any]) -> Condition:
    rest = {name: one for name, one in value.items() if name not in {"contains", "startsWith"}}
    conditions = [_compared(column, rest, _folded)]
    if value.get("startsWith") is not None:
        start = _folded(value["startsWith"])
        conditions += [column >= start, column < start.concat(_LAST_CHARACTER)]
    if value.get("contains") is not None:
        part = checked_text(value["contains"])
        if len(part) < _SHORTEST_PART:
            message = "`contains` needs at least three characters; use `startsWith`."
            raise Denied(DenialCode.BAD_USER_INPUT, message)
        pattern = f"%{search_terms.escaped(part)}%"
        conditions.append(column.like(_folded(pattern)))
        if _is_stored(rows):
            conditions.append(found(rows, [pattern]))
    return sa.and_(*conditions)


def _is_stored(rows: Any) -> bool:
    # What a row was before it changed is not in the index that search looks into.
    return isinstance(getattr(rows, "element", rows), sa.Table)


def belongs(field: Field, parents: Any, rows: Any) -> Condition:
    """The rows of a collection that belong to their parent's row."""
    if not field.through:
        return rows.c[field.by] == parents.c.id  # type: ignore[no-any-return]
    join = REGISTRY[field.target].table.metadata.tables[field.through].alias()
    members = sa.select(join.c[field.to]).where(
        join.c.workspace_id == WORKSPACE, join.c[field.by] == parents.c.id
    )
    joined: Condition = rows.c[field.on].in_(members.correlate(parents, rows))
    return sa.or_(joined, rows.c[field.also] == parents.c.id) if field.also else joined


def _ways(field: Field, parents: Any, rows: Any) -> Iterator[list[Condition]]:
    """The same for all parents at once, each way of belonging as one semi-join."""
    if not field.through:
        yield [belongs(field, parents, rows)]
        return
    join = REGISTRY[field.target].table.metadata.tables[field.through].alias()
    yield [
        join.c.workspace_id == WORKSPACE,
        join.c[field.by] == parents.c.id,
        join.c[field.to] == rows.c[field.on],
    ]
    if field.also:
        yield [rows.c[field.also] == parents.c.id]


def searched(rows: Any, text: str) -> Condition:
    """The rows that have every word of what was typed, at the start of a word or within."""
    words = search_terms.words_of(checked_text(text))
    if not words:
        # Nothing but signs is nowhere; nothing at all asks for everything.
        return sa.false() if text.strip() else sa.true()
    return found(rows, [search_terms.part(word) for word in words])


def found(rows: Any, patterns: list[str]) -> Condition:
    """The rows whose search text fits all patterns; asked through the search in lists."""
    table = getattr(rows, "element", rows)
    texts = sa.cast(array([sa.literal(one, sa.Text) for one in patterns]), sa.ARRAY(sa.Text))
    ids = sa.func.search_ids(sa.literal(table.name, sa.Text), texts, type_=Uuid)
    return rows.c.id.in_(sa.select(ids.column_valued("found")))  # type: ignore[no-any-return]


def _compared(column: Any, value: Mapping[str, Any], read: Callable[[Any], Any]) -> Condition:
    conditions = []
    for operator, operand in value.items():
        if operand is None:
            continue
        if operator == "isNull":
            missing = _missing(column)
            conditions.append(missing if operand else sa.not_(missing))
        elif operator in {"in", "notIn"}:
            if len(operand) > MAX_LIST:
                message = f"`{operator}` takes at most {MAX_LIST} values."
                raise Denied(DenialCode.LIMIT_EXCEEDED, message)
            within = _within(column, [read(one) for one in operand])
            fits = within if operator == "in" else sa.or_(sa.not_(within), column.is_(None))
            conditions.append(fits)
        else:
            conditions.append(_OPERATORS[operator](column, read(operand)))
    return sa.and_(sa.true(), *conditions)


def _missing(column: Any) -> Condition:
    # A folded key is never null: where there is no text it is empty.
    if isinstance(column.type, sa.Text) and not column.nullable:
        return column == ""  # type: ignore[no-any-return]
    return column.is_(None)  # type: ignore[no-any-return]


def _amounts(column: Any, value: Mapping[str, Any]) -> Iterator[Condition]:
    for operator, operand in value.items():
        if operand is None:
            continue
        exact = operand * 1000
        whole = math.ceil(exact) if operator in {"gte", "lt"} else math.floor(exact)
        if operator in {"eq", "ne"} and (whole != exact or abs(whole) > _LARGEST):
            yield sa.false() if operator == "eq" else sa.true()
        else:
            yield _OPERATORS[operator](column, max(-_LARGEST, min(whole, _LARGEST)))


def _within(column: Any, values: list[Any]) -> Condition:
    if not values:
        return sa.false()
    elements = [
        one if isinstance(one, sa.ColumnElement) else sa.literal(one, column.type) for one in values
    ]
    if len(elements) == 1:
        # Plain equality keeps the order of the index; an array needs a sort.
        return column == elements[0]  # type: ignore[no-any-return]
    return column == sa.any_(array(elements, type_=column.type))  # type: ignore[no-any-return]


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "eq": lambda column, value: column == value,
    "ne": lambda column, value: column.is_distinct_from(value),
    "gt": lambda column, value: column > value,
    "gte": lambda column, value: column >= value,
    "lt": lambda column, value: column < value,
    "lte": lambda column, value: column <= value,
}


def _plain(value: Any) -> Any:
    return checked_text(value) if isinstance(value, str) else value


def _folded(value: str) -> Any:
    return sa.func.fold(sa.literal(checked_text(value), sa.Text), type_=Key)


def _id_reader(target: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        return read_id(value, target)

    return read


def read_id(value: str, target: str) -> str:
    """The UUID behind a wire id; INVALID_ID when it is malformed or names another entity."""
    decoded = decode(value)
    expected = REGISTRY[target].prefix if target else None
    if decoded and (expected is None or decoded[0] == expected):
        return decoded[1]
    message = f"{value[:40]!r} is not the id of a record."
    if expected:
        message = f"{value[:40]!r} is not the id of a {target}: those begin with {expected}_."
    raise Denied(DenialCode.INVALID_ID, message)


def checked_text(text: str) -> str:
    """A text to look for, if it is not too long and PostgreSQL can hold it."""
    if len(text) > MAX_TEXT:
        message = f"A text to look for has at most {MAX_TEXT} characters."
        raise Denied(DenialCode.LIMIT_EXCEEDED, message)
    if "\x00" in text:
        raise Denied(DenialCode.BAD_USER_INPUT, "A text must not hold NUL characters.")
    return text


_WIRE_NAMES: dict[str, dict[str, Field]] = {}


def _by_wire_name(entity: Entity) -> dict[str, Field]:
    known = _WIRE_NAMES.get(entity.name)
    if known is None:
        known = {camel(name): field for name, field in entity.fields.items()}
        links = [field for field in entity.fields.values() if field.kind is Kind.LINK]
        known |= {f"{camel(field.name)}Id": field for field in links}
        _WIRE_NAMES[entity.name] = known
    return known
