"""Products, prices and quantity discounts: the shared acts."""

from resolvers.crud import crud
from schema.products import Product, ProductPrice, ProductTier
from services import products

crud(Product, match=("sku",))
crud(ProductPrice, without=frozenset({"upsert", "bulk"}))
crud(
    ProductTier,
    create=products.create_tier,
    update=products.update_tier,
    without=frozenset({"upsert", "bulk"}),
)
