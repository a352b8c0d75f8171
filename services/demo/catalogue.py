"""The products of the demo, and their prices by date."""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import sqlalchemy as sa

from core import money
from core.ids import new_id
from core.writes import Transaction
from models import metadata
from models.sale_enums import BillingType
from services.demo.world import Product

_PRODUCT = metadata.tables["product"]
_PRICE = metadata.tables["product_price"]


class _Listed(NamedTuple):
    sku: str
    name: str
    billing: BillingType
    price: int
    next_price: int | None = None


_LISTED = (
    _Listed("PLAT-LIC", "Platform License", BillingType.RECURRING, 150, 165),
    _Listed("IMPL-SVC", "Implementation Services", BillingType.ONE_TIME, 12_000),
    _Listed("PRIO-SUP", "Priority Support", BillingType.RECURRING, 5_000),
    _Listed("DATA-MIG", "Data Migration", BillingType.ONE_TIME, 4_500),
    _Listed("TRAIN-DAY", "Training Day", BillingType.ONE_TIME, 1_800),
    _Listed("ANALYTICS", "Analytics Add-on", BillingType.RECURRING, 2_400),
    _Listed("API-PLUS", "Extended API Access", BillingType.RECURRING, 900),
)


async def stocked(act: Transaction, today: date, currency: str) -> list[Product]:
    """The catalogue, after adding what the workspace lacks of it."""
    known = await _priced(act, today, currency)
    if any(one.sku not in known for one in _LISTED):
        # Of two who fill one workspace at once, the later finds what the earlier has added.
        await act.fetch_text("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", act.workspace)
        known = await _priced(act, today, currency)
    if lacking := [one for one in _LISTED if one.sku not in known]:
        await _add(act, lacking, today, currency)
        known = await _priced(act, today, currency)
    return [known[one.sku] for one in _LISTED]


async def _priced(act: Transaction, today: date, currency: str) -> dict[str, Product]:
    rows = await act.fetch(
        sa.select(_PRODUCT.c.id, _PRODUCT.c.sku, _PRODUCT.c.name, _PRICE.c.amount)
        .join(_PRICE, _PRICE.c.product_id == _PRODUCT.c.id)
        .where(
            _PRODUCT.c.workspace_id == act.workspace,
            _PRICE.c.workspace_id == act.workspace,
            _PRODUCT.c.deleted_at.is_(None),
            _PRODUCT.c.sku.in_([one.sku for one in _LISTED]),
            _PRICE.c.currency == currency,
            _PRICE.c.effective_from <= today,
            sa.or_(_PRICE.c.effective_to.is_(None), _PRICE.c.effective_to > today),
        )
    )
    return {row["sku"]: Product(row["id"], row["sku"], row["name"], row["amount"]) for row in rows}


async def _add(act: Transaction, listed: list[_Listed], today: date, currency: str) -> None:
    rows = await act.fetch(
        sa.select(_PRODUCT.c.id, _PRODUCT.c.sku_key).where(
            _PRODUCT.c.workspace_id == act.workspace,
            _PRODUCT.c.deleted_at.is_(None),
            _PRODUCT.c.sku_key.in_([one.sku.lower() for one in listed]),
        )
    )
    ids = {row["sku_key"]: row["id"] for row in rows}
    fresh = [one for one in listed if one.sku.lower() not in ids]
    for one in fresh:
        ids[one.sku.lower()] = new_id()
    products = [
        {
            "id": ids[one.sku.lower()],
            "sku": one.sku,
            "name": one.name,
            "billing_type": one.billing,
        }
        for one in fresh
    ]
    if products:
        await act.insert_many(_PRODUCT, products)
    prices = [
        {"product_id": ids[one.sku.lower()], "currency": currency, **price}
        for one in listed
        for price in _prices(one, today, currency)
    ]
    await act.insert_many(_PRICE, prices)


def _prices(listed: _Listed, today: date, currency: str) -> list[dict[str, date | Decimal | None]]:
    begin, change = today - timedelta(days=540), today + timedelta(days=45)
    amount = money.rounded(Decimal(listed.price), currency)
    if listed.next_price is None:
        return [_price(amount, begin, None)]
    later = money.rounded(Decimal(listed.next_price), currency)
    return [_price(amount, begin, change), _price(later, change, None)]


def _price(amount: Decimal, begin: date, end: date | None) -> dict[str, date | Decimal | None]:
    return {"amount": amount, "effective_from": begin, "effective_to": end}
