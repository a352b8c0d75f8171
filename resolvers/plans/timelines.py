"""Timelines by plans: one statement for the pages of all records, one for each kind on them."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import FieldNode, GraphQLField, GraphQLList, GraphQLObjectType, get_named_type

from models.enums import TimelineKind
from models.registry import REGISTRY, Entity
from resolvers import timelines
from resolvers.plans.selection import FEEDS, Constant, Document, Info
from resolvers.plans.sql import Run
from resolvers.plans.values import Carrying, Records
from resolvers.timelines import ACTIVITIES, RECORDS, RELATED, Item, Items, Source

Nodes = list[FieldNode]
Answers = Mapping[Item, Any]
"""What is selected of each item."""


class ItemsPlan:
    """What an operation selects of timelines, or of an inbox."""

    def __init__(
        self, document: Document, source: Source, declared: GraphQLField, nodes: Nodes
    ) -> None:
        self._document = document
        self._source = source
        self._arguments = document.arguments(declared, nodes[0])
        kind = _object(declared)
        self._parts = {
            key: self._part(kind, own) for key, own in document.collected(kind, nodes).items()
        }
        self._counts = any(part == "totalCount" for part in self._parts.values())
        self._reads = any(not isinstance(part, str | Constant) for part in self._parts.values())

    async def answer(self, run: Run, parents: Sequence[str]) -> dict[str, Any]:
        """What is selected of the list of each record."""
        reading = run.reading
        asked = timelines.asked(reading, self._source, self._arguments.of(run.variables))
        empty = [Items(asked, parent, (), more=False) for parent in parents]
        pages = await timelines.pages(reading, asked, parents) if self._reads else empty
        counts = await timelines.totals(reading, asked, parents) if self._counts else parents
        items = [item for page in pages for item in page.items]
        shown = {
            part: await part.answered(run, items)
            for part in self._parts.values()
            if isinstance(part, _Shown)
        }
        return {
            page.parent: {
                key: _answered(part, page, count, shown) for key, part in self._parts.items()
            }
            for page, count in zip(pages, counts, strict=True)
        }

    def _part(self, kind: GraphQLObjectType, nodes: Nodes) -> Any:
        name = nodes[0].name.value
        if name == "__typename":
            return Constant("", kind.name)
        if name == "nodes":
            return _Shown(self._document, nodes, None)
        if name == "edges":
            below = self._document.collected(_object(kind.fields[name]), nodes)
            return _Shown(self._document, nodes, below)
        if name == "pageInfo":
            return self._document.info(kind.fields[name], nodes)
        return name


class _Shown:
    """What is selected of items, by themselves or in edges."""

    def __init__(self, document: Document, nodes: Nodes, edge: Mapping[str, Nodes] | None) -> None:
        self.edge = None if edge is None else {key: own[0].name.value for key, own in edge.items()}
        whole = [own for own in (edge or {}).values() if own[0].name.value == "node"]
        selected = [nodes] if edge is None else whole
        self._items = [_Selected(document, own) for own in selected]

    async def answered(self, run: Run, items: Sequence[Item]) -> list[Answers]:
        """What is selected of each, once for each time it is asked for."""
        return [await one.answered(run, items) for one in self._items]

    def of(self, page: Items, answers: Sequence[Answers]) -> list[Any]:
        """The part of a page; what has gone meanwhile is left out."""
        there = [item for item in page.items if all(one.get(item) is not None for one in answers)]
        if self.edge is None:
            return [answers[0][item] for item in there]
        return [self._edge(page, item, answers) for item in there]

    def _edge(self, page: Items, item: Item, answers: Sequence[Answers]) -> dict[str, Any]:
        nodes = iter(answers)
        shown: dict[str, Any] = {}
        for key, name in (self.edge or {}).items():
            if name == "node":
                shown[key] = next(nodes)[item]
            elif name == "cursor":
                shown[key] = page.asked.cursor(item)
            else:
                shown[key] = "TimelineItemEdge"
        return shown


class _Selected:
    """What some nodes select of items, by what they are."""

    def __init__(self, document: Document, nodes: Nodes) -> None:
        self._records = Records(document, nodes)
        for kind in ACTIVITIES:
            self._records.find(REGISTRY[RECORDS[kind]])
        types = document.schema.type_map
        event, related = (GraphQLList(types[name]) for name in ("TimelineEvent", "TimelineRecord"))
        self._event = Carrying(document, event, nodes)
        self._related = Carrying(document, related, nodes)

    async def answered(self, run: Run, items: Sequence[Item]) -> Answers:
        """What is selected of each; one statement for each kind that is there."""
        found: dict[Item, Any] = {}
        records = [item for item in items if item[1] in ACTIVITIES]
        wanted = [(REGISTRY[RECORDS[kind]], str(key)) for _, kind, key in records]
        found |= zip(records, await self._records.found(run, wanted), strict=True)
        events = [item for item in items if item[1] is TimelineKind.EVENT]
        told = await timelines.logged(run.reading, [int(key) for _, _, key in events])
        values = [told[int(key)] for _, _, key in events]
        found |= zip(events, await self._event.answered(run, values), strict=True)
        begun = [item for item in items if item[1] in RELATED]
        values = [timelines.related(item) for item in begun]
        found |= zip(begun, await self._related.answered(run, values), strict=True)
        return found


def _answered(part: Any, page: Items, count: Any, shown: Mapping[Any, Any]) -> Any:
    if isinstance(part, Constant):
        return part.text
    if isinstance(part, _Shown):
        return part.of(page, shown[part])
    if isinstance(part, Info):
        return {
            key: one.text if isinstance(one, Constant) else _INFO[one](page)
            for key, one in part.parts
        }
    return count


_INFO: Mapping[str, Any] = {
    "hasNextPage": lambda page: page.more,
    "hasPreviousPage": lambda page: page.after,
    "startCursor": lambda page: page.cursor(0),
    "endCursor": lambda page: page.cursor(-1),
}


def _object(declared: GraphQLField) -> GraphQLObjectType:
    kind = get_named_type(declared.type)
    assert isinstance(kind, GraphQLObjectType)  # noqa: S101 - a connection or its edges
    return kind


def _timeline(
    document: Document, entity: Entity, declared: GraphQLField, nodes: Nodes
) -> ItemsPlan:
    return ItemsPlan(document, Source(entity.name, entity), declared, nodes)


FEEDS["timeline"] = _timeline
