"""Quotes: the shared acts, their lines, and what becomes of them."""

from dataclasses import fields
from typing import Any

from strawberry import UNSET

from auth.context import Context
from resolvers.crud import crud
from resolvers.mutation import mutation
from schema import quotes as given
from schema.contracts import Contract
from schema.inputs import arg
from schema.outbox import EmailDelivery
from schema.quotes import Quote, QuoteLine, QuoteLineInput
from schema.scalars import CurrencyCode
from services.quotes import acceptance, deciding, lines, making, sending, terms
from services.quotes.deciding import Adjusted
from services.quotes.offered import Offered

_LINE = tuple(one.name for one in fields(QuoteLineInput))  # type: ignore[arg-type]


def _offered(line: Any) -> Offered:
    return Offered(**{name: getattr(line, name) for name in _LINE})


async def _create(
    ctx: Context, given: Any, *, currency: str | None = None, lines: Any = None
) -> Any:
    """Write a quote with the lines of its input."""
    return await making.create(
        ctx, given, currency=currency, lines=[_offered(line) for line in lines or ()]
    )


crud(
    Quote,
    create=_create,
    update=terms.update,
    delete=terms.delete,
    extra={
        "currency": (
            CurrencyCode | None,
            arg(
                "The currency of all its amounts; the deal's when left out.",
                default=UNSET,
                max_length=None,
            ),
        ),
        "lines": (
            list[QuoteLineInput] | None,
            arg("Its lines, at most 200; more can be added later.", default=UNSET),
        ),
    },
    without=frozenset({"upsert", "bulk"}),
)


@mutation(quote=Quote)
async def quote_duplicate(ctx: Context, input: given.QuoteDuplicateInput) -> Any:
    """Write a quote anew, as a draft with a number of its own and the prices of the day."""
    return await making.duplicate(ctx, input.id)


@mutation(quote=Quote, line=QuoteLine)
async def quote_line_add(ctx: Context, input: given.QuoteLineAddInput) -> dict[str, Any]:
    """Add a line to a draft, at the end: a product at its price of the day, or a description."""
    return await lines.add(
        ctx, input.quote_id, _offered(input), expected_version=input.expected_version
    )


@mutation(quote=Quote, line=QuoteLine)
async def quote_line_update(ctx: Context, input: given.QuoteLineUpdateInput) -> dict[str, Any]:
    """Change a line of a draft: how many, the price set by hand, the discount, the tax."""
    names = (name for name in _LINE if name != "product_id")
    sent = {name: getattr(input, name) for name in names}
    return await lines.update(
        ctx,
        input.id,
        {name: value for name, value in sent.items() if value is not UNSET},
        expected_version=input.expected_version,
    )


@mutation(quote=Quote)
async def quote_line_remove(ctx: Context, input: given.QuoteLineRemoveInput) -> Any:
    """Take a line out of a draft."""
    return await lines.remove(ctx, input.id, expected_version=input.expected_version)


@mutation(quote=Quote)
async def quote_line_reorder(ctx: Context, input: given.QuoteLineReorderInput) -> Any:
    """Put the lines of a draft into an order."""
    return await lines.reorder(
        ctx, input.quote_id, input.line_ids, expected_version=input.expected_version
    )


@mutation(quote=Quote, delivery=EmailDelivery)
async def quote_send(ctx: Context, input: given.QuoteSendInput) -> dict[str, Any]:
    """Mail a quote to its customer, with its PDF and the link to accept it by.

    A quote that was sent can be sent again, under the same link.
    """
    sent = await sending.send(
        ctx,
        input.id,
        to=input.to,
        message=input.message,
        expected_version=input.expected_version,
    )
    return {"quote": sent.quote, "delivery": sent.delivery}


@mutation(quote=Quote, contract=Contract)
async def quote_accept(ctx: Context, input: given.QuoteAcceptInput) -> dict[str, Any]:
    """Note that the customer has accepted: one contract comes of it, however often it is said."""
    accepted = await acceptance.accept(
        ctx,
        input.id,
        name=input.name,
        contact_id=input.accepted_by_id,
        expected_version=input.expected_version,
    )
    return {"quote": accepted.quote, "contract": accepted.contract}


@mutation(quote=Quote)
async def quote_decline(ctx: Context, input: given.QuoteDeclineInput) -> Any:
    """Note that the customer has declined, and why."""
    return await acceptance.decline(ctx, input.id, reason=input.reason, name=input.name)


@mutation(quote=Quote)
async def quote_revise(ctx: Context, input: given.QuoteReviseInput) -> Any:
    """Make a draft of a quote that was sent, declined or has expired; it keeps its number.

    Its link is closed until it is sent again.
    """
    return await sending.revise(ctx, input.id, expected_version=input.expected_version)


@mutation(quote=Quote)
async def quote_approve(ctx: Context, input: given.QuoteApproveInput) -> Any:
    """Approve the discount of a quote: for the manager of its seller's team.

    Where there is none, or they asked for it themselves, an Admin or Executive decides.
    """
    return await deciding.approve(
        ctx, input.id, comment=input.comment, expected_version=input.expected_version
    )


@mutation(quote=Quote)
async def quote_reject(ctx: Context, input: given.QuoteRejectInput) -> Any:
    """Reject the discount of a quote; its seller lowers it."""
    return await deciding.reject(
        ctx, input.id, comment=input.comment, expected_version=input.expected_version
    )


@mutation(quote=Quote)
async def quote_adjust_discount(ctx: Context, input: given.QuoteAdjustDiscountInput) -> Any:
    """Give a quote the discounts that are fine instead of those asked for."""
    whole = {"discount": input.discount, "discount_percent": input.discount_percent}
    return await deciding.adjust(
        ctx,
        input.id,
        {name: value for name, value in whole.items() if value is not UNSET},
        [Adjusted(one.id, one.discount_percent) for one in input.lines],
        comment=input.comment,
        expected_version=input.expected_version,
    )
