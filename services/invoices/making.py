"""Making invoices: of a quote, exactly once, or by hand."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError
from core.names import camel
from models import metadata
from models.base import Uuid
from models.contacts import Contact
from models.deals import Deal
from models.registry import REGISTRY, pointer
from models.sale_enums import InvoiceStatus, QuoteStatus
from services import numbers, records
from services.contracts.states import workspace
from services.invoices import lines as positions
from services.invoices import states
from services.invoices.lines import LINE
from services.invoices.states import INVOICE
from services.quotes import offered
from services.quotes.offered import Offered
from services.rules import invoices as rules
from services.rules.forms import Form
from services.rules.numbers import Numbered

_QUOTE, _QUOTE_LINE = metadata.tables["quote"], metadata.tables["quote_line"]
_CONTRACT = metadata.tables["contract"]
_CONTACT, _COMPANY = metadata.tables["contact"], metadata.tables["company"]
_ALWAYS = frozenset({"owner", "custom_fields"})
"""What of an invoice may be changed whatever its state."""


async def of_quote(ctx: Context, quote_id: str, *, cause: str) -> Any:
    """The invoice of an accepted quote, equal to it to the cent; None where it has one, or no line.

    Who asks is not asked for rights: it is what follows from the quote.
    """
    (quote,) = await ctx.act.fetch(
        sa.select(_QUOTE)
        .where(_QUOTE.c.workspace_id == ctx.workspace_id, _QUOTE.c.id == quote_id)
        .with_for_update(key_share=True)
    )
    # Under the quote's lock: of two who want its invoice the second finds that of the first.
    if await _invoiced(ctx, INVOICE.c.quote_id == quote_id):
        return None
    lines = await _lines_of(ctx, quote_id)
    if not lines:
        return None
    return await _insert(
        ctx,
        {
            "deal_id": quote["deal_id"],
            "quote_id": quote_id,
            "contract_id": await _contract_of(ctx, quote_id),
            "contact_id": quote["contact_id"],
            "company_id": quote["company_id"],
            "owner_id": quote["owner_id"],
            "currency": quote["currency"],
            "subtotal_amount": quote["subtotal_amount"],
            "discount_amount": quote["discount_amount"],
            "tax_percent": _one_rate(quote, lines),
            "tax_amount": quote["tax_amount"],
            "total_amount": quote["total_amount"],
            "terms": quote["terms"],
        },
        _mirrored(quote, lines),
        cause=cause,
    )


async def create(
    ctx: Context,
    given: Mapping[str, Any],
    *,
    lines: Sequence[Offered] | None = None,
    currency: str | None = None,
) -> Any:
    """Make a draft by hand, for a deal or a contact.

    Without lines a deal's is the invoice of its accepted quote, refused where that has one; a deal
    without such a quote is billed what it is worth, in one line.
    """
    records.may_write(ctx, REGISTRY["Invoice"])
    values = {name: value for name, value in given.items() if value is not None}
    deal: Any = None
    if "deal" in values:
        deal = await ctx.get(Deal, values["deal"], path=("dealId",))
        if lines is None and (quote := await _quote_to_invoice(ctx, deal.id)):
            return await _as_quoted(ctx, quote, values)
        if lines is None:
            await _refuse_invoiced(ctx, INVOICE.c.deal_id == deal.id)
        values = _of_deal(deal) | values
        currency = currency or deal.value_currency
    if values.get("contact") is None:
        message = "Name the deal or the contact it bills."
        raise UserError(UserErrorCode.REQUIRED, message, ("contactId",))
    contact: Any = await ctx.get(Contact, values["contact"], path=("contactId",))
    values = {"company": contact.primary_company_id} | values
    code = _currency(currency or ctx.actor.currency)
    if lines is None:
        lines = [_worth(deal)] if deal and code == deal.value_currency else []
    return await _by_hand(ctx, values, lines, code)


async def update(
    ctx: Context, record_id: str, given: Mapping[str, Any], expected_version: int | None = None
) -> Any:
    """Change a draft; of others only who looks after it, and fields of the workspace's own."""
    invoice = await states.locked(ctx, record_id, expected_version)
    if not given:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Name at least one field to change.", ())
    if set(given) - _ALWAYS:
        states.refuse_unless(invoice, "edit")
    _check(given, invoice.currency)
    values = await records.checked(ctx, REGISTRY["Invoice"], given, invoice)
    if {"issue_date", "terms_days"} & values.keys():
        issued = values.get("issue_date", invoice.issue_date)
        values["due_date"] = rules.due(issued, values.get("terms_days", invoice.terms_days))
    if {"discount_amount", "tax_percent"} & values.keys():
        values |= positions.sums(
            await positions.of(ctx, record_id),
            invoice.currency,
            discount=values.get("discount_amount", invoice.discount_amount),
            tax_percent=values.get("tax_percent", invoice.tax_percent),
        )
    changed = {name: value for name, value in values.items() if getattr(invoice, name) != value}
    if not changed:
        return invoice
    return (await ctx.act.update(INVOICE, INVOICE.c.id == record_id, changed))[0]


