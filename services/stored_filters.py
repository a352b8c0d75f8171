"""Filters that are kept: held against the list they are of, and turned into SQL when used."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from graphql import (
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    coerce_input_value,
    validate_input_value,
)

from auth.actor import Actor
from core.codes import UserErrorCode
from core.errors import Denied, UserError
from models.registry import Entity
from services.conditions import Condition, Filtering

Problem = tuple[tuple[str | int, ...], str]
"""Where something kept does not fit its list any more, and why."""

_TYPES: dict[str, Any] = {}


def learn(type_map: Mapping[str, Any]) -> None:
    """Take note of what lists are filtered and ordered by, once the schema is built."""
    _TYPES.update(type_map)


def problems(actor: Actor, now: datetime, entity: Entity, stored: Any) -> list[Problem]:
    """What of a filter its list does not take; paths begin within the filter."""
    wrong = misfits(stored, _filter_of(entity))
    if wrong:
        return wrong
    rows = entity.table.alias()
    try:
        Filtering(actor, now).where(entity, rows, coerce_input_value(stored, _filter_of(entity)))
    except Denied as denied:
        return [((), denied.message)]
    return []


def condition(
    actor: Actor, now: datetime, entity: Entity, rows: Any, stored: Mapping[str, Any]
) -> Condition:
    """The rows a filter lets through; INVALID_VALUE when it does not fit its list any more."""
    given = taken(entity, stored)
    if given is None:
        path, message = misfits(stored, _filter_of(entity))[0]
        raise UserError(UserErrorCode.INVALID_VALUE, message, path)
    try:
        return Filtering(actor, now).where(entity, rows, given)
    except Denied as denied:
        raise UserError(UserErrorCode.INVALID_VALUE, denied.message) from denied


def taken(entity: Entity, stored: Any) -> Mapping[str, Any] | None:
    """A filter as lists take it; None where its list takes it no more."""
    kind = _filter_of(entity)
    if misfits(stored, kind):
        return None
    found: Mapping[str, Any] = coerce_input_value(stored, kind)
    return found


def misfits(value: Any, kind: GraphQLInputType) -> list[Problem]:
    """What of a value an input type does not take."""
    found: list[Problem] = []

    def note(error: Any, path: Sequence[str | int]) -> None:
        found.append((tuple(path), error.message))

    validate_input_value(value, kind, note, hide_suggestions=True)
    return found


def order_of(entity: Entity) -> GraphQLInputType:
    """The type of a list's order."""
    return GraphQLList(GraphQLNonNull(_TYPES[f"{entity.name}Order"]))


def _filter_of(entity: Entity) -> GraphQLInputType:
    kind: GraphQLInputType = _TYPES[f"{entity.name}Filter"]
    return kind
