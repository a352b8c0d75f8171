"""Values that carry records (payloads, refusals, figures): the records are read together."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

from graphql import FieldNode, GraphQLOutputType

from models.registry import REGISTRY, Entity, Pointer
from resolvers.plans.assembly import Program
from resolvers.plans.selection import Document
from resolvers.plans.sql import Run
from resolvers.plans.walks import Walker

Named = tuple[Entity, str]
Find = Callable[[Run, Sequence[str]], Awaitable[dict[str, Any]]]


class Records:
    """Records of kinds that are known when the ids are, with what some nodes select of them."""

    def __init__(self, document: Document, nodes: Sequence[FieldNode]) -> None:
        self._document = document
        self._nodes = nodes
        self._finds: dict[str, Find] = {}

    async def found(self, run: Run, wanted: Sequence[Named]) -> list[Any]:
        """What is answered of each, in their order; None where out of sight."""
        by_kind: dict[str, list[str]] = {}
        for entity, record_id in wanted:
            by_kind.setdefault(entity.name, []).append(record_id)
        found = {
            name: await self.find(REGISTRY[name])(run, list(dict.fromkeys(own)))
            for name, own in by_kind.items()
        }
        return [found[entity.name].get(record_id) for entity, record_id in wanted]

    def find(self, entity: Entity) -> Find:
        """What looks up records of a kind, made when it is first asked for."""
        known = self._finds.get(entity.name)
        if known is None:
            program = Program()
            name = program.found(self._document.record(entity, self._nodes))
            known = self._finds[entity.name] = program.compiled(name)
        return known


class Carrying:
    """What is selected of a value of some type, the records it carries included."""

    def __init__(
        self,
        document: Document,
        answered: GraphQLOutputType,
        nodes: Sequence[FieldNode],
        place: str = "",
    ) -> None:
        place = place or f"{document.root.name}.{nodes[0].name.value}"
        places: list[tuple[str, Sequence[FieldNode]]] = []
        walker = Walker(document.schema, document.collected, places)
        self._walk = walker.of(answered, nodes, place)
        self._records = [Records(document, own) for _, own in places]
        for records, (kind, _) in zip(self._records, places, strict=True):
            if kind in REGISTRY:
                records.find(REGISTRY[kind])

    async def answered(self, run: Run | None, value: Any) -> Any:
        """What is answered of the value; without a viewer its records are null."""
        (only,) = await self.all(run, [value])
        return only

    async def all(self, run: Run | None, values: Sequence[Any]) -> list[Any]:
        """The same for several values, their records read together."""
        pointers = list(_pointers(values)) if self._records else []
        if pointers:
            # The first walk only notes which records are asked for, and where.
            for value in values:
                self._walk(value)
            await self._read(run, pointers)
        return [self._walk(value) for value in values]

    async def _read(self, run: Run | None, pointers: list[Pointer]) -> None:
        for place, records in enumerate(self._records):
            asked = [pointer for pointer in pointers if place in pointer.answered]
            wanted = [(pointer.entity, pointer.id) for pointer in asked]
            found = await records.found(run, wanted) if run else [None] * len(asked)
            for pointer, record in zip(asked, found, strict=True):
                pointer.answered[place] = record


def _pointers(value: Any) -> Iterator[Pointer]:
    if isinstance(value, Pointer):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _pointers(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _pointers(one)
