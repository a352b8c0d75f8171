"""Quotes and their lines, as the API shows them."""

import datetime as dt
from decimal import Decimal

import strawberry
from strawberry import UNSET

from auth.roles import Category
from core.codes import UserErrorCode
from models import quotes as rows
from models.registry import Scope, Write
from models.sale_enums import ApprovalState, QuoteStatus
from schema.declare import Node, column, computed, derived, entity, link, many, money
from schema.documents import PDF, Document
from schema.inputs import MutationInput, act_input, arg, nested_input
from schema.products import AppliedTier
from schema.refusals import UserError, records, refusal
from schema.scalars import EmailAddress
from schema.types import Answered, build_type
from schema.values import MoneyInput, described
from services.documents.showing import pdfs
from services.quotes import showing
from services.quotes.acceptance import LONGEST_NAME, LONGEST_REASON
from services.quotes.deciding import LONGEST_COMMENT
from services.quotes.offered import LONGEST_DESCRIPTION
from services.quotes.sending import LONGEST_MESSAGE

_EXPECTED_VERSION = "The version of the quote you read; refused when it has changed since."

QuoteApproval = build_type(
    "QuoteApproval",
    "Whether a quote's discount needs an approval, and what was said to it. The discount that"
    " counts is the highest in it: that on a line, in percent of its price in the catalogue and"
    " with what a price set by hand takes off; or that on the whole, in percent of the subtotal.",
    {
        "state": Answered(
            ApprovalState, "Where it stands; REQUIRED keeps the quote from going out."
        ),
        "approver": Answered(
            derived("User") | None,
            "Who is asked, or has decided; null where any Admin or Executive may.",
        ),
        "requested_by": Answered(
            derived("User") | None, "Who gave the discount that is above the limit."
        ),
        "decided_at": Answered(dt.datetime | None, "When it was decided."),
        "comment": Answered(str | None, "What was said to it."),
        "approved_percent": Answered(
            Decimal | None, "The highest discount that was approved; more is asked for again."
        ),
    },
)

TrackedLink = build_type(
    "TrackedLink",
    "The link under which the customer sees, accepts or declines a quote.",
    {
        "url": Answered(str, "Where it leads."),
        "view_count": Answered(int, "How many visitors have opened it, each counted once."),
        "first_viewed_at": Answered(dt.datetime | None, "When it was first opened."),
        "last_viewed_at": Answered(dt.datetime | None, "When it was last opened."),
    },
)


@entity(rows.Quote, prefix="qte", plural="quotes", category=Category.QUOTES, core=True)
class Quote(Node):
    """An offer to a customer."""

    number: str = column(
        "Its number, such as QT-2024-0089.", filter="number_key", order="number_key"
    )
    title: str = column(
        "What it offers; what the deal is called when left out.", write=Write.ALWAYS
    )
    status: QuoteStatus = column("Where it stands with the customer.", filter=True, group=True)
    approval_state: ApprovalState = column(
        "Whether its discount needs, or has, an approval; `approval` says more.",
        filter=True,
        group=True,
    )
    approval: QuoteApproval = computed(  # type: ignore[valid-type]
        "The approval of its discount.",
        batch=showing.approvals,
        needs=(
            "approval_state",
            "approver_id",
            "approval_requested_by_id",
            "approval_decided_at",
            "approval_comment",
            "approved_percent",
        ),
        carries=True,
    )
    subtotal = money(
        "Sum of its lines, after their discounts.", amount="subtotal_amount", currency="currency"
    )
    discount = money(
        "Discount on the whole quote, before the tax; write this or `discountPercent`.",
        amount="discount_amount",
        currency="currency",
        write=Write.ALWAYS,
    )
    discount_percent: Decimal | None = column(
        "What the discount is worked out from where it was given in percent of the subtotal.",
        write=Write.ALWAYS,
    )
    tax_percent: Decimal = column(
        "Tax rate, in percent, of the lines that have none of their own; the workspace's when left"
        " out.",
        write=Write.ALWAYS,
    )
    tax = money(
        "Tax on the discounted sum, rounded once for each rate.",
        amount="tax_amount",
        currency="currency",
    )
    total = money(
        "What the customer would pay.",
        amount="total_amount",
        currency="currency",
        key="total_milli",
        filter=True,
        order=True,
        sum=True,
        dated="sent_at",
    )
    home_total: derived("Money") = computed(  # type: ignore[valid-type]
        "The total in the workspace's currency, at the rate the quote keeps.",
        batch=showing.home_totals,
        needs=("total_amount", "currency", "home_currency", "home_rate"),
    )
    home_rate: Decimal | None = column(
        "What one unit of its currency was worth in the workspace's when it was made; null where"
        " they are the same."
    )
    home_rate_on: dt.date | None = column("Since when that rate held.")
    valid_until: dt.date = column(
        "Last day it can be accepted, in the workspace's time zone; as many days ahead as the"
        " workspace says when left out.",
        write=Write.ALWAYS,
        filter=True,
        order=True,
    )
    terms: str | None = column(
        "What is printed below its sums; the workspace's when left out.",
        write=Write.ALWAYS,
        max_length=10_000,
    )
    sent_at: dt.datetime | None = column("When it was sent; null while it is a draft.")
    accepted_at: dt.datetime | None = column("When it was accepted.")
    accepted_by_name: str | None = column("Who accepted it, by the name they gave.")
    declined_at: dt.datetime | None = column("When it was declined.")
    decline_reason: str | None = column("Why it was declined.")
    tracked_link: TrackedLink | None = computed(  # type: ignore[valid-type]
        "The link it was sent with; null before that. It is closed while the quote is a draft.",
        batch=showing.tracked_links,
        needs=("link_key", "view_count", "first_viewed_at", "last_viewed_at"),
    )
    pdf: Document = computed(PDF, batch=pdfs("quote"), needs=("id", "version"))
    deal = link("Deal", "The deal it is for.", write=Write.CREATE, required=True)
    contact = link(
        "Contact", "Whom it is made out to; the deal's when left out.", write=Write.ALWAYS
    )
    approver = link("User", "Who is asked about its discount, or has decided about it.")
    accepted_by = link("Contact", "The contact who accepted it.")
    company = link("Company", "The company it is made out to.", group=True)
    owner = link("User", "Who sells it.", group=True)
    lines = many("QuoteLine", "Its lines, in order.", by="quote_id", order="position")
    contracts = many("Contract", "The contract that came of it.", by="quote_id")
    invoices = many("Invoice", "Invoices that came of it.", by="quote_id")


