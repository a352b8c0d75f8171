"""What survives a merge, field by field."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.registry import Entity, Field, Kind, Write

TOGETHER = frozenset({"street", "city", "state", "postcode", "country"})
"""Fields that make one address: they are filled from one record, if it contradicts none of them."""

STRICTEST = frozenset({"email_opted_out"})
"""Fields in which a record that says yes counts for all: what somebody wants no more."""

_VALUED = {Kind.COLUMN, Kind.MONEY}


def fields(entity: Entity) -> list[Field]:
    """The fields that a merge decides about: what people write, and every link."""
    return [
        field
        for field in entity.fields.values()
        if field.kind is Kind.LINK or (field.kind in _VALUED and field.write is Write.ALWAYS)
    ]


def value(field: Field, row: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """What a record has in a field; None when that is nothing."""
    found = tuple(row[column] for column in field.columns)
    return None if all(one in {None, ""} for one in found) else found


def sources(
    own: Sequence[Field], rows: Sequence[Mapping[str, Any]], chosen: Mapping[str, str]
) -> dict[str, Mapping[str, Any]]:
    """For each field the record whose value survives; the first of the rows is the survivor.

    Without a choice it is the survivor's own, else that of the first that has one; a yes of any
    record where that is stricter.
    """
    by_id = {row["id"]: row for row in rows}
    address = _address([field for field in own if field.name in TOGETHER], rows)
    found = {}
    for field in own:
        if field.name in chosen:
            found[field.name] = by_id[chosen[field.name]]
        elif field.name in TOGETHER:
            filled = value(field, rows[0]) is not None
            found[field.name] = rows[0] if filled else address
        else:
            found[field.name] = next((row for row in rows if _counts(field, row)), rows[0])
    return found


def _counts(field: Field, row: Mapping[str, Any]) -> bool:
    """Whether a record has what survives in a field, unless one before it has."""
    found = value(field, row)
    return found == (True,) if field.name in STRICTEST else found is not None


def alternatives(
    field: Field, rows: Sequence[Mapping[str, Any]], source: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    """The records that have something else in a field, one for each value."""
    seen = {value(field, source), None}
    found = []
    for row in rows:
        one = value(field, row)
        if one not in seen:
            seen.add(one)
            found.append(row)
    return found


def _address(own: Sequence[Field], rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The record that completes the survivor's address; the survivor itself where none does."""
    first, *others = rows

    def fits(row: Mapping[str, Any]) -> bool:
        pairs = [(value(field, first), value(field, row)) for field in own]
        return any(theirs for _, theirs in pairs) and all(
            mine is None or theirs is None or mine == theirs for mine, theirs in pairs
        )

    return next((row for row in others if fits(row)), first)
