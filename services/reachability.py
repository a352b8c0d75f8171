"""Whether people may and can be written to: who opted out, and whose address takes no mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError
from core.writes import Transaction
from models import metadata
from models.registry import Entity

CONTACT, LEAD = metadata.tables["contact"], metadata.tables["lead"]
_TABLES = (CONTACT, LEAD)


@dataclass(frozen=True, slots=True)
class Person:
    """A contact or a lead with one of some addresses."""

    table: str
    id: str
    address: str
    opted_out: bool
    bounced_at: datetime | None


async def of(of: Context | Transaction, addresses: Sequence[str]) -> list[Person]:
    """Everybody who has one of some addresses, in one statement."""
    act = of if isinstance(of, Transaction) else of.act
    if not addresses:
        return []
    parts = [
        sa.select(
            sa.literal(table.name).label("table"),
            table.c.id,
            table.c.email,
            table.c.email_opted_out,
            table.c.email_bounced_at,
        ).where(
            table.c.workspace_id == act.workspace,
            table.c.deleted_at.is_(None),
            table.c.email_key.in_([sa.func.fold(one) for one in addresses]),
        )
        for table in _TABLES
    ]
    rows = await act.fetch(sa.union_all(*parts))
    return [Person(*row) for row in rows]


def require_wanted(people: Sequence[Person], path: tuple[str, ...] = ("to",)) -> None:
    """Refuse to write unasked to who opted out, or whose address takes no mail."""
    for person in people:
        if person.opted_out:
            message = f"{person.address} wants no such mail."
            raise UserError(UserErrorCode.RECIPIENT_OPTED_OUT, message, path)
        if person.bounced_at is not None:
            message = f"Mail to {person.address} came back on {person.bounced_at:%Y-%m-%d}."
            raise UserError(UserErrorCode.RECIPIENT_BOUNCED, message, path)


async def address_of(ctx: Context, entity: Entity, record_id: str) -> str:
    """Where mail about a record goes: its own address, else its contact's."""
    row: Any = await ctx.get(entity.row, record_id)
    address = getattr(row, "email", None)
    contact_id = getattr(row, "contact_id", None)
    if address is None and contact_id is not None:
        rows = await ctx.act.fetch(
            sa.select(CONTACT.c.email).where(
                CONTACT.c.workspace_id == ctx.workspace_id,
                CONTACT.c.id == contact_id,
                CONTACT.c.deleted_at.is_(None),
            )
        )
        address = rows[0]["email"] if rows else None
    if not address:
        message = "Nobody of this record has an e-mail address: fill one in, or say whom to."
        raise UserError(UserErrorCode.REQUIRED, message, ("to",))
    return str(address)


async def opt_out(act: Transaction, addresses: Sequence[str]) -> None:
    """Write no more unasked to whoever has one of some addresses."""
    for table in _TABLES:
        where = sa.and_(_has(table, addresses), ~table.c.email_opted_out)
        await act.update(table, where, {"email_opted_out": True}, event="opted_out")


async def bounced(act: Transaction, addresses: Sequence[str]) -> None:
    """Remember of whoever has one of some addresses that it takes no mail."""
    for table in _TABLES:
        values = {"email_bounced_at": act.now}
        await act.update(table, _has(table, addresses), values, event="email_bounced")


def _has(table: sa.Table, addresses: Sequence[str]) -> sa.ColumnElement[bool]:
    return sa.and_(
        table.c.deleted_at.is_(None),
        table.c.email_key.in_([sa.func.fold(one) for one in addresses]),
    )
