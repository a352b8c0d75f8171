"""Invoices, their lines, payments and credit memos, as the API shows them."""

import datetime as dt
from decimal import Decimal

import strawberry
from strawberry import UNSET

from auth.roles import Category
from core.codes import UserErrorCode
from models import invoices as rows
from models.registry import Scope, Write
from models.sale_enums import InvoiceStatus, PaymentMethod, PaymentSource
from schema import scalars
from schema.declare import Node, column, computed, derived, entity, link, many, money
from schema.documents import PDF, Document
from schema.inputs import MutationInput, act_input, arg, nested_input
from schema.refusals import UserError, record, refusal
from schema.values import MoneyInput, described
from services.documents.showing import pdfs
from services.invoices.sending import LONGEST_MESSAGE, LONGEST_REASON
from services.quotes.offered import LONGEST_DESCRIPTION

_EXPECTED_VERSION = "The version of the invoice you read; refused when it has changed since."


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
    subtotal = money(
        "Sum of its lines, after their discounts.", amount="subtotal_amount", currency="currency"
    )
    discount = money(
        "Discount on the whole invoice, before the tax.",
        amount="discount_amount",
        currency="currency",
        write=Write.ALWAYS,
    )
    tax_percent: Decimal | None = column(
        "Tax rate, in percent, of the lines that have none of their own; the workspace's when left"
        " out. Null where each line has its own.",
        write=Write.ALWAYS,
    )
    tax = money("Tax on the discounted sum.", amount="tax_amount", currency="currency")
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
    refunded = money("What was paid and given back.", amount="refunded_amount", currency="currency")
    credited = money("What credit memos took off.", amount="credited_amount", currency="currency")
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
    issue_date: dt.date = column(
        "Day it was issued; the day it is made when left out.",
        write=Write.ALWAYS,
        filter=True,
        order=True,
        group=True,
    )
    due_date: dt.date = column(
        "Day it is due: that of issue and `termsDays` more.", filter=True, order=True, group=True
    )
    terms_days: int = column(
        "Days between issue and due date: 30 is Net 30; the workspace's when left out.",
        write=Write.ALWAYS,
    )
    bill_to_name: str = column(
        "Whom it bills, as of the day it was made; the contact when left out.",
        write=Write.ALWAYS,
        required=False,
    )
    bill_to_email: scalars.EmailAddress | None = column("Where it is sent to.", write=Write.ALWAYS)
    bill_to_company: str | None = column(
        "The company it bills, as it was called then.", write=Write.ALWAYS
    )
    terms: str | None = column(
        "What is printed below its sums.", write=Write.ALWAYS, max_length=10_000
    )
    sent_at: dt.datetime | None = column("When it was first sent.")
    paid_at: dt.datetime | None = column("When nothing was left to be paid.")
    overdue_at: dt.datetime | None = column("When it was found overdue.")
    voided_at: dt.datetime | None = column("When it was withdrawn.")
    void_reason: str | None = column("Why it was withdrawn.")
    pdf: Document = computed(PDF, batch=pdfs("invoice"), needs=("id", "version"))
    deal = link("Deal", "The deal it came of.", write=Write.CREATE)
    contract = link("Contract", "The contract it came of.")
    quote = link("Quote", "The quote it came of.")
    contact = link("Contact", "Whom it bills; the deal's when left out.", write=Write.CREATE)
    company = link("Company", "The company it bills.", write=Write.ALWAYS, group=True)
    owner = link("User", "Who looks after it.", write=Write.ALWAYS, group=True)
    lines = many("InvoiceLine", "Its lines, in order.", by="invoice_id", order="position")
    payments = many("Payment", "Its payments, latest first.", by="invoice_id", order="-paid_on")
    credit_memos = many(
        "CreditMemo", "What was credited, latest first.", by="invoice_id", order="-issued_on"
    )


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
    tax_percent: Decimal | None = column("Its own tax rate, in percent; null is the invoice's.")
    total = money(
        "What it comes to after its discount.", amount="total_amount", currency="currency"
    )
    product = link("Product", "The product of the catalogue; null where it was described.")
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
    source: PaymentSource = column("Where it was recorded.")
    reference: str | None = column("What the payer wrote.")
    recorded_by = link("User", "Who recorded it.")
    invoice = link("Invoice", "The invoice it settles.")


