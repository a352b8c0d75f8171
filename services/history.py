"""What happened to a record, by the event log: acts, newest first, with what they changed."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import sqlalchemy as sa

from auth.custom_fields import CustomFields
from auth.policy import WORKSPACE
from core.events import Author
from core.ids import encode
from core.sql import Rendered
from models import metadata
from models.registry import REGISTRY, Entity
from services import actors
from services.field_changes import changed, moneys

EVENT = metadata.tables["event"]
_NOBODY = "Coeffection"
_PAGE = """
SELECT above.ord, e.position, e.at, e.type, e.act, e.operation_id, e.actor_kind, e.actor_id,
       e.changes::text AS changes, coalesce(u.name, k.name, w.name) AS actor_name, counted.total
FROM unnest($1::text::uuid[]) WITH ORDINALITY AS above (id, ord)
CROSS JOIN LATERAL (
  SELECT count(*) AS total FROM event
  WHERE workspace_id = $2 AND entity = $3 AND record_id = above.id) AS counted
LEFT JOIN LATERAL (
  SELECT * FROM event
  WHERE workspace_id = $2 AND entity = $3 AND record_id = above.id {behind}
  ORDER BY position DESC LIMIT {limit}) AS e ON true
LEFT JOIN "user" AS u ON u.workspace_id = $2 AND u.id = e.actor_id
LEFT JOIN api_key AS k ON k.workspace_id = $2 AND k.id = e.actor_id
LEFT JOIN workflow AS w ON w.workspace_id = $2 AND w.id = e.actor_id
ORDER BY above.ord, e.position DESC
"""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where a page of the log lies."""

    items: Sequence[str]
    """The cursors of its entries."""
    more: bool
    after: bool

    @property
    def has_next_page(self) -> bool:
        """Whether more follow."""
        return self.more

    @property
    def has_previous_page(self) -> bool:
        """Whether some come before."""
        return self.after

    @property
    def start_cursor(self) -> str | None:
        """The cursor of the first entry."""
        return self.items[0] if self.items else None

    @property
    def end_cursor(self) -> str | None:
        """The cursor of the last entry."""
        return self.items[-1] if self.items else None

    def cursor(self, at: int) -> str | None:
        """The cursor of one of its entries; null where there is none."""
        return self.items[at] if self.items else None


async def pages(
    reading: Any, entity: Entity, rows: Sequence[Mapping[str, Any]], size: int, before: int | None
) -> list[dict[str, Any]]:
    """A page of the history of each of some records: one statement for all of them."""
    ids = [row[entity.key] for row in rows]
    found = await reading.run(
        _statement(size, before is not None),
        {
            "ids": f"{{{','.join(ids)}}}",
            "workspace": reading.actor.workspace_id,
            "entity": entity.table.name,
            "before": before,
        },
    )
    groups: list[list[Any]] = [[] for _ in rows]
    for event in found:
        groups[event["ord"] - 1].append(event)
    reading.returned(len(found), sum(min(len(group), size) for group in groups))
    names = [name for field in moneys(entity) for name in field.columns[1:]]
    place = before is not None
    told = partial(changed, entity, own=reading.actor.custom.of(entity.table.name))
    return [
        _connection(told, {name: row[name] for name in names}, group, size, after=place)
        for row, group in zip(rows, groups, strict=True)
    ]


@lru_cache(maxsize=256)
def _statement(size: int, after: bool) -> Rendered:  # noqa: FBT001 - two forms of one statement
    behind = "AND position < $4" if after else ""
    names = ("ids", "workspace", "entity", *(("before",) if after else ()))
    return Rendered(_PAGE.format(behind=behind, limit=size + 1), names, {})


