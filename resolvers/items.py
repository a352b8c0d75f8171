"""Timelines, the inbox and what waits to be assigned, as the executor asks for them."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.enums import TimelineKind
from models.registry import REGISTRY, Entity
from resolvers import timelines
from resolvers.executor import FEEDS, Resolve, reading_of
from resolvers.queries import answers, query
from resolvers.reading import Info, Reading
from resolvers.timelines import INBOX, NOBODY, RECORDS, RELATED, UNMATCHED, Item, Items, Source
from schema.timelines import CHANNELS, TimelineItemConnection, page
from schema.types import Answered

CONNECTION, EDGE = "TimelineItemConnection", "TimelineItemEdge"


async def _page(
    reading: Reading, source: Source, parent: str, arguments: Mapping[str, Any]
) -> Items:
    asked = timelines.asked(reading, source, arguments)

    async def batch(parents: Sequence[str]) -> list[Items]:
        return await timelines.pages(reading, asked, parents)

    key = ("items", *asked.form, arguments.get("after"))
    found: Items = await reading.loader(key, batch).load(parent)
    return found


def _of_record(entity: Entity) -> Resolve:
    source = Source(entity.name, entity)

    async def resolve(seen: Any, info: Info, **arguments: Any) -> Items:
        return await _page(reading_of(info), source, seen.row["id"], arguments)

    return resolve


FEEDS["timeline"] = _of_record


def _list(source: Source, description: str) -> None:
    answered = Answered(TimelineItemConnection, description, page(**CHANNELS))

    @query(source.name, answered)
    async def resolve(_root: Any, info: Info, **arguments: Any) -> Items:
        return await _page(reading_of(info), source, NOBODY, arguments)


_list(INBOX, "The e-mails, calls, messages and meetings you see, latest first.")
_list(UNMATCHED, "Those for whom no record was found; link them with `emailLink` and the like.")


async def _shown(reading: Reading, items: Sequence[Item]) -> list[Any]:
    """Records and values of items; None where a record has gone meanwhile."""

    async def told(positions: Sequence[int]) -> list[Any]:
        found = await timelines.logged(reading, positions)
        return [found.get(one) for one in positions]

    shown: list[Any] = []
    events = [int(key) for _, kind, key in items if kind is TimelineKind.EVENT]
    values = iter(await reading.loader("timeline events", told).load_many(events))
    for item in items:
        _, kind, key = item
        if kind is TimelineKind.EVENT:
            shown.append(next(values))
        elif kind in RELATED:
            shown.append(timelines.related(item))
        else:
            shown.append(await reading.record(REGISTRY[RECORDS[kind]], str(key)))
    return shown


@answers(CONNECTION, "nodes")
async def _nodes(found: Items, info: Info) -> list[Any]:
    return [one for one in await _shown(reading_of(info), found.items) if one is not None]


@answers(CONNECTION, "edges")
async def _edges(found: Items, info: Info) -> list[Any]:
    shown = await _shown(reading_of(info), found.items)
    pairs = zip(found.items, shown, strict=True)
    return [(found, item, one) for item, one in pairs if one is not None]


@answers(CONNECTION, "page_info")
def _info(found: Items, _info: Info) -> Items:
    return found


@answers(CONNECTION, "total_count")
async def _total(found: Items, info: Info) -> int:
    reading, asked = reading_of(info), found.asked

    async def batch(parents: Sequence[str]) -> list[int]:
        return await timelines.totals(reading, asked, parents)

    key = ("items in all", asked.source.name, asked.kinds)
    return int(await reading.loader(key, batch).load(found.parent))


@answers(EDGE, "cursor")
def _cursor(edge: Any, _info: Info) -> str:
    found, item, _ = edge
    return str(found.asked.cursor(item))


@answers(EDGE, "node")
def _node(edge: Any, _info: Info) -> Any:
    return edge[2]