@entity(
    rows.QuoteLine,
    prefix="qln",
    plural="quoteLines",
    category=Category.QUOTES,
    scope=Scope.PARENT,
    parent="quote",
)
class QuoteLine(Node):
    """One product of a quote, or something described, at the price and discount offered."""

    position: int = column("Its place in the quote.", order=True)
    description: str = column("What is offered.")
    quantity: Decimal = column("How many.")
    list_price = money(
        "The catalogue's price of one on the day the line was added; it stays when that changes.",
        amount="list_price_amount",
        currency="currency",
    )
    list_price_converted: bool = computed(
        "Whether the catalogue has no price in the currency, and another one was exchanged.",
        batch=showing.are_converted,
        needs=("list_price_rate",),
    )
    list_price_rate: Decimal | None = column(
        "The exchange rate it took to tell the list price; null where it took none."
    )
    applied_tier: AppliedTier | None = computed(  # type: ignore[valid-type]
        "The quantity discount in the unit price; null without one, or where that was set by hand.",
        batch=showing.applied_tiers,
        needs=("tier_min_quantity", "tier_percent", "overridden_at"),
    )
    unit_price = money(
        "The price of one as offered, before the line's discount.",
        amount="unit_price_amount",
        currency="currency",
    )
    overridden_by = link("User", "Who set the unit price by hand; null where nobody did.")
    overridden_at: dt.datetime | None = column("When it was set by hand.")
    discount_percent: Decimal = column("Discount on the line, in percent.")
    tax_percent: Decimal | None = column("Its own tax rate, in percent; null is the quote's.")
    total = money(
        "What it comes to after its discount.", amount="total_amount", currency="currency"
    )
    product = link("Product", "The product of the catalogue; null where it was described.")
    quote = link("Quote", "The quote it is a line of.")


@refusal(UserErrorCode.APPROVAL_REQUIRED)
class ApprovalRequiredError(UserError):
    """A discount is above what its seller gives by themselves, and nobody has approved it."""

    discount_percent: Decimal = described("The highest discount in the quote, in percent.")
    limit_percent: Decimal = described("The highest its seller gives by themselves, in percent.")
    approvers = records("User", "Who may approve, adjust or reject it.")


@nested_input
class QuoteLineInput:
    """A line: a product of the catalogue at its price of the day, or a description with a price."""

    product_id: strawberry.ID | None = arg("The product.", of="Product", default=None)
    quantity: Decimal = arg("How many: above 0, up to 1,000,000, at most 3 decimals.")
    description: str | None = arg(
        "What is offered; the product's name when left out.",
        default=None,
        max_length=LONGEST_DESCRIPTION,
    )
    unit_price: MoneyInput | None = arg(
        "What one costs, in the quote's currency, where no product is named.", default=None
    )
    unit_price_override: MoneyInput | None = arg(
        "What one of the product costs here instead of its price in the catalogue.", default=None
    )
    discount_percent: Decimal | None = arg("Discount on the line, in percent.", default=None)
    tax_percent: Decimal | None = arg(
        "Its own tax rate, in percent; the quote's when left out.", default=None
    )


