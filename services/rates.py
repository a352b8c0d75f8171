"""Exchange rates: set by day, and amounts converted by them, in SQL and one by one."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from auth.actor import Actor
from auth.context import Context
from auth.policy import WORKSPACE
from auth.roles import Category
from core import files
from core.codes import DenialCode, UserErrorCode
from core.errors import Denied, Path, Refusals, UserError
from core.ids import new_id
from core.money import currencies, digits, rounded
from core.sql import render
from models import metadata
from models.base import Key
from models.registry import REGISTRY, Field
from services import rate_files, records, uploads
from services.rules.forms import Form

RATE = metadata.tables["exchange_rate"]
_PERCENT: Any = sa.literal_column("0.01", sa.Numeric)

MOST_AT_ONCE = 50_000
MAX_RATE = Decimal(10) ** 12
MOST_UNITS = 1_000_000

_SET = """
INSERT INTO exchange_rate AS kept
  (workspace_id, id, base, currency, valid_on, rate, created_at, updated_at)
SELECT $1, given.id, $2, given.currency, given.valid_on, given.rate, $3, $3
FROM unnest($4::uuid[], $5::text[], $6::date[], $7::numeric[])
  AS given(id, currency, valid_on, rate)
ORDER BY given.currency, given.valid_on
ON CONFLICT (workspace_id, base, currency, valid_on) DO UPDATE
SET rate = excluded.rate, version = kept.version + 1, updated_at = excluded.updated_at
WHERE kept.rate IS DISTINCT FROM excluded.rate
"""

Dated = tuple[str, date]
"""A currency and the day whose rate is asked for."""


@dataclass(frozen=True, slots=True)
class Given:
    """What one unit of a currency is worth at home from a day on."""

    currency: str
    valid_on: date
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Home:
    """What amounts are converted into: the workspace's currency, by its calendar."""

    currency: str
    time_zone: str
    today: date

    @classmethod
    def of(cls, actor: Actor, now: datetime) -> "Home":
        """The home of an actor's amounts at a moment."""
        return cls(
            actor.currency, actor.time_zone, now.astimezone(ZoneInfo(actor.time_zone)).date()
        )

    def bound(self) -> dict[str, Any]:
        """The values of the parameters that its expressions leave open."""
        return {
            "home_currency": self.currency,
            "home_places": digits(self.currency),
            "home_zone": self.time_zone,
            "home_today": self.today,
        }

    def money(self, amount: Decimal) -> dict[str, Any]:
        """An amount in this currency."""
        return {"amount": rounded(amount, self.currency), "currency": self.currency}


@dataclass(frozen=True, slots=True)
class Known:
    """What one unit of a currency is worth at home, and since when."""

    rate: Decimal
    valid_on: date


Fetch = Callable[[Any], Awaitable[Sequence[Any]]]
"""Runs a statement: an act's or a reading's."""


_HOME = sa.bindparam("home_currency", None, type_=Key)
_PLACES = sa.bindparam("home_places", None, type_=sa.Integer)
_ZONE = sa.bindparam("home_zone", None, type_=sa.Text)
_TODAY = sa.bindparam("home_today", None, type_=sa.Date)


def converted(field: Field, rows: Any) -> Any:
    """An amount of each row in the home's currency, rounded; null where there is no rate."""
    amount, currency = (rows.c[name] for name in field.columns)
    return exchanged(amount, currency, _day(field, rows))


def exchanged(amount: Any, currency: Any, day: Any = _TODAY) -> Any:
    """The same of any amount, at the rate of a day."""
    foreign = sa.func.round(amount * _rate(currency, day), _PLACES)
    # The subquery runs for amounts in other currencies alone.
    return sa.case((currency == _HOME, amount), else_=foreign)


def weighted(field: Field, rows: Any) -> Any:
    """What is to be expected of each row's converted amount, rounded."""
    share = rows.c[field.weight] * _PERCENT
    return sa.func.round(converted(field, rows) * share, _PLACES)


def _rate(currency: Any, day: Any) -> Any:
    """What one unit of a currency is worth at home on a day: the last rate known by then."""
    rate = RATE.alias()
    return (
        sa.select(rate.c.rate)
        .where(
            rate.c.workspace_id == WORKSPACE,
            rate.c.base == _HOME,
            rate.c.currency == currency,
            rate.c.valid_on <= day,
        )
        .order_by(rate.c.valid_on.desc())
        .limit(1)
        .scalar_subquery()
    )


def _day(field: Field, rows: Any) -> Any:
    if not field.dated:
        return _TODAY
    own = rows.c[field.dated]
    if isinstance(own.type, sa.DateTime):
        own = sa.cast(sa.func.timezone(_ZONE, own), sa.Date)
    return sa.func.coalesce(own, _TODAY, type_=sa.Date)


async def change(
    ctx: Context, given: Sequence[Given], *, path: Callable[[int], Path] = lambda _: ()
) -> int:
    """Set what currencies are worth in the workspace's on given days; how many changed.

    A rate that is known for its day is replaced; `path` says where in the input one stands.
    """
    ctx.require(Category.ADMIN)
    if len(given) > MOST_AT_ONCE:
        message = f"At most {MOST_AT_ONCE:,} rates at once; these are {len(given):,}."
        raise UserError(UserErrorCode.TOO_MANY, message, path(0)[:1])
    refused: list[UserError] = []
    last: dict[Dated, Decimal] = {}
    for number, one in enumerate(given):
        form = Form()
        last[_checked(form, ctx.actor.currency, one), one.valid_on] = one.rate
        refused += [error.at(*path(number)) for error in form.refusals]
    if refused:
        raise Refusals(refused[: rate_files.MOST_REFUSALS])
    return await ctx.act.write_set(
        RATE,
        "exchange_rate.set",
        _SET,
        ctx.workspace_id,
        ctx.actor.currency,
        ctx.now,
        [new_id() for _ in last],
        [currency for currency, _ in last],
        [day for _, day in last],
        list(last.values()),
    )