@entity(
    rows.CreditMemo,
    prefix="cm",
    plural="creditMemos",
    category=Category.INVOICES,
    scope=Scope.PARENT,
    parent="invoice",
)
class CreditMemo(Node):
    """Money that an invoice does not ask for any more, or that was given back."""

    number: str = column("Its number, such as CM-0001.")
    value = money("How much.", amount="amount", currency="currency")
    refund: bool = column("Whether it was paid already and is given back.")
    reason: str = column("Why.")
    issued_on: dt.date = column("Day it was issued.", filter=True, order=True)
    issued_by = link("User", "Who issued it.")
    invoice = link("Invoice", "The invoice it credits.")


@refusal(UserErrorCode.ALREADY_INVOICED)
class AlreadyInvoicedError(UserError):
    """What is to be billed was billed."""

    invoice = record("Invoice", "The invoice; null when it is out of your sight.")


@refusal(UserErrorCode.OVERPAYMENT)
class OverpaymentError(UserError):
    """The amount is more than there is to be paid, or to be given back."""

    balance: derived("Money") = described("The most it can be.")  # type: ignore[valid-type]


@nested_input
class InvoiceLineInput:
    """A line: a product of the catalogue at its price of the day, or a description with a price."""

    product_id: strawberry.ID | None = arg("The product.", of="Product", default=None)
    quantity: Decimal = arg("How many: above 0, up to 1,000,000, at most 3 decimals.")
    description: str | None = arg(
        "What is billed; the product's name when left out.",
        default=None,
        max_length=LONGEST_DESCRIPTION,
    )
    unit_price: MoneyInput | None = arg(
        "What one costs, in the invoice's currency; a product's price when left out.", default=None
    )
    discount_percent: Decimal | None = arg("Discount on the line, in percent.", default=None)
    tax_percent: Decimal | None = arg(
        "Its own tax rate, in percent; the invoice's when left out.", default=None
    )


@act_input
class InvoiceLineAddInput(MutationInput, InvoiceLineInput):
    """A line more on an invoice that is a draft."""

    invoice_id: strawberry.ID = arg("The invoice.", of="Invoice")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class InvoiceLineUpdateInput(MutationInput):
    """What changes on a line of a draft: fields left out stay."""

    id: strawberry.ID = arg("The line.", of="InvoiceLine")
    quantity: Decimal | None = arg("How many.", default=UNSET)
    description: str | None = arg("What is billed.", default=UNSET, max_length=LONGEST_DESCRIPTION)
    unit_price: MoneyInput | None = arg("What one costs.", default=UNSET)
    discount_percent: Decimal | None = arg(
        "Discount on the line, in percent; null is none.", default=UNSET
    )
    tax_percent: Decimal | None = arg(
        "Its own tax rate, in percent; null is the invoice's.", default=UNSET
    )
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class InvoiceLineRemoveInput(MutationInput):
    """A line that is not billed after all."""

    id: strawberry.ID = arg("The line.", of="InvoiceLine")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class InvoiceSendInput(MutationInput):
    """Which invoice goes to whom it bills."""

    id: strawberry.ID = arg("The invoice.", of="Invoice")
    to: list[scalars.EmailAddress] | None = arg(
        "Where it goes, at most 20 addresses; to `billToEmail` when left out.", default=None
    )
    message: str | None = arg(
        "What the mail says; a usual sentence when left out.",
        default=None,
        max_length=LONGEST_MESSAGE,
    )
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class InvoiceVoidInput(MutationInput):
    """Which invoice is withdrawn, and why."""

    id: strawberry.ID = arg("The invoice.", of="Invoice")
    reason: str = arg("Why.", max_length=LONGEST_REASON)
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class InvoiceSyncInput(MutationInput):
    """Which invoice goes to the accounting system."""

    id: strawberry.ID = arg("The invoice.", of="Invoice")


@act_input
class InvoicePaymentRecordInput(MutationInput):
    """Money that came in for an invoice."""

    id: strawberry.ID = arg("The invoice.", of="Invoice")
    amount: MoneyInput = arg("How much, in the invoice's currency.")
    paid_on: dt.date | None = arg("The day it came in; today when left out.", default=None)
    method: PaymentMethod = arg("How it came in.", default=PaymentMethod.BANK_TRANSFER)
    reference: str | None = arg("What the payer wrote.", default=None)
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class PaymentDeleteInput(MutationInput):
    """A payment that was recorded by mistake."""

    id: strawberry.ID = arg("The payment.", of="Payment")


@act_input
class CreditMemoCreateInput(MutationInput):
    """What an invoice does not ask for any more, or what is given back of it."""

    invoice_id: strawberry.ID = arg("The invoice.", of="Invoice")
    amount: MoneyInput = arg("How much, in the invoice's currency.")
    reason: str = arg("Why.", max_length=LONGEST_REASON)
    refund: bool = arg("Whether it was paid already and is given back.", default=False)
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)
