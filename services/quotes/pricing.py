"""What the catalogue asks for products: prices by day and currency, discounts by quantity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from models import metadata
from models.base import uuids
from services import rates
from services.rates import Fetch, Home, Known
from services.rules.quotes import Tier, exchange, exchanged, tier_for, tier_price

_PRODUCT = metadata.tables["product"]
_PRICE = metadata.tables["product_price"]
_TIER = metadata.tables["product_tier"]


@dataclass(frozen=True, slots=True)
class ListPrice:
    """What the catalogue asks for one, and the exchange rate it took to say so."""

    amount: Decimal
    rate: Decimal | None = None
    rate_on: date | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A product as the catalogue has it on a day, in a currency."""

    name: str
    retired: bool
    price: ListPrice | None
    """None where it has no price that day that could be told in the currency."""
    tiers: tuple[Tier, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Where prices are looked up: for whom, in which currency, on which day."""

    fetch: Fetch
    workspace: str
    home: Home
    currency: str
    day: date

    async def listed(self, product_ids: Sequence[str]) -> dict[str, Listed]:
        """Products by their ids; those that are not there are left out."""
        wanted = list(dict.fromkeys(product_ids))
        if not wanted:
            return {}
        live = _PRODUCT.c.deleted_at.is_(None)
        products = await self._rows(_PRODUCT, _PRODUCT.c.id, wanted, live)
        known = [row["id"] for row in products]
        prices = await self._prices(known)
        tiers = await self.tiers(known)
        return {
            row["id"]: Listed(
                row["name"], row["retired"], prices.get(row["id"]), tiers.get(row["id"], ())
            )
            for row in products
        }

    async def tiers(self, product_ids: Sequence[str]) -> dict[str, tuple[Tier, ...]]:
        """The quantity discounts of products."""
        found: dict[str, tuple[Tier, ...]] = {}
        for row in await self._rows(_TIER, _TIER.c.product_id, product_ids):
            tier = Tier(Decimal(row["min_quantity"]), Decimal(row["discount_percent"]))
            found[row["product_id"]] = (*found.get(row["product_id"], ()), tier)
        return found

    async def _prices(self, product_ids: Sequence[str]) -> dict[str, ListPrice]:
        """The price of each product on the day: its own in the currency, else one exchanged."""
        rows = await self._rows(
            _PRICE,
            _PRICE.c.product_id,
            product_ids,
            _PRICE.c.effective_from <= self.day,
            sa.or_(_PRICE.c.effective_to.is_(None), _PRICE.c.effective_to > self.day),
        )
        by_product: dict[str, dict[str, Decimal]] = {}
        for row in rows:
            by_product.setdefault(row["product_id"], {})[row["currency"]] = Decimal(row["amount"])
        foreign = {code for own in by_product.values() if self.currency not in own for code in own}
        worth: Mapping[str, Known] = {}
        if foreign:
            wanted = {*foreign, self.currency}
            worth = await rates.known(self.fetch, self.home, self.workspace, wanted, self.day)
        chosen = {product: self._chosen(own, worth) for product, own in by_product.items()}
        return {product: price for product, price in chosen.items() if price is not None}

    def _chosen(
        self, amounts: Mapping[str, Decimal], worth: Mapping[str, Known]
    ) -> ListPrice | None:
        if self.currency in amounts:
            return ListPrice(amounts[self.currency])
        ours = worth.get(self.currency)
        told = sorted(code for code in amounts if code in worth)
        if ours is None or not told:
            return None
        # The workspace's own price is the one it thought about most.
        code = self.home.currency if self.home.currency in told else told[0]
        rate = exchange(worth[code].rate, ours.rate)
        amount = exchanged(amounts[code], rate, self.currency)
        return ListPrice(amount, rate, min(worth[code].valid_on, ours.valid_on))

    async def _rows(
        self, table: Any, column: Any, ids: Sequence[str], *conditions: sa.ColumnElement[bool]
    ) -> Sequence[Any]:
        if not ids:
            return []
        chosen = column == sa.any_(uuids(ids))
        mine = table.c.workspace_id == self.workspace
        return await self.fetch(sa.select(table).where(mine, chosen, *conditions))


def quotation(listed: Listed, quantity: Decimal, currency: str) -> dict[str, Any] | None:
    """What so many of a product cost apiece, and why; None where it has no price."""
    if listed.price is None:
        return None
    price = listed.price
    tier = tier_for(quantity, listed.tiers)
    unit = tier_price(price.amount, tier.percent if tier else None, currency)
    return {
        "list_price": {"amount": price.amount, "currency": currency},
        "unit_price": {"amount": unit, "currency": currency},
        "applied_tier": tier
        and {"min_quantity": tier.min_quantity, "discount_percent": tier.percent},
        "converted": price.rate is not None,
        "rate": price.rate,
        "rate_on": price.rate_on,
    }