def _connection(
    told: Callable[..., Iterator[Any]],
    currencies: dict[str, Any],
    events: Sequence[Any],
    size: int,
    *,
    after: bool,
) -> dict[str, Any]:
    total = events[0]["total"]
    events = [event for event in events if event["position"] is not None]
    shown = events[:size]
    nodes = [_entry(told, event, currencies) for event in shown]
    cursors = [str(event["position"]) for event in shown]
    return {
        "nodes": nodes,
        "edges": [
            {"cursor": cursor, "node": node} for cursor, node in zip(cursors, nodes, strict=True)
        ],
        "page_info": Stretch(cursors, len(events) > size, after),
        "total_count": total,
    }


def _entry(
    told: Callable[..., Iterator[Any]], event: Mapping[str, Any], currencies: dict[str, Any]
) -> dict[str, Any]:
    changes = json.loads(event["changes"], parse_float=str)
    shown = list(told(changes, currencies))
    for name in currencies.keys() & changes.keys():
        # What comes next in the page is older.
        currencies[name] = changes[name]["before"]
    return _told(event) | {"event": event["type"].partition(".")[2], "changes": shown}


def _told(event: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "at": event["at"],
        "act": event["act"],
        "operation_id": encode("op", event["operation_id"]),
        "actor": actors.shown(Author(event["actor_kind"], event["actor_id"])),
        "actor_name": event["actor_name"] or _NOBODY,
    }


def events(positions: Any) -> sa.Select[Any]:
    """The statement of entries of the log by their positions, with what they are told with."""
    user, key = metadata.tables["user"], metadata.tables["api_key"]
    log = EVENT.c
    by_user = sa.and_(user.c.workspace_id == WORKSPACE, user.c.id == log.actor_id)
    by_key = sa.and_(key.c.workspace_id == WORKSPACE, key.c.id == log.actor_id)
    columns = [one for one in log if one.name not in {"changes", "data"}]
    return (
        sa.select(
            *columns,
            sa.cast(log.changes, sa.Text).label("changes"),
            sa.func.coalesce(user.c.name, key.c.name).label("actor_name"),
            _currencies().label("currencies"),
        )
        .select_from(EVENT.outerjoin(user, by_user).outerjoin(key, by_key))
        .where(log.workspace_id == WORKSPACE, log.position == sa.any_(positions))
    )


def _currencies() -> sa.ColumnElement[Any]:
    """By column the currencies a record's amounts had at an event; null where it has none."""
    by_table = {one.table.name: one for one in REGISTRY.values() if any(moneys(one))}
    told = {name: _currencies_of(one) for name, one in by_table.items()}
    return sa.case(told, value=EVENT.c.entity)


def _currencies_of(entity: Entity) -> sa.ColumnElement[Any]:
    """Those it has now, as far as no later event tells what they were before."""
    row, later = entity.table.alias("item"), EVENT.alias("later")
    names = sorted({name for field in moneys(entity) for name in field.columns[1:]})
    pairs: list[Any] = []
    for name in names:
        change = later.c.changes[name]
        before = (
            sa.select(change["before"].astext)
            .where(
                later.c.workspace_id == WORKSPACE,
                later.c.entity == EVENT.c.entity,
                later.c.record_id == EVENT.c.record_id,
                later.c.position > EVENT.c.position,
                later.c.changes.has_key(name),
            )
            .order_by(later.c.position)
            .limit(1)
            .correlate(EVENT)
            .scalar_subquery()
        )
        pairs += [sa.literal_column(f"'{name}'"), sa.func.coalesce(before, row.c[name])]
    return (
        sa.select(sa.func.jsonb_build_object(*pairs))
        .where(row.c.workspace_id == WORKSPACE, row.c.id == EVENT.c.record_id)
        .correlate(EVENT)
        .scalar_subquery()
    )


def timeline_event(event: Mapping[str, Any], custom: CustomFields) -> dict[str, Any]:
    """An entry of the log as an item of a timeline."""
    entity = REGISTRY.of_table(event["entity"])
    changes = json.loads(event["changes"], parse_float=str)
    own = custom.of(event["entity"])
    return _told(event) | {
        "kind": "TimelineEvent",
        "id": f"evt_{event['position']}",
        "event": event["type"],
        "changes": list(changed(entity, changes, event["currencies"] or {}, own)),
    }
