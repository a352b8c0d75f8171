"""Ids of records that were merged away: what an act is told of them is about the survivor."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from strawberry import UNSET

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import Refusals, UserError
from core.sql import render
from models.registry import REGISTRY
from resolvers.reading import Reading
from schema.inputs import AS_IS, ID_OF, RECORD, notes
from services import redirects


async def followed(reading: Reading, given: Any, refused: UserError | Refusals) -> bool:
    """Whether what was not found goes by another id now; the input then names that."""
    ids = _ids_of(given, refused)
    if not ids:
        return False
    statement = render(redirects.leading(ids))
    rows = await reading.database.fetch(reading.actor.workspace_id, statement, reading.actor.bound)
    return _replaced(given, {row["old_id"]: row["new_id"] for row in rows})


async def followed_within(ctx: Context, given: Any, refused: UserError) -> bool:
    """The same for a part of an act, in its transaction."""
    ids = _ids_of(given, refused)
    return bool(ids) and _replaced(given, await redirects.survivors(ctx, ids))


def _ids_of(given: Any, refused: UserError | Refusals) -> list[str]:
    errors = refused.errors if isinstance(refused, Refusals) else [refused]
    if not is_dataclass(given) or all(one.code != UserErrorCode.NOT_FOUND for one in errors):
        return []
    found = (value if isinstance(value, list) else [value] for _, _, value in _named(given))
    return [_id(one) for several in found for one in several]


def _replaced(given: Any, led: Mapping[str, str]) -> bool:
    for holder, name, value in list(_named(given)):
        if isinstance(value, list):
            setattr(holder, name, [_led(one, led) for one in value])
        else:
            setattr(holder, name, _led(value, led))
    return bool(led)


def _id(named: Any) -> str:
    # What may be of any kind is named by its table and its id.
    return str(named if isinstance(named, str) else named[1])


def _led(named: Any, led: Mapping[str, str]) -> Any:
    found = led.get(_id(named), _id(named))
    return found if isinstance(named, str) else (named[0], found)


def _named(given: Any) -> Iterator[tuple[Any, str, Any]]:
    """The places of an input that hold ids of what can be merged."""
    for declared in fields(given):
        value = getattr(given, declared.name)
        if value is UNSET or value is None:
            continue
        target = notes(declared).get(ID_OF)
        if target:
            mergeable = target == RECORD or REGISTRY[target].mergeable
            if mergeable and not notes(declared).get(AS_IS):
                yield given, declared.name, value
        elif isinstance(value, list):
            for one in value:
                if is_dataclass(one) and not isinstance(one, type):
                    yield from _named(one)
        elif is_dataclass(value) and not isinstance(value, type):
            yield from _named(value)
