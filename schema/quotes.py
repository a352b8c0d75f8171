"""Quotes and their lines, as the API shows them."""

import datetime as dt
from decimal import Decimal

from auth.roles import Category
from models import quotes as rows
from models.enums import ApprovalState, QuoteStatus
from models.registry import Scope
from schema.declare import Node, column, computed, entity, link, many, money
from schema.documents import PDF, Document
from services.documents import showing


@entity(rows.Quote, prefix="qte", plural="quotes", category=Category.QUOTES, core=True)
class Quote(Node):
    """An offer to a customer."""

    number: str = column(
        "Its number, such as QT-2024-0089.", filter="number_key", order="number_key"
    )
    title: str = column("What it offers.")
    status: QuoteStatus = column("Where it stands with the customer.", filter=True, group=True)
    approval_state: ApprovalState = column("Whether its discount needs, or has, an approval.")
    subtotal = money("Sum of its lines.", amount="subtotal_amount", currency="currency")
    discount = money("Discount on the whole quote.", amount="discount_amount", currency="currency")
    tax_percent: Decimal = column("Tax rate, in percent of the discounted sum.")
    tax = money("Tax on the discounted sum.", amount="tax_amount", currency="currency")
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
    valid_until: dt.date = column("Last day it can be accepted.", filter=True, order=True)
    sent_at: dt.datetime | None = column("When it was sent.")
    accepted_at: dt.datetime | None = column("When it was accepted.")
    pdf: Document = computed(PDF, batch=showing.pdfs("quote"), needs=("id", "version"))
    deal = link("Deal", "The deal it is for.")
    contact = link("Contact", "Whom it is made out to.")
    company = link("Company", "The company it is made out to.", group=True)
    owner = link("User", "Who made it.", group=True)
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
    """One product of a quote, at the price and discount offered."""

    position: int = column("Its place in the quote.", order=True)
    description: str = column("What is offered.")
    quantity: Decimal = column("How many.")
    list_price = money(
        "The catalogue's price of one.", amount="list_price_amount", currency="currency"
    )
    unit_price = money(
        "The price of one as offered.", amount="unit_price_amount", currency="currency"
    )
    discount_percent: Decimal = column("Discount on the line, in percent.")
    total = money("The line's sum.", amount="total_amount", currency="currency")
    product = link("Product", "The product of the catalogue.")
    quote = link("Quote", "The quote it is a line of.")