async def _by_hand(
    ctx: Context, given: dict[str, Any], offers: Sequence[Offered], currency: str
) -> Any:
    setting = await workspace(ctx.act)
    values = {
        "tax_percent": setting["tax_percent"],
        "terms_days": setting["payment_terms_days"],
        "issue_date": ctx.today,
        "terms": setting["quote_terms"],
        **await _billed(ctx, given["contact"], given["company"]),
        **given,
    }
    discount = _check(values, currency)
    paths = [("lines", at) for at in range(len(offers))]
    lines = await positions.priced(ctx, currency, offers, *paths)
    totals = positions.sums(lines, currency, discount=discount, tax_percent=values["tax_percent"])
    row = await records.create(
        ctx,
        REGISTRY["Invoice"],
        {name: value for name, value in values.items() if value is not None},
        **await _begun(ctx),
        **totals,
        currency=currency,
        due_date=rules.due(values["issue_date"], values["terms_days"]),
    )
    await _write_lines(ctx, row["id"], lines)
    ctx.act.emit("invoice.created", "invoice", row["id"], cause="made by hand")
    return row


async def _as_quoted(ctx: Context, quote: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    """The invoice of a quote, asked for by hand."""
    for name in ("discount", "tax_percent"):
        if name in given:
            message = f"It is {quote['number']} as it was accepted; send the lines, too."
            raise UserError(UserErrorCode.INVALID_VALUE, message, (camel(name),))
    if given.get("contact", quote["contact_id"]) != quote["contact_id"]:
        message = f"{quote['number']} is made out to another contact; send the lines, too."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("contactId",))
    row = await of_quote(ctx, quote["id"], cause="made by hand")
    if row is None:
        await _refuse_invoiced(ctx, INVOICE.c.quote_id == quote["id"])
    rest = {name: value for name, value in given.items() if name not in {"deal", "contact"}}
    return await update(ctx, row["id"], rest) if rest else row


async def _insert(
    ctx: Context, values: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], *, cause: str
) -> Any:
    setting = await workspace(ctx.act)
    issued, days = ctx.today, setting["payment_terms_days"]
    row = await ctx.act.insert(
        INVOICE,
        {
            **values,
            **await _billed(ctx, values["contact_id"], values["company_id"]),
            **await _begun(ctx),
            "issue_date": issued,
            "terms_days": days,
            "due_date": rules.due(issued, days),
        },
    )
    await _write_lines(ctx, row["id"], lines)
    ctx.act.emit("invoice.created", "invoice", row["id"], cause=cause)
    return row


async def _begun(ctx: Context) -> dict[str, Any]:
    """What every invoice begins with."""
    (number,) = await numbers.take(ctx.act, Numbered.INVOICE)
    return {"number": number, "status": InvoiceStatus.DRAFT, "paid_amount": Decimal(0)}


async def _write_lines(ctx: Context, invoice_id: str, lines: Sequence[Mapping[str, Any]]) -> None:
    rows = [
        {**line, "invoice_id": invoice_id, "position": position}
        for position, line in enumerate(lines, start=1)
    ]
    if rows:
        await ctx.act.insert_many(LINE, rows)


async def _billed(ctx: Context, contact_id: str, company_id: str | None) -> dict[str, Any]:
    """Whom an invoice bills, as they are called on the day it is made."""
    is_company = sa.and_(
        _COMPANY.c.workspace_id == ctx.workspace_id, _COMPANY.c.id == sa.literal(company_id, Uuid)
    )
    (row,) = await ctx.act.fetch(
        sa.select(
            _CONTACT.c.name.label("bill_to_name"),
            _CONTACT.c.email.label("bill_to_email"),
            _COMPANY.c.name.label("bill_to_company"),
        )
        .select_from(_CONTACT)
        .outerjoin(_COMPANY, is_company)
        .where(_CONTACT.c.workspace_id == ctx.workspace_id, _CONTACT.c.id == contact_id)
    )
    return dict(row)


