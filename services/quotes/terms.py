"""What a quote says beside its lines: its discount, its tax, its last day."""

from collections.abc import Mapping
from typing import Any

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError
from models.quotes import Quote
from models.registry import REGISTRY
from services import custom_fields, records
from services.quotes import offered, states, sums
from services.quotes.states import QUOTE
from services.rules import quotes as rules
from services.rules.forms import Form

DISCOUNTS = frozenset({"discount", "discount_percent"})
_SUMMED = frozenset({"discount_amount", "discount_percent", "tax_percent"})


async def update(
    ctx: Context, record_id: str, given: Mapping[str, Any], expected_version: int | None = None
) -> Any:
    """Change what a draft says; fields of the workspace's own may change at any time."""
    if not given:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Name at least one field to change.", ())
    quote = await states.locked(ctx, record_id, expected_version)
    if given.keys() - {custom_fields.NAME}:
        states.require(quote, "changed")
    columns = await checked(ctx, given, quote.currency, quote)
    changed = {name: value for name, value in columns.items() if getattr(quote, name) != value}
    if not changed:
        return quote
    if not changed.keys() & _SUMMED:
        return (await ctx.act.update(QUOTE, QUOTE.c.id == record_id, changed))[0]
    lines = await sums.lines_of(ctx, record_id)
    return await sums.settle(ctx, quote, lines, lines, changed)


async def delete(ctx: Context, record_id: str, expected_version: int | None = None) -> Any:
    """Delete a quote that no customer has to do with any more; it can be restored for 30 days."""
    quote = await states.locked(ctx, record_id, expected_version)
    states.require(quote, "deleted")
    return await records.delete(ctx, REGISTRY["Quote"], record_id)


async def checked(
    ctx: Context, given: Mapping[str, Any], currency: str, quote: Quote | None = None
) -> dict[str, Any]:
    """The columns for the given fields of a quote; without one, of a new one."""
    rest = {name: value for name, value in given.items() if name not in DISCOUNTS}
    form = Form()
    columns = discount(form, currency, given)
    if rest.get("tax_percent") is not None:
        form.percentage("taxPercent", rest["tax_percent"])
    last_day = rest.get("valid_until")
    if last_day is not None and last_day < ctx.today:
        message = "Send today or a later day."
        form.refuse(UserErrorCode.INVALID_VALUE, message, "validUntil")
    if quote is not None and rest.get("title") is not None:
        form.text("title", rest["title"], longest=REGISTRY["Quote"].fields["title"].max_length or 0)
    form.done()
    return columns | await records.checked(ctx, REGISTRY["Quote"], rest, quote)


def discount(form: Form, currency: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The discount on the whole: an amount or a percentage, and null is none."""
    told = {name: given[name] for name in sorted(DISCOUNTS & given.keys())}
    named = {name: value for name, value in told.items() if value is not None}
    if len(named) > 1:
        message = "Send the discount as an amount or in percent, not both."
        form.refuse(UserErrorCode.INVALID_VALUE, message, "discountPercent")
    elif "discount" in named:
        amount = offered.price(form, "discount", named["discount"], currency)
        return {"discount_amount": amount, "discount_percent": None}
    elif named:
        percent = form.percentage("discountPercent", named["discount_percent"])
        return {"discount_percent": percent}
    elif told:
        return {"discount_amount": rules.ZERO, "discount_percent": None}
    return {}
