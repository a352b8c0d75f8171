"""Making quotes: for a deal, with its lines, or as a copy of another one."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import Path, UserError
from core.ids import new_id
from core.money import Money
from models import metadata
from models.deals import Deal
from models.quotes import Quote
from models.registry import REGISTRY
from models.sale_enums import ApprovalState, QuoteStatus
from services import numbers, rates, records
from services.quotes import offered, sums, terms
from services.quotes.offered import Offered
from services.quotes.states import LINE, QUOTE
from services.rates import Home
from services.rules import quotes as rules
from services.rules.forms import Form
from services.rules.numbers import Numbered

_WORKSPACE, _CONTACT = metadata.tables["workspace"], metadata.tables["contact"]


async def create(
    ctx: Context,
    given: Mapping[str, Any],
    *,
    currency: str | None = None,
    lines: Sequence[Offered] = (),
) -> Any:
    """Write a quote for a deal; what is not said is as the deal and the workspace have it."""
    records.may_write(ctx, REGISTRY["Quote"])
    deal = await ctx.get(Deal, given["deal"], path=("dealId",))
    code = _currency(currency or deal.value_currency)
    named = {name: value for name, value in given.items() if value is not None}
    return await _write(ctx, deal, code, await terms.checked(ctx, named, code), lines)


async def duplicate(ctx: Context, quote_id: str) -> Any:
    """Write the same quote anew, at the prices of the day; prices set by hand stay as they are."""
    quote = await ctx.get(Quote, quote_id)
    records.may_write(ctx, REGISTRY["Quote"])
    deal = await ctx.get(Deal, quote.deal_id)
    own = ctx.actor.custom.of("quote")
    columns = {
        "title": quote.title,
        "contact_id": quote.contact_id,
        "tax_percent": quote.tax_percent,
        "terms": quote.terms,
        "discount_amount": quote.discount_amount,
        "discount_percent": quote.discount_percent,
        "custom": {
            key: value
            for key, value in quote.custom.items()
            if key in own and not own[key].is_unique
        },
    }
    rows = await ctx.act.fetch(
        sa.select(LINE)
        .where(LINE.c.workspace_id == ctx.workspace_id, LINE.c.quote_id == quote_id)
        .order_by(LINE.c.position)
    )
    return await _write(ctx, deal, quote.currency, columns, [_again(row) for row in rows])


def _again(row: Mapping[str, Any]) -> Offered:
    price = Money(row["unit_price_amount"], row["currency"])
    return Offered(
        product_id=row["product_id"],
        description=row["description"],
        quantity=row["quantity"],
        unit_price=None if row["product_id"] else price,
        unit_price_override=price if row["overridden_at"] else None,
        discount_percent=row["discount_percent"],
        tax_percent=row["tax_percent"],
    )


async def _write(
    ctx: Context,
    deal: Deal,
    currency: str,
    told: Mapping[str, Any],
    lines: Sequence[Offered],
) -> Any:
    """Insert a quote with its lines; its number is taken late, others wait for theirs."""
    priced = await offered.priced(ctx, currency, lines, *_places(lines))
    filled = await _filled(ctx, deal, told) | await _home(ctx, currency)
    quote = filled | {"id": new_id(), "currency": currency}
    quote |= sums.columns_of(sums.summed(quote, priced))
    stands = await sums.standing(ctx, quote, priced)
    (number,) = await numbers.take(ctx.act, Numbered.QUOTE, ctx.today.year)
    row = await ctx.act.insert(QUOTE, {**quote, **stands.columns, "number": number})
    if priced:
        placed = [
            line | {"quote_id": quote["id"], "position": position}
            for position, line in enumerate(priced, start=1)
        ]
        await ctx.act.insert_many(LINE, placed)
    await stands.tell(ctx, row)
    return row


def _places(lines: Sequence[Offered]) -> list[Path]:
    return [("lines", at) for at in range(len(lines))]


async def _filled(ctx: Context, deal: Deal, told: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a quote, those nobody spoke of included."""
    setting = await settings(ctx)
    last_day = ctx.today + timedelta(days=setting["quote_valid_days"])
    usual = {
        "deal_id": deal.id,
        "owner_id": deal.owner_id or ctx.actor.user_id,
        "status": QuoteStatus.DRAFT,
        "approval_state": ApprovalState.NOT_NEEDED,
        "approved_percent": None,
        "discount_amount": rules.ZERO,
        "discount_percent": None,
        "tax_percent": setting["tax_percent"],
        "terms": setting["quote_terms"],
        "valid_until": last_day,
    }
    said = {name: value for name, value in told.items() if value is not None}
    contact = await _contact(ctx, said.get("contact_id") or deal.contact_id)
    company_id = deal.company_id or contact["primary_company_id"]
    known = {"contact_id": contact["id"], "company_id": company_id, "title": deal.name[:200]}
    return usual | known | said


async def settings(ctx: Context) -> Mapping[str, Any]:
    """What the workspace has set for quotes."""
    (row,) = await ctx.act.fetch(
        sa.select(
            _WORKSPACE.c.quote_valid_days, _WORKSPACE.c.tax_percent, _WORKSPACE.c.quote_terms
        ).where(_WORKSPACE.c.workspace_id == ctx.workspace_id)
    )
    found: Mapping[str, Any] = row
    return found


async def _contact(ctx: Context, contact_id: str | None) -> Any:
    """Whom a quote is made out to; who sells to them need not see them."""
    rows = await ctx.act.fetch(
        sa.select(_CONTACT.c.id, _CONTACT.c.primary_company_id).where(
            _CONTACT.c.workspace_id == ctx.workspace_id,
            _CONTACT.c.id == contact_id,
            _CONTACT.c.deleted_at.is_(None),
        )
    )
    if not rows:
        message = "The deal has no contact; name whom the quote is made out to."
        raise UserError(UserErrorCode.REQUIRED, message, ("contactId",))
    return rows[0]


async def _home(ctx: Context, currency: str) -> dict[str, Any]:
    """The exchange rate that a quote in a foreign currency keeps."""
    home = Home.of(ctx.actor, ctx.now)
    if currency == home.currency:
        return {}
    found = await rates.known(ctx.act.fetch, home, ctx.workspace_id, [currency], home.today)
    if currency not in found:
        message = f"Set what {currency} is worth in {home.currency} first."
        raise UserError(UserErrorCode.RATE_MISSING, message, ("currency",))
    known = found[currency]
    return {
        "home_currency": home.currency,
        "home_rate": known.rate,
        "home_rate_on": known.valid_on,
    }


def _currency(given: str) -> str:
    form = Form()
    code = form.currency("currency", given)
    form.done()
    return code
