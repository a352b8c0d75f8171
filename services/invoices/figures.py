"""What a deal's invoices come to: how they stand, and what is left of them after credit memos."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from auth.policy import visible
from core.sql import Remembered
from models import metadata
from models.base import Uuid
from models.registry import REGISTRY
from models.sale_enums import InvoiceStatus, PaymentStatus

_INVOICE = metadata.tables["invoice"]
_LEFT_OUT = (InvoiceStatus.DRAFT, InvoiceStatus.VOID)
_STATUS, _NET = Remembered(), Remembered()


async def payment_statuses(
    reading: Any, rows: Sequence[Mapping[str, Any]]
) -> list[PaymentStatus | None]:
    """How the invoices of each deal stand, of those the viewer sees."""
    found = await _read(reading, rows, _STATUS, _standing)
    stands = {row["deal_id"]: row for row in found}
    return [_told(stands.get(row["id"])) for row in rows]


async def net_invoiced(
    reading: Any, rows: Sequence[Mapping[str, Any]]
) -> list[list[dict[str, Any]]]:
    """What the invoices of each deal ask for in all, less credit memos, by currency."""
    sums: dict[str, list[dict[str, Any]]] = {}
    for row in await _read(reading, rows, _NET, _summed):
        sum_ = {"amount": Decimal(row["net"]), "currency": row["currency"]}
        sums.setdefault(row["deal_id"], []).append(sum_)
    return [sums.get(row["id"], []) for row in rows]


async def _read(reading: Any, rows: Sequence[Any], kept: Remembered, make: Any) -> list[Any]:
    statement = kept.of(reading.actor.permission_set, lambda: make(reading.actor))
    found: list[Any] = await reading.fetch(statement.with_values(deals=[row["id"] for row in rows]))
    return found


def _of_deals(actor: Any) -> list[Any]:
    deals = sa.bindparam("deals", None, type_=sa.ARRAY(Uuid))
    seen = visible(REGISTRY["Invoice"], actor, _INVOICE)
    return [seen, _INVOICE.c.deal_id == sa.any_(deals), _INVOICE.c.status.not_in(_LEFT_OUT)]


def _standing(actor: Any) -> sa.Select[Any]:
    late = _INVOICE.c.status == InvoiceStatus.OVERDUE
    paid = _INVOICE.c.status == InvoiceStatus.PAID
    return (
        sa.select(
            _INVOICE.c.deal_id,
            sa.func.bool_or(late).label("late"),
            sa.func.bool_and(paid).label("paid"),
        )
        .where(*_of_deals(actor))
        .group_by(_INVOICE.c.deal_id)
    )


def _summed(actor: Any) -> sa.Select[Any]:
    net = sa.func.sum(_INVOICE.c.total_amount - _INVOICE.c.credited_amount).label("net")
    keys = (_INVOICE.c.deal_id, _INVOICE.c.currency)
    return sa.select(*keys, net).where(*_of_deals(actor)).group_by(*keys).order_by(*keys)


def _told(stands: Mapping[str, Any] | None) -> PaymentStatus | None:
    if stands is None:
        return None
    if stands["late"]:
        return PaymentStatus.OVERDUE
    return PaymentStatus.PAID if stands["paid"] else PaymentStatus.OUTSTANDING
