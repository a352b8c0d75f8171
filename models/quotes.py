"""Quotes and their lines."""

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import (
    Core,
    Key,
    Record,
    Technical,
    choice,
    folded,
    indexed,
    ref,
    searched,
    thousandths,
)
from models.sale_enums import ApprovalState, QuoteStatus


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
    approval_state: Mapped[ApprovalState] = choice(ApprovalState, index=True)
    currency: Mapped[str] = mapped_column(Key)
    subtotal_amount: Mapped[Decimal]
    discount_amount: Mapped[Decimal]
    discount_percent: Mapped[Decimal | None]
    """What the discount is worked out from, where it was given in percent of the lines."""
    tax_percent: Mapped[Decimal]
    """The rate of the lines that have none of their own."""
    tax_amount: Mapped[Decimal]
    total_amount: Mapped[Decimal]
    total_milli: Mapped[int] = thousandths("total_amount")
    valid_until: Mapped[date] = indexed()
    terms: Mapped[str | None]
    """What is printed below the sums."""
    home_currency: Mapped[str | None] = mapped_column(Key)
    """The workspace's currency when the quote was made, where it is another one."""
    home_rate: Mapped[Decimal | None]
    """What one unit of the quote's currency was worth in it on `home_rate_on`."""
    home_rate_on: Mapped[date | None]
    approver_id: Mapped[str | None] = ref("user")
    """Who decides, or decided, about the discount."""
    approval_requested_by_id: Mapped[str | None] = ref("user")
    approval_comment: Mapped[str | None]
    approval_decided_at: Mapped[datetime | None]
    approved_percent: Mapped[Decimal | None]
    """The highest discount that was approved; above it another approval is needed."""
    sent_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    accepted_by_name: Mapped[str | None]
    accepted_by_id: Mapped[str | None] = ref("contact")
    declined_at: Mapped[datetime | None]
    decline_reason: Mapped[str | None]
    link_key: Mapped[str | None] = mapped_column(Key)
    """What opens it for its customer, once it was sent."""
    view_count: Mapped[int] = mapped_column(server_default="0")
    """Visitors who opened the link, each counted once."""
    first_viewed_at: Mapped[datetime | None]
    last_viewed_at: Mapped[datetime | None]
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
        sa.CheckConstraint("tax_percent BETWEEN 0 AND 100", name="tax_percent"),
    )

    quote_id: Mapped[str] = ref("quote", nullable=False, on_delete="CASCADE")
    position: Mapped[int] = indexed()
    product_id: Mapped[str | None] = ref("product")
    description: Mapped[str]
    quantity: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(Key)
    list_price_amount: Mapped[Decimal]
    list_price_rate: Mapped[Decimal | None]
    """The exchange rate the list price was converted at, where the catalogue has no price."""
    tier_min_quantity: Mapped[Decimal | None]
    tier_percent: Mapped[Decimal | None]
    """The quantity discount for so many; it is in a unit price that nobody set by hand."""
    unit_price_amount: Mapped[Decimal]
    overridden_by_id: Mapped[str | None] = ref("user")
    """Who set the unit price by hand."""
    overridden_at: Mapped[datetime | None]
    discount_percent: Mapped[Decimal]
    tax_percent: Mapped[Decimal | None]
    """Its own tax rate; null is the quote's."""
    total_amount: Mapped[Decimal]


class QuoteVisitor(Technical):
    """Somebody who opened a quote by its link, counted once."""

    __tablename__ = "quote_visitor"

    quote_id: Mapped[str] = ref("quote", nullable=False, on_delete="CASCADE", primary_key=True)
    visitor: Mapped[str] = mapped_column(Key, primary_key=True)
    """A hash of the cookie their browser was given."""
    at: Mapped[datetime]
