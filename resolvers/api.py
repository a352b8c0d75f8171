"""The whole schema: what the areas declare and what is derived, with its resolvers attached."""

from functools import lru_cache
from typing import Any

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from models.registry import REGISTRY, require_entities
from resolvers import (
    areas,  # noqa: F401 - importing the areas registers their fields
)
from resolvers.executor import attach
from resolvers.feeds import SUBSCRIPTIONS
from resolvers.mutation import MUTATIONS
from resolvers.queries import QUERIES, attach_queries
from schema import custom_values, workflow_steps
from schema.declare import Node
from schema.derive import fill, root_fields
from schema.refusals import REFUSALS, GenericError
from schema.scalars import SCALARS, Cursor
from schema.timelines import VALUES
from schema.types import Answered, Given, build_type
from services import stored_filters


@lru_cache(maxsize=1)
def _declared() -> strawberry.Schema:
    require_entities()
    fill()
    query = build_type("Query", "What can be read.", _root() | QUERIES)
    mutation = type(
        "Mutation",
        (),
        {"__annotations__": {}, "__doc__": "What can be done.", **dict(sorted(MUTATIONS.items()))},
    )
    told = "What is told as it happens; one field an operation, over WebSocket or SSE."
    return strawberry.Schema(
        query=query,
        mutation=strawberry.type(mutation, description="What can be done; one field, one act."),
        subscription=build_type("Subscription", told, dict(sorted(SUBSCRIPTIONS.items()))),
        types=[
            GenericError,
            *VALUES,
            *dict.fromkeys(REFUSALS.values()),
            *custom_values.VALUES,
            *workflow_steps.STEPS.values(),
            *(entity.api for entity in REGISTRY.values() if entity.api),
        ],
        config=StrawberryConfig(
            scalar_map=SCALARS, disable_field_suggestions=True, default_resolver=_value_of
        ),
    )


def _value_of(source: Any, name: str) -> Any:
    return source[name] if isinstance(source, dict) else getattr(source, name)


def _root() -> dict[str, Answered]:
    one = {"id": Given(strawberry.ID, "Its id.", required=True)}
    several = {"ids": Given(list[strawberry.ID], "At most 100 ids.", required=True)}
    return root_fields() | {
        "node": Answered(Node | None, "Any record by its id; null when out of your sight.", one),
        "nodes": Answered(
            list[Node | None],
            "Records by their ids, in their order; null where out of your sight.",
            several,
        ),
        "event_cursor": Answered(
            Cursor, "Where the event log stood before this operation read anything."
        ),
    }


@lru_cache(maxsize=1)
def build() -> GraphQLSchema:
    """The executable schema, made once a process."""
    core: GraphQLSchema = _declared()._schema  # noqa: SLF001 - strawberry has no public name
    attach(core)
    attach_queries(core.type_map)
    stored_filters.learn(core.type_map)
    for field in core.subscription_type.fields.values() if core.subscription_type else ():
        # What is told comes in as the root's value.
        field.resolve = lambda told, _info, **_: told
    return core


def printed() -> str:
    """The schema as SDL, as `schema.graphql` keeps it."""
    build()
    return _declared().as_str() + "\n"
