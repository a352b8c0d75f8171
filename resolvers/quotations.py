"""What products cost, by day, currency and quantity: for plans and for the executor."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.codes import DenialCode
from core.errors import Denied
from models.registry import Entity
from resolvers.executor import FEEDS, Resolve, reading_of
from resolvers.reading import Info, Reading
from schema.products import PRICE
from services import rates
from services.quotes.offered import LARGEST_QUANTITY
from services.quotes.pricing import Catalogue, quotation
from services.rates import Home


async def prices(
    reading: Reading, product_ids: Sequence[str], arguments: Mapping[str, Any]
) -> dict[str, dict[str, Any] | None]:
    """What so many of each product cost; a few statements for all of them."""
    home = Home.of(reading.actor, reading.now)
    quantity = arguments.get("quantity")
    if quantity is not None and not 0 < quantity <= LARGEST_QUANTITY:
        message = f"Send a quantity above 0 and up to {LARGEST_QUANTITY:,}."
        raise Denied(DenialCode.BAD_USER_INPUT, message)
    currency = rates.currency_of(arguments.get("currency") or home.currency)
    day = arguments.get("at") or home.today
    catalogue = Catalogue(reading.fetch, reading.actor.workspace_id, home, currency, day)
    listed = await catalogue.listed(product_ids)
    return {
        product: quotation(one, quantity or PRICE["quantity"].default, currency)
        for product, one in listed.items()
    }


def _of_product(_entity: Entity) -> Resolve:
    async def resolve(seen: Any, info: Info, **arguments: Any) -> Any:
        reading = reading_of(info)

        async def batch(ids: Sequence[str]) -> list[Any]:
            found = await prices(reading, ids, arguments)
            return [found.get(one) for one in ids]

        key = ("Product.price", *sorted(arguments.items()))
        return await reading.loader(key, batch).load(seen.row["id"])

    return resolve


FEEDS["price"] = _of_product
