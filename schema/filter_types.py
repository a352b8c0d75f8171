"""The filters of all lists by themselves, for processes that answer no requests."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from schema import derived as namespace
from schema.derive import fill, listed
from schema.scalars import SCALARS
from schema.types import Answered, build_type
from services import stored_filters


def teach() -> None:
    """Let kept filters be used here; where the whole schema is built they can be already."""
    fill()
    made = [
        getattr(namespace, f"{entity.name}{what}")
        for entity in listed()
        for what in ("Filter", "Order")
    ]
    query = build_type("Query", "Nothing is asked here.", {"none": Answered(bool, "Nothing.")})
    config = StrawberryConfig(scalar_map=SCALARS)
    built = strawberry.Schema(query=query, types=made, config=config)
    stored_filters.learn(built._schema.type_map)  # noqa: SLF001 - strawberry has no public name