def _check(values: Mapping[str, Any], currency: str) -> Decimal:
    """Refuse what an invoice cannot say; its discount."""
    form, discount = Form(), Decimal(0)
    if values.get("discount") is not None:
        discount = offered.price(form, "discount", values["discount"], currency)
    if values.get("tax_percent") is not None:
        form.percentage("taxPercent", values["tax_percent"])
    days = values.get("terms_days")
    if days is not None and not 0 <= days <= rules.MOST_DAYS:
        message = f"Send from 0 to {rules.MOST_DAYS} days."
        form.refuse(UserErrorCode.INVALID_VALUE, message, "termsDays")
    form.done()
    return discount


def _currency(given: str) -> str:
    form = Form()
    code = form.currency("currency", given)
    form.done()
    return code


def _of_deal(deal: Any) -> dict[str, Any]:
    """What an invoice takes over from its deal."""
    found = {"contact": deal.contact_id, "company": deal.company_id, "owner": deal.owner_id}
    return {name: value for name, value in found.items() if value is not None}


def _worth(deal: Any) -> Offered:
    """What a deal is worth, as the one line of its invoice."""
    price = SimpleNamespace(amount=deal.value_amount, currency=deal.value_currency)
    return Offered(quantity=Decimal(1), description=deal.name, unit_price=price)


def _one_rate(quote: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> Decimal | None:
    """The tax rate of all lines of a quote; None where some have their own."""
    own = any(line["tax_percent"] is not None for line in lines)
    return None if own else quote["tax_percent"]


def _mirrored(quote: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The lines of a quote as its invoice has them, each with its rate where there are several."""
    several = _one_rate(quote, lines) is None
    rows = []
    for line in lines:
        row = {name: line[name] for name in positions.KEPT}
        if several and row["tax_percent"] is None:
            row["tax_percent"] = quote["tax_percent"]
        rows.append(row)
    return rows


async def _lines_of(ctx: Context, quote_id: str) -> list[Any]:
    return await ctx.act.fetch(
        sa.select(_QUOTE_LINE)
        .where(_QUOTE_LINE.c.workspace_id == ctx.workspace_id, _QUOTE_LINE.c.quote_id == quote_id)
        .order_by(_QUOTE_LINE.c.position)
    )


async def _contract_of(ctx: Context, quote_id: str) -> str | None:
    rows = await ctx.act.fetch(
        sa.select(_CONTRACT.c.id).where(
            _CONTRACT.c.workspace_id == ctx.workspace_id, _CONTRACT.c.quote_id == quote_id
        )
    )
    return rows[0]["id"] if rows else None


async def _invoiced(ctx: Context, which: sa.ColumnElement[bool]) -> list[Any]:
    """The invoices of quotes, among some."""
    return await ctx.act.fetch(
        sa.select(INVOICE.c.id, INVOICE.c.number).where(
            INVOICE.c.workspace_id == ctx.workspace_id, INVOICE.c.quote_id.is_not(None), which
        )
    )


async def _refuse_invoiced(ctx: Context, which: sa.ColumnElement[bool]) -> None:
    """Refuse to bill a quote twice."""
    found = await _invoiced(ctx, which)
    if found:
        message = f"{found[0]['number']} is the invoice of its quote; send lines to bill what else."
        invoice = pointer("Invoice", found[0]["id"])
        raise UserError(UserErrorCode.ALREADY_INVOICED, message, ("dealId",), invoice=invoice)


async def _quote_to_invoice(ctx: Context, deal_id: str) -> Mapping[str, Any] | None:
    """The accepted quote of a deal that has lines and no invoice; the latest of several."""
    found = await accepted(ctx, deal_id)
    return found[0] if found else None


async def accepted(ctx: Context, deal_id: str) -> list[Any]:
    """The accepted quotes of a deal that have lines and no invoice, the latest first."""
    invoiced = sa.exists().where(
        INVOICE.c.workspace_id == ctx.workspace_id, INVOICE.c.quote_id == _QUOTE.c.id
    )
    has_lines = sa.exists().where(
        _QUOTE_LINE.c.workspace_id == ctx.workspace_id, _QUOTE_LINE.c.quote_id == _QUOTE.c.id
    )
    return await ctx.act.fetch(
        sa.select(_QUOTE.c.id, _QUOTE.c.number, _QUOTE.c.contact_id)
        .where(
            _QUOTE.c.workspace_id == ctx.workspace_id,
            _QUOTE.c.deal_id == deal_id,
            _QUOTE.c.status == QuoteStatus.ACCEPTED,
            _QUOTE.c.deleted_at.is_(None),
            has_lines,
            sa.not_(invoiced),
        )
        .order_by(_QUOTE.c.accepted_at.desc(), _QUOTE.c.id.desc())
    )
