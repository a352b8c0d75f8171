"""Products: their quantity discounts are held to what a quote can count with."""

from collections.abc import Mapping
from typing import Any

from auth.context import Context
from models.registry import REGISTRY
from services import records
from services.quotes import offered
from services.rules.forms import Form


async def create_tier(ctx: Context, given: Mapping[str, Any]) -> Any:
    """Give a product a discount from a quantity on."""
    _check(given)
    return await records.create(ctx, REGISTRY["ProductTier"], given)


async def update_tier(
    ctx: Context, record_id: str, given: Mapping[str, Any], expected_version: int | None = None
) -> Any:
    """Change a quantity discount; lines that have it keep it until their quantity changes."""
    _check(given)
    return await records.update(ctx, REGISTRY["ProductTier"], record_id, given, expected_version)


def _check(given: Mapping[str, Any]) -> None:
    form = Form()
    if given.get("min_quantity") is not None:
        offered.quantity(form, given["min_quantity"], "minQuantity")
    if given.get("discount_percent") is not None:
        form.percentage("discountPercent", given["discount_percent"])
    form.done()
