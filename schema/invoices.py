"""Invoices, their lines and payments, as the API shows them."""

import datetime as dt
from decimal import Decimal

from auth.roles import Category
from models import invoices as rows
from models.enums import InvoiceStatus, PaymentMethod
from models.registry import Scope
from schema import scalars
from schema.declare import Node, column, computed, entity, link, many, money
from schema.documents import PDF, Document
from services.documents.showing import pdfs


@entity(
    rows.Invoice,
    prefix="inv",
    plural="invoices",
    category=Category.INVOICES,
    finance_sees_all=True,
    core=True,
)
class Invoice(Node):
    """A demand for payment."""

    number: str = column("Its number, such as INV-1089.", filter="number_key", order="number_key")
    status: InvoiceStatus = column("Where it stands.", filter=True, group=True)
    subtotal = money("Sum of its lines.", amount="subtotal_amount", currency="currency")
    tax = money("Tax on the sum.", amount="tax_amount", currency="currency")
    total = money(
        "What is to be paid.",
        amount="total_amount",
        currency="currency",
        key="total_milli",
        filter=True,
        order=True,
        sum=True,
        dated="issue_date",
    )
    paid = money("What was paid.", amount="paid_amount", currency="currency")
    balance = money(
        "What is still to be paid.",
        amount="balance_amount",
        currency="currency",
        key="balance_milli",
        filter=True,
        order=True,
        sum=True,
        dated="issue_date",
    )
    issue_date: dt.date = column("Day it was issued.", filter=True, order=True, group=True)
    due_date: dt.date = column("Day it is due.", filter=True, order=True, group=True)
    terms_days: int = column("Days between issue and due date.")
    bill_to_name: str = column("Whom it bills, as of the day it was made.")
    bill_to_email: scalars.EmailAddress | None = column("Where it is sent to.")
    sent_at: dt.datetime | None = column("When it was sent.")
    pdf: Document = computed(PDF, batch=pdfs("invoice"), needs=("id", "version"))
    deal = link("Deal", "The deal it came of.")
    contract = link("Contract", "The contract it came of.")
    quote = link("Quote", "The quote it came of.")
    contact = link("Contact", "Whom it bills.")
    company = link("Company", "The company it bills.", group=True)
    owner = link("User", "Who looks after it.", group=True)
    lines = many("InvoiceLine", "Its lines, in order.", by="invoice_id", order="position")
    payments = many("Payment", "Its payments, latest first.", by="invoice_id", order="-paid_on")


@entity(
    rows.InvoiceLine,
    prefix="iln",
    plural="invoiceLines",
    category=Category.INVOICES,
    scope=Scope.PARENT,
    parent="invoice",
)
class InvoiceLine(Node):
    """One position of an invoice."""

    position: int = column("Its place in the invoice.", order=True)
    description: str = column("What is billed.")
    quantity: Decimal = column("How many.")
    unit_price = money("The price of one.", amount="unit_price_amount", currency="currency")
    discount_percent: Decimal = column("Discount on the line, in percent.")
    total = money("The line's sum.", amount="total_amount", currency="currency")
    invoice = link("Invoice", "The invoice it is a position of.")


@entity(
    rows.Payment,
    prefix="pay",
    plural="payments",
    category=Category.INVOICES,
    scope=Scope.PARENT,
    parent="invoice",
)
class Payment(Node):
    """Money received for an invoice."""

    value = money("What was received.", amount="amount", currency="currency")
    paid_on: dt.date = column("Day it was received.", filter=True, order=True)
    method: PaymentMethod = column("How it came in.")
    reference: str | None = column("What the payer wrote.")
    invoice = link("Invoice", "The invoice it settles.")
