"""Invoices, their lines, and the payments that settle them."""

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Core, Key, Record, choice, folded, indexed, ref, searched, thousandths
from models.sale_enums import InvoiceStatus, PaymentMethod, PaymentSource

_BALANCE = "total_amount - paid_amount + refunded_amount - credited_amount"


class Invoice(Core):
    """A demand for payment; it carries a copy of whom it bills."""

    __tablename__ = "invoice"
    __table_args__ = (
        sa.UniqueConstraint("workspace_id", "number", name="invoice_number_taken"),
        sa.UniqueConstraint("workspace_id", "contract_id", name="invoice_contract_taken"),
        sa.UniqueConstraint("workspace_id", "quote_id", name="invoice_quote_taken"),
        sa.CheckConstraint("paid_amount >= 0", name="paid_amount"),
        sa.CheckConstraint("refunded_amount BETWEEN 0 AND paid_amount", name="refunded_amount"),
        sa.CheckConstraint("credited_amount >= 0", name="credited_amount"),
        sa.CheckConstraint(
            "paid_amount - refunded_amount + credited_amount <= total_amount", name="balance"
        ),
        sa.CheckConstraint(
            "total_amount = subtotal_amount - discount_amount + tax_amount", name="total"
        ),
        sa.CheckConstraint("due_date >= issue_date", name="due_date"),
    )

    number: Mapped[str] = mapped_column(Key)
    status: Mapped[InvoiceStatus] = choice(InvoiceStatus, index=True)
    deal_id: Mapped[str | None] = ref("deal")
    contract_id: Mapped[str | None] = ref("contract")
    quote_id: Mapped[str | None] = ref("quote")
    contact_id: Mapped[str | None] = ref("contact")
    company_id: Mapped[str | None] = ref("company")
    owner_id: Mapped[str | None] = ref("user")
    currency: Mapped[str] = mapped_column(Key)
    subtotal_amount: Mapped[Decimal]
    discount_amount: Mapped[Decimal] = mapped_column(server_default="0")
    tax_percent: Mapped[Decimal | None]
    """The one rate of its tax; null where its lines have several."""
    tax_amount: Mapped[Decimal]
    total_amount: Mapped[Decimal]
    total_milli: Mapped[int] = thousandths("total_amount")
    paid_amount: Mapped[Decimal]
    refunded_amount: Mapped[Decimal] = mapped_column(server_default="0")
    """What was paid and given back."""
    credited_amount: Mapped[Decimal] = mapped_column(server_default="0")
    """What credit memos took off."""
    balance_amount: Mapped[Decimal] = mapped_column(
        sa.Numeric, sa.Computed(_BALANCE, persisted=True), nullable=False
    )
    balance_milli: Mapped[int] = thousandths(f"({_BALANCE})")
    issue_date: Mapped[date] = indexed()
    due_date: Mapped[date] = indexed()
    terms_days: Mapped[int]
    bill_to_name: Mapped[str]
    bill_to_email: Mapped[str | None]
    bill_to_company: Mapped[str | None]
    terms: Mapped[str | None]
    """What is printed below the sums."""
    sent_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    overdue_at: Mapped[datetime | None]
    """When it was found overdue; it is told once."""
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str | None]
    number_key: Mapped[str] = folded("number")
    search_key: Mapped[str] = searched("number", "bill_to_name", "bill_to_email")


class InvoiceLine(Record):
    """One position of an invoice."""

    __tablename__ = "invoice_line"
    __table_args__ = (
        sa.UniqueConstraint(
            "workspace_id", "invoice_id", "position", name="invoice_line_position_taken"
        ),
    )

    invoice_id: Mapped[str] = ref("invoice", nullable=False, on_delete="CASCADE")
    position: Mapped[int] = indexed()
    product_id: Mapped[str | None] = ref("product")
    description: Mapped[str]
    quantity: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(Key)
    unit_price_amount: Mapped[Decimal]
    discount_percent: Mapped[Decimal]
    tax_percent: Mapped[Decimal | None]
    """Its own tax rate; null is the invoice's."""
    total_amount: Mapped[Decimal]


class Payment(Record):
    """Money received for an invoice."""

    __tablename__ = "payment"
    __table_args__ = (sa.CheckConstraint("amount > 0", name="amount"),)

    invoice_id: Mapped[str] = ref("invoice", nullable=False, on_delete="CASCADE")
    amount: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(Key)
    paid_on: Mapped[date] = indexed()
    method: Mapped[PaymentMethod] = choice(PaymentMethod)
    source: Mapped[PaymentSource] = choice(PaymentSource, server_default=PaymentSource.MANUAL.value)
    reference: Mapped[str | None]
    recorded_by_id: Mapped[str | None] = ref("user")


class CreditMemo(Record):
    """Money an invoice does not ask for any more, or that is given back."""

    __tablename__ = "credit_memo"
    __table_args__ = (
        sa.UniqueConstraint("workspace_id", "number", name="credit_memo_number_taken"),
        sa.CheckConstraint("amount > 0", name="amount"),
    )

    number: Mapped[str] = mapped_column(Key)
    invoice_id: Mapped[str] = ref("invoice", nullable=False, on_delete="CASCADE")
    amount: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(Key)
    refund: Mapped[bool]
    """Whether it was paid already and is given back."""
    reason: Mapped[str]
    issued_on: Mapped[date] = indexed()
    issued_by_id: Mapped[str | None] = ref("user")
