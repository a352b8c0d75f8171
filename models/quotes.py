"""Quotes and their lines."""

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Core, Key, Record, choice, folded, indexed, ref, searched, thousandths
from models.enums import ApprovalState, QuoteStatus


class Quote(Core):
    """An offer to a customer; its totals are those of its lines, kept to the cent."""

    __tablename__ = "quote"
    __table_args__ = (
        sa.UniqueConstraint("workspace_id", "number", name="quote_number_taken"),
        sa.CheckConstraint(
            "total_amount = subtotal_amount - discount_amount + tax_amount", name="total"
        ),
    )

    number: Mapped[str] = mapped_column(Key)
    title: Mapped[str]
    deal_id: Mapped[str] = ref("deal", nullable=False)
    contact_id: Mapped[str] = ref("contact", nullable=False)
    company_id: Mapped[str | None] = ref("company")
    owner_id: Mapped[str | None] = ref("user")
    status: Mapped[QuoteStatus] = choice(QuoteStatus, index=True)
    approval_state: Mapped[ApprovalState] = choice(ApprovalState)
    currency: Mapped[str] = mapped_column(Key)
    subtotal_amount: Mapped[Decimal]
    discount_amount: Mapped[Decimal]
    tax_percent: Mapped[Decimal]
    tax_amount: Mapped[Decimal]
    total_amount: Mapped[Decimal]
    total_milli: Mapped[int] = thousandths("total_amount")
    valid_until: Mapped[date] = indexed()
    sent_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    number_key: Mapped[str] = folded("number")
    search_key: Mapped[str] = searched("number", "title")


class QuoteLine(Record):
    """One product of a quote, at the price and discount offered."""

    __tablename__ = "quote_line"
    __table_args__ = (
        sa.UniqueConstraint(
            "workspace_id",
            "quote_id",
            "position",
            name="quote_line_position_taken",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint("discount_percent BETWEEN 0 AND 100", name="discount_percent"),
    )

    quote_id: Mapped[str] = ref("quote", nullable=False, on_delete="CASCADE")
    position: Mapped[int] = indexed()
    product_id: Mapped[str | None] = ref("product")
    description: Mapped[str]
    quantity: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(Key)
    list_price_amount: Mapped[Decimal]
    unit_price_amount: Mapped[Decimal]
    discount_percent: Mapped[Decimal]
    total_amount: Mapped[Decimal]
