"""What texts in Liquid may name of a record, and what these names stand for."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency

from auth.context import Context
from auth.custom_fields import CustomFields
from auth.policy import readable
from core.names import camel, snake
from models import metadata
from models.registry import REGISTRY, Entity, Field, Kind
from services import custom_values

RECORD = "record"
"""Another name of the record a text is about, whatever it is."""
OPEN = ("payload.*",)
"""Names whose parts are known only when they are filled in."""
_WORKSPACE = metadata.tables["workspace"]
_OF_WORKSPACE = ("name", "address", "industry", "currency", "support_domain")
_OF_SENDER = ("name", "firstName", "lastName", "email")
_TITLES = ("name", "title", "number", "subject")
"""What a record is called by where it is named as a whole: the first that it has."""
_UNNAMED = frozenset(("updated_at", "version", "rank", "deleted_at", "color", "position"))
_ALSO = {"primaryCompany": "company"}
"""A link's second name."""


class Part(dict[str, Any]):
    """The values of a record or an amount; as a text it is what it is called."""

    def __init__(self, values: Mapping[str, Any], title: str = "") -> None:
        super().__init__(values)
        self._title = title

    def __str__(self) -> str:
        return self._title


class Day(date):
    """A day that is written in the workspace's language."""

    locale = "en_US"

    @classmethod
    def of(cls, day: date, locale: str) -> "Day":
        """A day as a locale writes it."""
        made = cls(day.year, day.month, day.day)
        made.locale = locale
        return made

    def __str__(self) -> str:
        return str(format_date(self, "long", locale=self.locale))


class Moment(datetime):
    """A moment where the workspace is, written in its language."""

    locale = "en_US"

    @classmethod
    def of(cls, moment: datetime, zone: ZoneInfo, locale: str) -> "Moment":
        """A moment as a place and a locale write it."""
        local = moment.astimezone(zone)
        made = cls.combine(local.date(), local.timetz())
        made.locale = locale
        return made

    def __str__(self) -> str:
        return str(format_datetime(self, "long", locale=self.locale))


def names(entity: Entity | None, custom: CustomFields) -> frozenset[str]:
    """Every name that a text about a kind of record may use, with dots."""
    found = {"today", *OPEN}
    found |= {f"workspace.{camel(name)}" for name in _OF_WORKSPACE}
    found |= {f"sender.{name}" for name in _OF_SENDER}
    if entity is None:
        return frozenset(found)
    own = set(_names(entity, custom))
    for link in _links(entity):
        below = list(_names(REGISTRY[link.target], custom))
        for name in _called(link):
            own |= {f"{name}.{one}" for one in below}
        found |= {f"{name}.{one}" for name in _called(link) for one in below}
    for head in (_head(entity), RECORD):
        found |= {f"{head}.{name}" for name in own}
    return frozenset(found)


async def values(
    ctx: Context,
    entity: Entity | None,
    record_id: str | None,
    *,
    sender_id: str | None = None,
    **extra: Any,
) -> dict[str, Any]:
    """What the names stand for, as far as the actor sees it: a statement for each linked kind."""
    told = await ctx.act.fetch(
        sa.select(_WORKSPACE).where(_WORKSPACE.c.workspace_id == ctx.workspace_id)
    )
    speech = _Speech(told[0]["locale"], ZoneInfo(ctx.actor.time_zone), ctx.actor.custom)
    workspace = {camel(name): told[0][name] for name in _OF_WORKSPACE}
    filled: dict[str, Any] = {
        "workspace": Part(workspace, workspace["name"]),
        "today": Day.of(ctx.today, told[0]["locale"]),
        "payload": {},
    }
    wanted: dict[str, set[str]] = {"User": {sender_id or ctx.actor.user_id}}
    row: Any = None
    links: list[Field] = []
    if entity is not None and record_id is not None:
        row = await ctx.get(entity.row, record_id)
        links = list(_links(entity))
        for link in links:
            linked = getattr(row, link.columns[0])
            if linked is not None:
                wanted.setdefault(link.target, set()).add(linked)
    parts: dict[tuple[str, str], Part] = {}
    for target, ids in wanted.items():
        if readable(REGISTRY[target], ctx.actor):
            parts |= await _parts(ctx, REGISTRY[target], sorted(ids), speech)
    sender = parts.get(("User", sender_id or ctx.actor.user_id), Part({}))
    filled["sender"] = Part({name: sender.get(name) for name in _OF_SENDER}, str(sender))
    if row is not None and entity is not None:
        linked = {
            name: parts.get((link.target, getattr(row, link.columns[0])))
            for link in links
            for name in _called(link)
        }
        whole = Part(speech.told(entity, row) | linked, _title(entity, row))
        filled |= linked | {RECORD: whole, _head(entity): whole}
    return filled | extra


async def _parts(
    ctx: Context, entity: Entity, ids: list[str], speech: "_Speech"
) -> dict[tuple[str, str], Part]:
    rows = await ctx.find(entity.row, ids)
    return {
        (entity.name, getattr(row, entity.key)): Part(speech.told(entity, row), _title(entity, row))
        for row in rows
    }


class _Speech:
    """How a workspace writes what its records hold."""

    def __init__(self, locale: str, zone: ZoneInfo, custom: CustomFields) -> None:
        self._locale, self._zone, self._custom = locale, zone, custom

    def told(self, entity: Entity, row: Any) -> dict[str, Any]:
        """A record's own fields and those its workspace made, by name."""
        found: dict[str, Any] = {}
        for field in _told(entity):
            found[camel(field.name)] = self._value(field, row)
        if entity.core:
            fields = self._custom.of(entity.table.name)
            found["customFields"] = {
                key: custom_values.text_of(field, row.custom[key])
                for key, field in fields.items()
                if key in row.custom
            }
        return found

    def _value(self, field: Field, row: Any) -> Any:
        value = getattr(row, field.columns[0])
        if field.kind is Kind.MONEY:
            return self._money(value, getattr(row, field.columns[1]))
        if isinstance(value, datetime):
            return Moment.of(value, self._zone, self._locale)
        if isinstance(value, date):
            return Day.of(value, self._locale)
        return value

    def _money(self, amount: Decimal | None, currency: str | None) -> Part | None:
        if amount is None or currency is None:
            return None
        written = str(format_currency(amount, currency, locale=self._locale))
        return Part({"amount": amount, "currency": currency}, written)


def _told(entity: Entity) -> Iterator[Field]:
    """The fields of a record that a text may name."""
    for field in entity.fields.values():
        if field.kind in {Kind.COLUMN, Kind.MONEY} and field.name not in _UNNAMED:
            yield field


def _links(entity: Entity) -> Iterator[Field]:
    """What stands one step away from a record."""
    for field in entity.fields.values():
        if field.kind is Kind.LINK and len(field.columns) == 1:
            yield field


def _called(link: Field) -> list[str]:
    name = camel(link.name)
    return [name, _ALSO[name]] if name in _ALSO else [name]


def _names(entity: Entity, custom: CustomFields) -> Iterator[str]:
    for field in _told(entity):
        name = camel(field.name)
        yield name
        if field.kind is Kind.MONEY:
            yield f"{name}.amount"
            yield f"{name}.currency"
    if entity.core:
        yield from (f"customFields.{key}" for key in custom.of(entity.table.name))


def _head(entity: Entity) -> str:
    """What a record is called in a text: `lead`, `contact`, `case`."""
    return camel(snake(entity.name))


def _title(entity: Entity, row: Any) -> str:
    for name in _TITLES:
        if name in entity.table.c and getattr(row, name):
            return str(getattr(row, name))
    return ""
