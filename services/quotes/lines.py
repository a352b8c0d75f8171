"""The lines of a quote: added, changed, removed and put in order, while it is a draft."""

from collections.abc import Mapping, Sequence
from typing import Any

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError, not_found
from models.quotes import Quote, QuoteLine
from services.quotes import offered, states, sums
from services.quotes.offered import MOST_LINES, Offered
from services.quotes.states import LINE, QUOTE
from services.rules import quotes as rules
from services.rules.forms import Form

_REORDER = """
UPDATE quote_line SET position = given.position, version = quote_line.version + 1, updated_at = $2
FROM unnest($3::uuid[]) WITH ORDINALITY AS given(id, position)
WHERE quote_line.workspace_id = $1 AND quote_line.id = given.id
  AND quote_line.position <> given.position
"""


async def add(
    ctx: Context, quote_id: str, line: Offered, *, expected_version: int | None = None
) -> dict[str, Any]:
    """Offer one thing more, at the price of the day."""
    quote = await _draft(ctx, quote_id, expected_version, "quoteId")
    before = await sums.lines_of(ctx, quote_id)
    if len(before) >= MOST_LINES:
        message = f"A quote has at most {MOST_LINES} lines."
        raise UserError(UserErrorCode.TOO_MANY, message, ("quoteId",))
    (columns,) = await offered.priced(ctx, quote.currency, [line], ())
    position = max((row["position"] for row in before), default=0) + 1
    row = await ctx.act.insert(LINE, columns | {"quote_id": quote_id, "position": position})
    return {"quote": await sums.settle(ctx, quote, before, [*before, row]), "line": row}


async def update(
    ctx: Context, line_id: str, given: Mapping[str, Any], *, expected_version: int | None = None
) -> dict[str, Any]:
    """Change a line: another quantity chooses its quantity discount anew."""
    if not given:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Name at least one field to change.", ())
    quote = await _draft_of(ctx, line_id, expected_version)
    line = await ctx.get(QuoteLine, line_id, lock=True)
    columns = await _changed(ctx, line, given)
    changed = {name: value for name, value in columns.items() if getattr(line, name) != value}
    if not changed:
        return {"quote": quote, "line": line}
    before = await sums.lines_of(ctx, quote.id)
    row = (await ctx.act.update(LINE, LINE.c.id == line_id, changed))[0]
    after = [row if one["id"] == line_id else one for one in before]
    return {"quote": await sums.settle(ctx, quote, before, after), "line": row}


async def remove(ctx: Context, line_id: str, *, expected_version: int | None = None) -> Any:
    """Take a line out of its quote; the others keep their order."""
    quote = await _draft_of(ctx, line_id, expected_version)
    before = await sums.lines_of(ctx, quote.id)
    await ctx.act.delete(LINE, LINE.c.id == line_id)
    return await sums.settle(ctx, quote, before, [one for one in before if one["id"] != line_id])


async def reorder(
    ctx: Context, quote_id: str, line_ids: Sequence[str], *, expected_version: int | None = None
) -> Any:
    """Put all lines of a quote into an order."""
    quote = await _draft(ctx, quote_id, expected_version, "quoteId")
    known = [row["id"] for row in await sums.lines_of(ctx, quote_id)]
    for at, one in enumerate(line_ids):
        if one not in known:
            raise not_found(("lineIds", at))
    if len(known) != len(line_ids) or len(set(line_ids)) != len(known):
        message = f"Name each of the quote's {len(known)} lines once."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("lineIds",))
    if known == list(line_ids):
        return quote
    given = (ctx.workspace_id, ctx.now, list(line_ids))
    await ctx.act.write_set(LINE, "quote_line.updated", _REORDER, *given)
    row = (await ctx.act.update(QUOTE, QUOTE.c.id == quote_id, {}))[0]
    ctx.act.emit("quote.updated", "quote", quote_id, reordered=True)
    return row


async def _draft(
    ctx: Context, quote_id: str, expected_version: int | None, name: str = "id"
) -> Quote:
    quote = await states.locked(ctx, quote_id, expected_version, path=(name,))
    states.require(quote, "changed", (name,))
    return quote


async def _draft_of(ctx: Context, line_id: str, expected_version: int | None) -> Quote:
    line = await ctx.get(QuoteLine, line_id)
    quote = await _draft(ctx, line.quote_id, expected_version)
    # It may have been removed while its quote was waited for.
    await ctx.get(QuoteLine, line_id)
    return quote


async def _changed(ctx: Context, line: QuoteLine, given: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a line as the input makes them; every refusal is told at once."""
    form = Form()
    values = offered.checked(form, line.currency, given)
    if "description" in values and not values["description"]:
        form.refuse(UserErrorCode.REQUIRED, "Say what is offered.", "description")
    if line.product_id is None:
        priced = _described_price(form, values)
    else:
        priced = await _listed_price(ctx, form, line, values)
    for name in ("unit_price", "unit_price_override"):
        values.pop(name, None)
    columns = values | priced
    names = ("quantity", "unit_price_amount", "discount_percent", "currency")
    whole = {name: columns.get(name, getattr(line, name)) for name in names}
    columns["total_amount"] = offered.total(form, whole)
    form.done()
    return columns


def _described_price(form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
    if values.get("unit_price_override") is not None:
        form.refuse(UserErrorCode.INVALID_VALUE, offered.BY_HAND, "unitPriceOverride")
    if "unit_price" not in values:
        return {}
    price = values["unit_price"]
    if price is None:
        form.refuse(UserErrorCode.REQUIRED, "Say what one costs.", "unitPrice")
        price = rules.ZERO
    return {"list_price_amount": price, "unit_price_amount": price}


async def _listed_price(
    ctx: Context, form: Form, line: QuoteLine, values: Mapping[str, Any]
) -> dict[str, Any]:
    if values.get("unit_price") is not None:
        form.refuse(UserErrorCode.INVALID_VALUE, offered.IN_THE_CATALOGUE, "unitPrice")
    columns: dict[str, Any] = {}
    if values.get("quantity", line.quantity) != line.quantity:
        own = str(line.product_id)
        tiers = await offered.catalogue(ctx, line.currency).tiers([own])
        columns = offered.tiered(rules.tier_for(values["quantity"], tiers.get(own, ())))
    by_hand = line.unit_price_amount if line.overridden_at else None
    if "unit_price_override" in values:
        told = values["unit_price_override"]
        if told != by_hand:
            columns |= offered.overridden(ctx, told)
        by_hand = told
    percent = columns.get("tier_percent", line.tier_percent)
    unit = rules.tier_price(line.list_price_amount, percent, line.currency)
    columns["unit_price_amount"] = unit if by_hand is None else by_hand
    return columns
