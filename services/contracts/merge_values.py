"""What the merge fields of a contract's document say, in the language of the workspace."""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from auth.context import Context
from models import metadata
from models.base import Uuid
from models.contracts import Contract
from services.contracts import states

_LINE = metadata.tables["quote_line"]
_PLAIN: Mapping[str, tuple[str, str]] = {
    "contact.name": ("contact", "name"),
    "contact.firstName": ("contact", "first_name"),
    "contact.lastName": ("contact", "last_name"),
    "contact.email": ("contact", "email"),
    "contact.phone": ("contact", "phone"),
    "contact.jobTitle": ("contact", "job_title"),
    "company.name": ("company", "name"),
    "company.domain": ("company", "domain"),
    "deal.name": ("deal", "name"),
    "quote.number": ("quote", "number"),
    "quote.title": ("quote", "title"),
    "quote.terms": ("quote", "terms"),
    "owner.name": ("user", "name"),
    "owner.email": ("user", "email"),
}
"""The fields that say what a column holds."""
_MONEY: Mapping[str, tuple[str, str, str]] = {
    "deal.value": ("deal", "value_amount", "value_currency"),
    "quote.subtotal": ("quote", "subtotal_amount", "currency"),
    "quote.discount": ("quote", "discount_amount", "currency"),
    "quote.tax": ("quote", "tax_amount", "currency"),
    "quote.total": ("quote", "total_amount", "currency"),
}
_ADDRESS = ("street", "postcode", "city", "state", "country")


async def of(ctx: Context, contract: Contract, used: Collection[str]) -> dict[str, str | None]:
    """The texts of the merge fields; None where there is nothing to say."""
    workspace = await states.workspace(ctx.act)
    speech = _Speech(workspace["locale"])
    told = await _about(ctx, contract)
    values: dict[str, str | None] = {
        name: told[part, column] for name, (part, column) in _PLAIN.items()
    }
    for name, (part, amount, currency) in _MONEY.items():
        values[name] = speech.money(told[part, amount], told[part, currency])
    address = (told["company", column] for column in _ADDRESS)
    values |= {
        "customer.name": told["company", "name"] or told["contact", "name"],
        "company.address": ", ".join(part for part in address if part) or None,
        "deal.closeDate": speech.day(told["deal", "close_date"]),
        "contract.number": contract.number,
        "contract.title": contract.title,
        "contract.value": speech.money(contract.value_amount, contract.currency),
        "contract.startsOn": speech.day(contract.starts_on),
        "contract.endsOn": speech.day(contract.ends_on),
        "workspace.name": workspace["name"],
        "workspace.address": workspace["address"],
        "today": speech.day(ctx.today),
    }
    if "quote.lines" in used and contract.quote_id:
        values["quote.lines"] = await _lines(ctx, contract.quote_id, speech)
    return values


class _Speech:
    """How a workspace writes amounts and days."""

    def __init__(self, locale: str) -> None:
        self._locale = locale

    def money(self, amount: Decimal | None, currency: str | None) -> str | None:
        """An amount, with its currency."""
        if amount is None or currency is None:
            return None
        return str(format_currency(amount, currency, locale=self._locale))

    def day(self, day: date | None) -> str | None:
        """A day, in words."""
        return None if day is None else str(format_date(day, "long", locale=self._locale))

    def number(self, number: Decimal) -> str:
        """A number, with no more digits than it has."""
        return str(
            format_decimal(number.normalize(), locale=self._locale, decimal_quantization=False)
        )


async def _about(ctx: Context, contract: Contract) -> Mapping[tuple[str, str], Any]:
    """What is asked of the records a contract is about, by table and column: one statement."""
    ids = {
        "contact": contract.contact_id,
        "company": contract.company_id,
        "deal": contract.deal_id,
        "quote": contract.quote_id,
        "user": contract.owner_id,
    }
    wanted = dict.fromkeys(_PLAIN.values())
    wanted |= {(part, column): None for part, *columns in _MONEY.values() for column in columns}
    wanted |= {("company", column): None for column in _ADDRESS}
    wanted["deal", "close_date"] = None
    rows: Any = sa.select(sa.literal(1).label("one")).subquery()
    for part, record_id in ids.items():
        table = metadata.tables[part]
        is_it = sa.and_(
            table.c.workspace_id == ctx.workspace_id, table.c.id == sa.literal(record_id, Uuid)
        )
        rows = rows.outerjoin(table, is_it)
    columns = [metadata.tables[part].c[name].label(f"{part}.{name}") for part, name in wanted]
    (found,) = await ctx.act.fetch(sa.select(*columns).select_from(rows))
    return {(part, name): found[f"{part}.{name}"] for part, name in wanted}


async def _lines(ctx: Context, quote_id: str, speech: _Speech) -> str:
    rows = await ctx.act.fetch(
        sa.select(_LINE.c.quantity, _LINE.c.description, _LINE.c.total_amount, _LINE.c.currency)
        .where(_LINE.c.workspace_id == ctx.workspace_id, _LINE.c.quote_id == quote_id)
        .order_by(_LINE.c.position)
    )
    return "\n".join(
        f"- {speech.number(row['quantity'])} × {row['description']}:"
        f" {speech.money(row['total_amount'], row['currency'])}"
        for row in rows
    )