@act_input
class QuoteLineAddInput(MutationInput, QuoteLineInput):
    """A line more on a quote that is a draft."""

    quote_id: strawberry.ID = arg("The quote.", of="Quote")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class QuoteLineUpdateInput(MutationInput):
    """What changes on a line of a draft: fields left out stay."""

    id: strawberry.ID = arg("The line.", of="QuoteLine")
    quantity: Decimal | None = arg(
        "How many; another quantity chooses its quantity discount.", default=UNSET
    )
    description: str | None = arg("What is offered.", default=UNSET, max_length=LONGEST_DESCRIPTION)
    unit_price: MoneyInput | None = arg(
        "What one costs, where it is no product of the catalogue.", default=UNSET
    )
    unit_price_override: MoneyInput | None = arg(
        "What one of the product costs here; null takes that back.", default=UNSET
    )
    discount_percent: Decimal | None = arg(
        "Discount on the line, in percent; null is none.", default=UNSET
    )
    tax_percent: Decimal | None = arg(
        "Its own tax rate, in percent; null is the quote's.", default=UNSET
    )
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class QuoteLineRemoveInput(MutationInput):
    """A line that is not offered after all."""

    id: strawberry.ID = arg("The line.", of="QuoteLine")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class QuoteLineReorderInput(MutationInput):
    """All lines of a quote, in their new order."""

    quote_id: strawberry.ID = arg("The quote.", of="Quote")
    line_ids: list[strawberry.ID] = arg("Each of its lines once.", of="QuoteLine")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class QuoteDuplicateInput(MutationInput):
    """Which quote to write anew."""

    id: strawberry.ID = arg("The quote.", of="Quote")


@act_input
class QuoteSendInput(MutationInput):
    """Which quote goes to its customer, and how."""

    id: strawberry.ID = arg("The quote.", of="Quote")
    to: list[EmailAddress] | None = arg(
        "Where it goes, at most 20 addresses; to its contact when left out.", default=None
    )
    message: str | None = arg(
        "What the mail says above the link; a usual sentence when left out.",
        default=None,
        max_length=LONGEST_MESSAGE,
    )
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class QuoteAcceptInput(MutationInput):
    """Which quote its customer has accepted, and who did."""

    id: strawberry.ID = arg("The quote.", of="Quote")
    accepted_by_id: strawberry.ID | None = arg(
        "The contact who accepted it; its contact when left out.", of="Contact", default=None
    )
    name: str | None = arg(
        "Who accepted it, where they are no contact.", default=None, max_length=LONGEST_NAME
    )
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class QuoteDeclineInput(MutationInput):
    """Which quote its customer has declined, and why."""

    id: strawberry.ID = arg("The quote.", of="Quote")
    reason: str = arg("Why.", max_length=LONGEST_REASON)
    name: str | None = arg("Who declined it.", default=None, max_length=LONGEST_NAME)


@act_input
class QuoteReviseInput(MutationInput):
    """Which quote is to be changed though it was sent."""

    id: strawberry.ID = arg("The quote.", of="Quote")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class QuoteApproveInput(MutationInput):
    """Which quote's discount is fine."""

    id: strawberry.ID = arg("The quote.", of="Quote")
    comment: str | None = arg("What to say to it.", default=None, max_length=LONGEST_COMMENT)
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class QuoteRejectInput(MutationInput):
    """Which quote's discount is too high."""

    id: strawberry.ID = arg("The quote.", of="Quote")
    comment: str | None = arg("What to say to it.", default=None, max_length=LONGEST_COMMENT)
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@nested_input
class LineDiscountInput:
    """The discount that is fine on a line."""

    id: strawberry.ID = arg("The line.", of="QuoteLine")
    discount_percent: Decimal = arg("How much, in percent.")


@act_input
class QuoteAdjustDiscountInput(MutationInput):
    """The discounts that are fine: of the whole quote, of lines, or both."""

    id: strawberry.ID = arg("The quote.", of="Quote")
    discount_percent: Decimal | None = arg("On the whole, in percent; null is none.", default=UNSET)
    discount: MoneyInput | None = arg("On the whole, as an amount; null is none.", default=UNSET)
    lines: list[LineDiscountInput] = arg("On lines.", default_factory=list)
    comment: str | None = arg("What to say to it.", default=None, max_length=LONGEST_COMMENT)
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)
