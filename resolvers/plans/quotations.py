"""What products cost, in a plan: worked out for all products of a level together."""

from collections.abc import Sequence
from typing import Any

from graphql import FieldNode, GraphQLField

from models.registry import Entity
from resolvers import quotations
from resolvers.plans.selection import FEEDS, Document
from resolvers.plans.sql import Run


class _Quotations:
    """What an operation selects of the prices of products."""

    def __init__(self, document: Document, declared: GraphQLField, nodes: list[FieldNode]) -> None:
        self._arguments = document.arguments(declared, nodes[0])
        self._walk = document.walker.of(declared.type, nodes, "Product.price")

    async def answer(self, run: Run, parents: Sequence[str]) -> dict[str, Any]:
        """What is selected of the price of each product."""
        given = self._arguments.of(run.variables)
        found = await quotations.prices(run.reading, parents, given)
        return {one: self._walk(found.get(one)) for one in parents}


def _prices(
    document: Document, _entity: Entity, declared: GraphQLField, nodes: list[FieldNode]
) -> _Quotations:
    return _Quotations(document, declared, nodes)


FEEDS["price"] = _prices
