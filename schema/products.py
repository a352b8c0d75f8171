"""The catalogue, as the API shows it."""

import datetime as dt
from decimal import Decimal

from auth.roles import Category
from models import products as rows
from models.registry import Scope, Write
from models.sale_enums import BillingType
from schema.declare import Node, column, derived, entity, feed, link, many, money
from schema.scalars import CurrencyCode
from schema.types import Answered, Given, build_type

PRICE = {
    "at": Given(dt.date, "The day; today when left out."),
    "currency": Given(CurrencyCode, "The currency; the workspace's when left out."),
    "quantity": Given(Decimal, "How many; that chooses the quantity discount.", Decimal(1)),
}

AppliedTier = build_type(
    "AppliedTier",
    "The quantity discount that is in a unit price.",
    {
        "min_quantity": Answered(Decimal, "From how many on a product has it."),
        "discount_percent": Answered(Decimal, "How much it takes off the list price, in percent."),
    },
)

ProductQuotation = build_type(
    "ProductQuotation",
    "What one of a product costs on a day, in a currency, when so many are bought.",
    {
        "list_price": Answered(derived("Money"), "The catalogue's price of one."),
        "unit_price": Answered(derived("Money"), "The same after the quantity discount."),
        "applied_tier": Answered(
            AppliedTier | None,
            "The quantity discount; null where so few have none.",
        ),
        "converted": Answered(
            bool, "Whether there is no price in the currency, and another one was exchanged."
        ),
        "rate": Answered(Decimal | None, "The exchange rate it took; null where it took none."),
        "rate_on": Answered(dt.date | None, "Since when that rate holds."),
    },
)


@entity(
    rows.Product,
    prefix="prd",
    plural="products",
    category=Category.QUOTES,
    scope=Scope.WORKSPACE,
    core=True,
)
class Product(Node):
    """Something we sell."""

    sku: str = column(
        "Stock-keeping unit, unique in the catalogue.",
        write=Write.ALWAYS,
        required=True,
        max_length=60,
        filter="sku_key",
        order="sku_key",
    )
    name: str = column(
        "Name of the product.",
        write=Write.ALWAYS,
        required=True,
        filter="name_key",
        contains=True,
        order="name_key",
    )
    description: str | None = column("What it is.", write=Write.ALWAYS, max_length=2000)
    billing_type: BillingType = column(
        "Whether it is charged once or again and again.",
        write=Write.ALWAYS,
        required=True,
        filter=True,
        group=True,
    )
    retired: bool = column(
        "Whether it is sold no more: quotes keep it, and it cannot be added to any.",
        write=Write.ALWAYS,
        filter=True,
    )
    price: ProductQuotation | None = feed(  # type: ignore[valid-type]
        "What it costs on a day, in a currency, when so many are bought; null without a price then."
        " Without one in the currency, another price is exchanged at that day's rate.",
        PRICE,
    )
    prices = many(
        "ProductPrice", "Its prices, latest first.", by="product_id", order="-effective_from"
    )
    tiers = many(
        "ProductTier",
        "Its quantity discounts, the smallest quantity first.",
        by="product_id",
        order="min_quantity",
    )


@entity(
    rows.ProductPrice,
    prefix="prc",
    plural="productPrices",
    category=Category.QUOTES,
    scope=Scope.PARENT,
    parent="product",
)
class ProductPrice(Node):
    """A product's price in one currency for a span of days."""

    product = link("Product", "What it is the price of.", write=Write.CREATE, required=True)
    price = money(
        "The price of one unit.",
        amount="amount",
        currency="currency",
        write=Write.ALWAYS,
        required=True,
    )
    effective_from: dt.date = column(
        "First day it holds.", write=Write.ALWAYS, required=True, filter=True, order=True
    )
    effective_to: dt.date | None = column(
        "First day it no longer holds; null when it has no end.", write=Write.ALWAYS
    )


@entity(
    rows.ProductTier,
    prefix="ptr",
    plural="productTiers",
    category=Category.QUOTES,
    scope=Scope.PARENT,
    parent="product",
)
class ProductTier(Node):
    """A product's discount from a quantity on: of those reached, the largest quantity's holds."""

    product = link("Product", "What it is a discount on.", write=Write.CREATE, required=True)
    min_quantity: Decimal = column("From how many on it holds.", write=Write.ALWAYS, required=True)
    discount_percent: Decimal = column(
        "How much it takes off the list price, in percent.", write=Write.ALWAYS, required=True
    )
