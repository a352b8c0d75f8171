"""The catalogue, as the API shows it."""

import datetime as dt

from auth.roles import Category
from models import products as rows
from models.enums import BillingType
from models.registry import Scope, Write
from schema.declare import Node, column, entity, link, many, money


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
    prices = many(
        "ProductPrice", "Its prices, latest first.", by="product_id", order="-effective_from"
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
