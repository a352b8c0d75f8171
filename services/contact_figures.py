"""What is open with each of many contacts, of what the viewer sees: deals, their sum, cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from auth.actor import Actor
from auth.policy import WORKSPACE, visible
from core.money import rounded
from core.sql import Remembered
from models import metadata
from models.base import Uuid
from models.enums import CaseStatusCategory
from models.registry import REGISTRY
from services.rates import Home, converted

Rows = Sequence[Mapping[str, Any]]

_STATEMENTS = Remembered()
_CONTACTS = sa.bindparam("contacts", None, type_=sa.ARRAY(Uuid))


@dataclass(slots=True)
class _Open:
    """The open deals of one contact."""

    count: int = 0
    amount: Decimal = Decimal(0)
    left: list[dict[str, Any]] = field(default_factory=list)


async def open_deal_counts(reading: Any, contacts: Rows) -> list[int]:
    """How many deals of each contact are neither won nor lost."""
    return [one.count for one in await _open_deals(reading, contacts)]


async def open_deal_values(reading: Any, contacts: Rows) -> list[Any]:
    """What they come to at today's rates, in the workspace's currency."""
    home = Home.of(reading.actor, reading.now)
    nothing = home.money(Decimal(0))
    found = await _open_deals(reading, contacts)
    return [home.money(one.amount) if one.amount else nothing for one in found]


async def open_deals_unconverted(reading: Any, contacts: Rows) -> list[Any]:
    """What of it has no rate and is left out, by currency."""
    return [one.left for one in await _open_deals(reading, contacts)]


async def open_case_counts(reading: Any, contacts: Rows) -> list[int]:
    """How many cases of each contact are not resolved."""
    actor: Actor = reading.actor
    statement = _STATEMENTS.of(("cases", actor.permission_set), lambda: _cases(actor))
    ids = [contact["id"] for contact in contacts]
    rows = await reading.fetch(statement.with_values(contacts=ids))
    counted = {row[0]: row[1] for row in rows}
    return [counted.get(one, 0) for one in ids]


async def _open_deals(reading: Any, contacts: Rows) -> list[_Open]:
    """Fetched once for all fields that show a part of it."""

    async def batch(several: Sequence[tuple[str, ...]]) -> list[list[_Open]]:
        return [await _read(reading, ids) for ids in several]

    ids = tuple(contact["id"] for contact in contacts)
    found: list[_Open] = await reading.loader("open deals", batch).load(ids)
    return found


async def _read(reading: Any, ids: Sequence[str]) -> list[_Open]:
    actor: Actor = reading.actor
    home = Home.of(actor, reading.now)
    statement = _STATEMENTS.of(("deals", actor.permission_set), lambda: _deals(actor))
    own = {one: _Open() for one in ids}
    rows = await reading.fetch(statement.with_values(contacts=list(ids), **home.bound()))
    for contact, currency, count, amount, left in rows:
        found = own[contact]
        found.count += count
        if amount is not None:
            found.amount += Decimal(amount)
        if left is not None:
            found.left.append({"amount": rounded(Decimal(left), currency), "currency": currency})
    return list(own.values())


def _deals(actor: Actor) -> sa.Select[Any]:
    entity = REGISTRY["Deal"]
    value, item = entity.fields["value"], entity.table.alias("item")
    amount = converted(value, item)
    return (
        sa.select(
            item.c.contact_id,
            item.c.value_currency,
            sa.func.count(),
            sa.func.sum(amount),
            sa.func.sum(item.c.value_amount).filter(amount.is_(None)),
        )
        .where(
            visible(entity, actor, item),
            item.c.contact_id == sa.any_(_CONTACTS),
            item.c.closed_at.is_(None),
        )
        .group_by(item.c.contact_id, item.c.value_currency)
        .order_by(item.c.value_currency)
    )


def _cases(actor: Actor) -> sa.Select[Any]:
    item, status = metadata.tables["case"].alias("item"), metadata.tables["case_status"]
    resolved = sa.select(status.c.id).where(
        status.c.workspace_id == WORKSPACE, status.c.category == CaseStatusCategory.RESOLVED
    )
    return (
        sa.select(item.c.contact_id, sa.func.count())
        .where(
            visible(REGISTRY["Case"], actor, item),
            item.c.contact_id == sa.any_(_CONTACTS),
            item.c.status_id.not_in(resolved),
        )
        .group_by(item.c.contact_id)
    )
