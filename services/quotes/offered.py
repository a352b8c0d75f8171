"""The lines of an input: checked, and priced by the catalogue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import Path, Refusals, UserError
from core.money import MAX_AMOUNT
from services.quotes.pricing import Catalogue, Listed
from services.rates import Home
from services.rules import quotes as rules
from services.rules.forms import Form
from services.rules.quotes import Line, Tier
from services.values import amount

MOST_LINES = 200
LARGEST_QUANTITY = 1_000_000
LONGEST_DESCRIPTION = 1000
_QUANTITY_PLACES = 3

_EMPTY: dict[str, Any] = {"list_price_rate": None, "tier_min_quantity": None, "tier_percent": None}

IN_THE_CATALOGUE = "A product has its price in the catalogue; send `unitPriceOverride`."
BY_HAND = "Without a product the price is set by hand anyway: send `unitPrice`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A line as it is asked for: a product of the catalogue, or a description with a price."""

    quantity: Decimal
    product_id: str | None = None
    description: str | None = None
    unit_price: Any = None
    unit_price_override: Any = None
    discount_percent: Decimal | None = None
    tax_percent: Decimal | None = None


def catalogue(ctx: Context, currency: str) -> Catalogue:
    """The catalogue as it is today, in the currency of a quote."""
    home = Home.of(ctx.actor, ctx.now)
    return Catalogue(ctx.act.fetch, ctx.workspace_id, home, currency, home.today)


async def priced(
    ctx: Context, currency: str, offered: Sequence[Offered], *paths: Path
) -> list[dict[str, Any]]:
    """The columns of new lines, each refused at its own path."""
    if len(offered) > MOST_LINES:
        message = f"A quote has at most {MOST_LINES} lines; these are {len(offered)}."
        raise UserError(UserErrorCode.TOO_MANY, message, ("lines",))
    asked = [one.product_id for one in offered if one.product_id is not None]
    listed = await catalogue(ctx, currency).listed(asked)
    refused: list[UserError] = []
    lines = []
    for one, path in zip(offered, paths, strict=True):
        form = Form()
        product = listed.get(one.product_id) if one.product_id else None
        lines.append(_priced(ctx, form, currency, one, product))
        refused += [error.at(*path) for error in form.refusals]
    if refused:
        raise Refusals(refused)
    return lines


def _priced(
    ctx: Context, form: Form, currency: str, one: Offered, listed: Listed | None
) -> dict[str, Any]:
    given = checked(
        form,
        currency,
        {
            "quantity": one.quantity,
            "discount_percent": one.discount_percent,
            "tax_percent": one.tax_percent,
            "description": one.description,
            "unit_price": one.unit_price,
            "unit_price_override": one.unit_price_override,
        },
    )
    by_hand = given.pop("unit_price_override")
    own = given.pop("unit_price")
    if one.product_id is None:
        _check_described(form, one)
        given |= {"list_price_amount": own or rules.ZERO, "unit_price_amount": own or rules.ZERO}
    else:
        _check_product(form, one, listed)
        given |= _listed_price(listed, given["quantity"], by_hand, currency)
        given["description"] = given["description"] or (listed.name if listed else "")
    given |= {"product_id": one.product_id, "currency": currency}
    given = _EMPTY | given | overridden(ctx, by_hand)
    given["total_amount"] = total(form, given)
    return given


def _check_described(form: Form, one: Offered) -> None:
    if not (one.description or "").strip():
        message = "Name a product of the catalogue, or describe what is offered."
        form.refuse(UserErrorCode.REQUIRED, message, "productId")
    elif one.unit_price is None:
        form.refuse(UserErrorCode.REQUIRED, "Say what one costs.", "unitPrice")
    if one.unit_price_override is not None:
        form.refuse(UserErrorCode.INVALID_VALUE, BY_HAND, "unitPriceOverride")


