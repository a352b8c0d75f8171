"""The catalogue: products and their effective-dated prices."""

from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Core, Key, Record, choice, folded, indexed, ref, searched
from models.sale_enums import BillingType


class Product(Core):
    """Something we sell."""

    __tablename__ = "product"
    __table_args__ = (
        sa.Index(
            "product_sku_taken",
            "workspace_id",
            "sku_key",
            unique=True,
            postgresql_where=sa.text("deleted_at IS NULL"),
        ),
    )

    sku: Mapped[str]
    sku_key: Mapped[str] = folded("sku")
    name: Mapped[str]
    name_key: Mapped[str] = folded("name")
    description: Mapped[str | None]
    billing_type: Mapped[BillingType] = choice(BillingType, index=True)
    retired: Mapped[bool] = indexed(sa.Boolean, server_default=sa.false())
    """Whether it is sold no more: quotes that have it keep it, new lines cannot."""
    search_key: Mapped[str] = searched("name", "sku", body=["description"])


class ProductPrice(Record):
    """A product's price in one currency for a span of days; spans never overlap."""

    __tablename__ = "product_price"
    __table_args__ = (
        sa.CheckConstraint("amount >= 0", name="amount"),
        sa.CheckConstraint("effective_to > effective_from", name="effective_to"),
        ExcludeConstraint(
            ("workspace_id", "="),
            ("product_id", "="),
            ("currency", "="),
            (sa.text("daterange(effective_from, effective_to)"), "&&"),
            name="product_price_overlap",
            using="gist",
        ),
    )

    product_id: Mapped[str] = ref("product", nullable=False, on_delete="CASCADE")
    amount: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(Key)
    effective_from: Mapped[date] = indexed()
    effective_to: Mapped[date | None]


class ProductTier(Record):
    """The discount a product has from a quantity on."""

    __tablename__ = "product_tier"
    __table_args__ = (
        sa.UniqueConstraint(
            "workspace_id", "product_id", "min_quantity", name="product_tier_taken"
        ),
        sa.CheckConstraint("min_quantity > 0", name="min_quantity"),
        sa.CheckConstraint("discount_percent BETWEEN 0 AND 100", name="discount_percent"),
    )

    product_id: Mapped[str] = ref("product", nullable=False, on_delete="CASCADE")
    min_quantity: Mapped[Decimal]
    discount_percent: Mapped[Decimal]
