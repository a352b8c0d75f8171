"""Exchange rates by day."""

from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Record, folded, indexed


class ExchangeRate(Record):
    """What one unit of a currency is worth in another, from a day until the next rate's."""

    __tablename__ = "exchange_rate"
    __table_args__ = (
        sa.UniqueConstraint(
            "workspace_id", "base", "currency", "valid_on", name="exchange_rate_taken"
        ),
        sa.CheckConstraint("rate > 0", name="rate"),
        sa.CheckConstraint("base <> currency", name="currency"),
    )

    currency: Mapped[str] = mapped_column(Key)
    currency_key: Mapped[str] = folded("currency")
    base: Mapped[str] = mapped_column(Key)
    """The currency the rate converts into: the workspace's own."""
    valid_on: Mapped[date] = indexed()
    rate: Mapped[Decimal]