def _check_product(form: Form, one: Offered, listed: Listed | None) -> None:
    if listed is None:
        message = "No such product is in the catalogue."
        form.refuse(UserErrorCode.PRODUCT_NOT_FOUND, message, "productId")
    elif listed.retired:
        message = f"{listed.name} is sold no more."
        form.refuse(UserErrorCode.PRODUCT_RETIRED, message, "productId")
    elif listed.price is None and one.unit_price_override is None:
        message = f"{listed.name} has no price today that can be told in the quote's currency."
        form.refuse(UserErrorCode.PRICE_MISSING, message, "productId")
    if one.unit_price is not None:
        form.refuse(UserErrorCode.INVALID_VALUE, IN_THE_CATALOGUE, "unitPrice")


def _listed_price(
    listed: Listed | None, count: Decimal, by_hand: Decimal | None, currency: str
) -> dict[str, Any]:
    price = listed.price if listed else None
    if price is None:
        only = by_hand or rules.ZERO
        return {"list_price_amount": only, "unit_price_amount": only}
    columns = tiered(rules.tier_for(count, listed.tiers if listed else ()))
    unit = rules.tier_price(price.amount, columns["tier_percent"], currency)
    return columns | {
        "list_price_amount": price.amount,
        "list_price_rate": price.rate,
        "unit_price_amount": unit if by_hand is None else by_hand,
    }


def tiered(tier: Tier | None) -> dict[str, Decimal | None]:
    """The quantity discount as a line keeps it."""
    return {
        "tier_min_quantity": tier.min_quantity if tier else None,
        "tier_percent": tier.percent if tier else None,
    }


def overridden(ctx: Context, price: Decimal | None) -> dict[str, Any]:
    """Who set a unit price by hand, and when; nobody where there is none."""
    if price is None:
        return {"overridden_by_id": None, "overridden_at": None}
    return {"overridden_by_id": ctx.actor.user_id, "overridden_at": ctx.now}


def checked(form: Form, currency: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a line in their normal form; what is wrong with them is noted."""
    values = dict(given)
    if "quantity" in values:
        values["quantity"] = quantity(form, values["quantity"])
    if "description" in values:
        values["description"] = form.optional_text(
            "description", values["description"], longest=LONGEST_DESCRIPTION
        )
    if "discount_percent" in values:
        percent = values["discount_percent"]
        percent = rules.ZERO if percent is None else percent
        values["discount_percent"] = form.percentage("discountPercent", percent)
    if values.get("tax_percent") is not None:
        values["tax_percent"] = form.percentage("taxPercent", values["tax_percent"])
    for name, wire in (("unit_price", "unitPrice"), ("unit_price_override", "unitPriceOverride")):
        if values.get(name) is not None:
            values[name] = price(form, wire, values[name], currency)
    return values


def price(form: Form, name: str, given: Any, currency: str) -> Decimal:
    """An amount in the currency of a quote."""
    code = str(given.currency or currency).strip().upper()
    if code != currency:
        message = f"The quote is in {currency}; send the amount in it."
        form.refuse(UserErrorCode.CURRENCY_MISMATCH, message, name, "currency")
        return rules.ZERO
    before = len(form.refusals)
    found = amount(form, name, given.amount, currency)
    return found if len(form.refusals) == before else rules.ZERO


def total(form: Form, line: Mapping[str, Any]) -> Decimal:
    """What a line comes to; refused where that is more than a quote may hold."""
    found = rules.line_total(
        Line(line["quantity"], line["unit_price_amount"], line["discount_percent"]),
        line["currency"],
    )
    if found >= MAX_AMOUNT:
        message = f"A line comes to less than {MAX_AMOUNT:,}."
        form.refuse(UserErrorCode.INVALID_VALUE, message, "quantity")
    return found


def quantity(form: Form, value: Decimal | None, name: str = "quantity") -> Decimal:
    """A quantity above zero that is no finer than thousandths."""
    if value is None:
        form.refuse(UserErrorCode.REQUIRED, "Say how many.", name)
    elif not 0 < value <= LARGEST_QUANTITY or _finer(value, _QUANTITY_PLACES):
        message = (
            f"Send a quantity above 0, up to {LARGEST_QUANTITY:,},"
            f" with at most {_QUANTITY_PLACES} decimals."
        )
        form.refuse(UserErrorCode.INVALID_VALUE, message, name)
    else:
        return value
    return rules.ZERO


def _finer(value: Decimal, places: int) -> bool:
    return value != round(value, places)
