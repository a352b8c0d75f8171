"""Products and prices: the shared acts."""

from resolvers.crud import crud
from schema.products import Product, ProductPrice

crud(Product, match=("sku",))
crud(ProductPrice, without=frozenset({"upsert", "bulk"}))
