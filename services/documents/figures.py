"""The figures of a paper: its lines, its sums, its taxes by rate, and what was settled."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from services.rules import quotes as arithmetic
from services.rules.paper import Style

_MINUS = "\u2212"
ZERO = Decimal(0)
_FIGURES = ("quantity", "price", "discount", "tax", "total")
_WIDE = 50
"""More digits than this in a line leave too little room for its description."""


def lines(row: Any, found: Sequence[Any], style: Style) -> dict[str, Any]:
    """The lines as a table; a column that says nothing is left out."""
    rates = {_rate(row, line) for line in found}
    written = [_line(row, line, at, style) for at, line in enumerate(found, start=1)]
    widths = (max((len(line[name]) for line in written), default=0) for name in _FIGURES)
    return {
        "columns": {
            "discount": any(line["discount_percent"] for line in found),
            "tax": len(rates) > 1,
            "wide": sum(widths) > _WIDE,
        },
        "lines": written,
    }


def sums(row: Any, found: Sequence[Any], style: Style) -> list[list[str]]:
    """What the lines come to, what comes off, and the tax by rate."""
    currency = row["currency"]
    written = [["Subtotal", style.money(row["subtotal_amount"], currency)]]
    if row["discount_amount"]:
        percent = row.get("discount_percent")
        name = f"Discount ({style.percent(percent)})" if percent else "Discount"
        written.append([name, _MINUS + style.money(row["discount_amount"], currency)])
    rates = _taxes(row, found)
    for one in rates:
        of = f" on {style.money(one.base, currency)}" if len(rates) > 1 else ""
        name = f"Tax {style.percent(one.percent)}{of}"
        written.append([name, style.money(one.tax, currency)])
    if not rates and row["tax_amount"]:
        written.append(["Tax", style.money(row["tax_amount"], currency)])
    return written


def settled(row: Any, style: Style) -> list[list[str]]:
    """What was paid of an invoice, and what is left."""
    currency = row["currency"]
    paid = row["paid_amount"] - row["refunded_amount"]
    written = [
        [name, _MINUS + style.money(amount, currency)]
        for name, amount in (("Paid", paid), ("Credited", row["credited_amount"]))
        if amount
    ]
    if written:
        written.append(["Balance due", style.money(row["balance_amount"], currency)])
    return written


def _line(row: Any, line: Any, at: int, style: Style) -> dict[str, Any]:
    off = line["discount_percent"]
    return {
        "position": str(at),
        "description": line["description"],
        "note": _note(line, style),
        "quantity": style.number(line["quantity"]),
        "price": style.price(line["unit_price_amount"], line["currency"]),
        "discount": style.percent(off) if off else "",
        "tax": style.percent(_rate(row, line)),
        "total": style.money(line["total_amount"], line["currency"]),
    }


def _note(line: Any, style: Style) -> str | None:
    percent = line.get("tier_percent")
    if not percent or line["overridden_at"]:
        return None
    return f"The price includes a quantity discount of {style.percent(percent)}."


def _rate(row: Any, line: Any) -> Decimal:
    own = line["tax_percent"]
    return Decimal(own if own is not None else row["tax_percent"] or ZERO)


def _taxes(row: Any, found: Sequence[Any]) -> Sequence[arithmetic.Taxed]:
    """The tax by rate; none where it does not come to what the record says."""
    worked = arithmetic.totals(
        [
            arithmetic.Line(
                line["quantity"],
                line["unit_price_amount"],
                line["discount_percent"],
                _rate(row, line),
            )
            for line in found
        ],
        row["currency"],
        discount=min(row["discount_amount"], row["subtotal_amount"]),
    )
    rates = [one for one in worked.rates if one.percent or one.tax]
    return rates if sum((one.tax for one in rates), ZERO) == row["tax_amount"] else []