def _checked(form: Form, home: str, one: Given) -> str:
    """The currency of a rate, in upper case; what is wrong with it is noted on the form."""
    code = form.currency("currency", one.currency)
    if code == home:
        message = f"{home} is the workspace's own currency: its rate is always 1."
        form.refuse(UserErrorCode.INVALID_VALUE, message, "currency")
    if not 0 < one.rate < MAX_RATE:
        message = f"Send how much {home} a {code} is worth: above 0 and below {MAX_RATE:,}."
        form.refuse(UserErrorCode.INVALID_VALUE, message, "rate")
    return code


async def one(
    ctx: Context, currency: str, valid_on: date | None, rate: Decimal, *, units: int = 1
) -> Any:
    """Set the rate of so many units of a currency, today's unless a day is given."""
    if not 0 < units <= MOST_UNITS:
        message = f"Tell a rate for 1 to {MOST_UNITS:,} units."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("units",))
    rate /= units
    day = valid_on or Home.of(ctx.actor, ctx.now).today
    await change(ctx, [Given(currency, day, rate)])
    rows = await ctx.act.fetch(
        sa.select(RATE).where(
            RATE.c.workspace_id == ctx.workspace_id,
            RATE.c.base == ctx.actor.currency,
            RATE.c.currency == currency.strip().upper(),
            RATE.c.valid_on == day,
        )
    )
    return rows[0]


async def delete(ctx: Context, rate_id: str, expected_version: int | None = None) -> None:
    """Take a rate back; the one before it holds until the next."""
    ctx.require(Category.ADMIN)
    await records.locked(ctx, REGISTRY["ExchangeRate"], rate_id, expected_version)
    await ctx.act.delete(RATE, RATE.c.id == rate_id)


async def bring_in(ctx: Context, upload_id: str) -> int:
    """Set the rates of an uploaded CSV file with the columns currency, validOn and rate."""
    ctx.require(Category.ADMIN)
    await uploads.received(ctx, upload_id)
    place = uploads.key(ctx.workspace_id, upload_id)
    given = await asyncio.to_thread(rate_files.read, partial(_chunks, place))
    rows = [Given(one.currency, one.valid_on, one.rate) for one in given]
    # As a spreadsheet counts them: the header is the first.
    return await change(ctx, rows, path=lambda at: ("rows", given[at].number))


def _chunks(place: str) -> Iterator[bytes]:
    return files.of_process().read(place)


def currency_of(text: str) -> str:
    """A currency to convert into, in upper case; BAD_USER_INPUT when there is none such."""
    code = text.strip().upper()
    if code not in currencies():
        message = "Send the ISO 4217 code of a currency in use, such as USD."
        raise Denied(DenialCode.BAD_USER_INPUT, message)
    return code


async def known(
    fetch: Fetch, home: Home, workspace: str, wanted: Collection[str], day: date
) -> dict[str, Known]:
    """What currencies were worth at home on a day; those without a rate by then are left out."""
    own = {home.currency: Known(Decimal(1), day)} if home.currency in wanted else {}
    foreign = sorted(set(wanted) - {home.currency})
    if not foreign:
        return own
    statement = (
        sa.select(RATE.c.currency, RATE.c.rate, RATE.c.valid_on)
        .where(
            RATE.c.workspace_id == workspace,
            RATE.c.base == home.currency,
            RATE.c.currency == sa.any_(sa.bindparam(None, foreign, type_=sa.ARRAY(Key))),
            RATE.c.valid_on <= day,
        )
        .order_by(RATE.c.currency, RATE.c.valid_on.desc())
        .distinct(RATE.c.currency)
    )
    rows = await fetch(statement)
    return own | {row["currency"]: Known(Decimal(row["rate"]), row["valid_on"]) for row in rows}


async def rates_of(reading: Any, wanted: Sequence[Dated]) -> list[Decimal | None]:
    """What one unit of each currency was worth at home on its day; one statement for all."""
    home = Home.of(reading.actor, reading.now)
    asked = [one for one in dict.fromkeys(wanted) if one[0] != home.currency]
    found: dict[Dated, Decimal | None] = {}
    if asked:
        given = (
            sa.func.unnest(
                sa.bindparam("currencies", [one for one, _ in asked], type_=sa.ARRAY(sa.Text)),
                sa.bindparam("days", [day for _, day in asked], type_=sa.ARRAY(sa.Date)),
            )
            .table_valued(sa.column("currency", Key), sa.column("day", sa.Date), name="given")
            .render_derived()
        )
        rate = _rate(given.c.currency, given.c.day).label("rate")
        statement = render(sa.select(given.c.currency, given.c.day, rate))
        rows = await reading.fetch(statement.with_values(**home.bound()))
        found = {(row[0], row[1]): row[2] and Decimal(row[2]) for row in rows}
    return [Decimal(1) if one[0] == home.currency else found[one] for one in wanted]
