"""Records met on the way, whose kind is known when the plan runs, by their ids."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from graphql import FieldNode

from models.registry import REGISTRY, Entity
from resolvers.plans.assembly import Program
from resolvers.plans.selection import Document
from resolvers.plans.sql import Run

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
            name: await self._find(REGISTRY[name])(run, list(dict.fromkeys(own)))
            for name, own in by_kind.items()
        }
        return [found[entity.name].get(record_id) for entity, record_id in wanted]

    def _find(self, entity: Entity) -> Find:
        known = self._finds.get(entity.name)
        if known is None:
            program = Program()
            name = program.found(self._document.record(entity, self._nodes))
            known = self._finds[entity.name] = program.compiled(name)
        return known
