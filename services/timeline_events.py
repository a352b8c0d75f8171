"""What an entry of the event log says in a timeline: who did what, and what changed."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.ids import encode
from core.names import camel
from models.registry import REGISTRY, Entity, Field, Kind, pointer

_ACTORS = {"USER": "User", "API_KEY": "ApiKey"}


def told(row: Mapping[str, Any]) -> dict[str, Any]:
    """An event as the value that is answered of it."""
    entity = REGISTRY.of_table(row["entity"])
    actor = _ACTORS.get(row["actor_kind"])
    return {
        "kind": "TimelineEvent",
        "id": f"evt_{row['position']}",
        "at": row["at"],
        "event": row["type"],
        "actor_kind": row["actor_kind"],
        "actor": pointer(actor, row["actor_id"]) if actor else None,
        "operation_id": encode("op", row["operation_id"]),
        "changes": list(_changes(entity, row["changes"])),
    }


def _changes(entity: Entity, changes: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The changes of what the API shows, in the order it is declared in."""
    for field in entity.fields.values():
        for column in field.columns:
            if column in changes and field.kind is not Kind.ID:
                change = changes[column]
                yield _change(field, column, change["before"], change["after"])


def _change(field: Field, column: str, before: Any, after: Any) -> dict[str, Any]:
    name = camel(field.name if column == field.columns[0] else column)
    if field.kind is Kind.LINK:
        return {
            "field": name,
            "before": None,
            "after": None,
            "before_record": pointer(field.target, before),
            "after_record": pointer(field.target, after),
        }
    return {
        "field": name,
        "before": _text(before),
        "after": _text(after),
        "before_record": None,
        "after_record": None,
    }


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | Decimal | datetime):
        return str(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else None
