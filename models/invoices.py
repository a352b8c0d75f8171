"""Invoices, their lines, and the payments that settle them."""

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Core, Key, Record, choice, folded, indexed, ref, searched, thousandths
from models.enums import InvoiceStatus, PaymentMethod


class Invoice(Core):
    """A demand for payment; it carries a copy of whom it bills."""

    __tablename__ = "invoice"
    __table_args__ = (
        sa.UniqueConstraint("workspace_id", "number", name="invoice_number_taken"),
        sa.UniqueConstraint("workspace_id", "contract_id", name="invoice_contract_taken"),
        sa.CheckConstraint("paid_amount BETWEEN 0 AND total_amount", name="paid_amount"),
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
    tax_amount: Mapped[Decimal]
    total_amount: Mapped[Decimal]
    total_milli: Mapped[int] = thousandths("total_amount")
    paid_amount: Mapped[Decimal]
    balance_amount: Mapped[Decimal] = mapped_column(
        sa.Numeric, sa.Computed("total_amount - paid_amount", persisted=True), nullable=False
    )
    balance_milli: Mapped[int] = thousandths("(total_amount - paid_amount)")
    issue_date: Mapped[date] = indexed()
    due_date: Mapped[date] = indexed()
    terms_days: Mapped[int]
    bill_to_name: Mapped[str]
    bill_to_email: Mapped[str | None]
    sent_at: Mapped[datetime | None]
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
    description: Mapped[str]
    quantity: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(Key)
    unit_price_amount: Mapped[Decimal]
    discount_percent: Mapped[Decimal]
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
    reference: Mapped[str | None]
