"""Saved views, and how they are held against the lists they are of."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import strawberry

from auth.actor import Actor
from auth.context import Context
from core.ids import encode
from core.names import camel
from models.registry import REGISTRY, Entity, Kind
from resolvers.mutation import extra, mutation
from schema import saved_views as given
from schema.inputs import UNSET
from schema.saved_views import SavedView
from services import saved_views, stored_filters
from services.saved_views import Look
from services.stored_filters import Problem

_WRITTEN = ("name", "filter", "order_by", "columns", "sharing", "team_id")


@mutation(saved_view=SavedView)
async def saved_view_create(ctx: Context, input: given.SavedViewCreateInput) -> Any:
    """Keep a list's filter, order and columns under a name, for oneself or for others too."""
    return await saved_views.create(ctx, input.record_type, _values(input))


@mutation(saved_view=SavedView)
async def saved_view_update(ctx: Context, input: given.SavedViewUpdateInput) -> Any:
    """Change a saved view, or with whom it is shared."""
    version = input.expected_version
    return await saved_views.update(ctx, input.id, _values(input), expected_version=version)


@mutation(saved_view_id=extra(strawberry.ID, "The view that is gone."))
async def saved_view_delete(ctx: Context, input: given.SavedViewDeleteInput) -> dict[str, Any]:
    """Remove a saved view, for everybody it is shared with too."""
    await saved_views.delete(ctx, input.id, expected_version=input.expected_version)
    return {"saved_view_id": encode(REGISTRY["SavedView"].prefix, input.id)}


def _values(input: Any) -> dict[str, Any]:
    sent = {name: getattr(input, name) for name in _WRITTEN}
    values = {name: value for name, value in sent.items() if value is not UNSET}
    if values.get("order_by"):
        values["order_by"] = [
            {"field": one.field, "direction": one.direction.value} for one in values["order_by"]
        ]
    if values.get("sharing", UNSET) is None:
        del values["sharing"]
    return values


def _problems(actor: Actor, now: datetime, look: Look) -> list[Problem]:
    """What of a view its list does not take."""
    order = stored_filters.misfits(look.order_by, stored_filters.order_of(look.entity))
    return [
        *_within("filter", stored_filters.problems(actor, now, look.entity, look.filter)),
        *_within("orderBy", order),
        *(
            (("columns", at), f"{look.entity.name} has no field {str(name)[:60]!r}.")
            for at, name in enumerate(look.columns)
            if not _is_column(look.entity, str(name))
        ),
    ]


def _within(name: str, found: list[Problem]) -> Iterator[Problem]:
    for path, message in found:
        yield (name, *path), message


def _is_column(entity: Entity, name: str) -> bool:
    """Whether a name leads to a field, over links or to a custom field."""
    head, _, rest = name.partition(".")
    field = next((one for key, one in entity.fields.items() if camel(key) == head), None)
    if field is None:
        return False
    if not rest:
        return True
    if field.kind is Kind.LINK:
        return _is_column(REGISTRY[field.target], rest)
    return head == "customFields"


saved_views.checked_by(_problems)
