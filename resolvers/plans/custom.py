"""Custom fields in a plan: read with their row; the records they lead to once a level."""

from collections.abc import Mapping
from typing import Any

from models.registry import REGISTRY, Entity
from resolvers.plans.assembly import WRITTEN, Level
from resolvers.plans.selection import Custom
from resolvers.plans.sql import Path, Run
from resolvers.plans.values import Carrying
from services.custom_values import shown


class CustomValues:
    """What is selected of the custom fields of a level's records."""

    def __init__(self, entity: Entity, part: Custom) -> None:
        self._table = entity.table.name
        self._arguments = part.arguments
        place = f"{entity.name}.{part.nodes[0].name.value}"
        self._carrying = Carrying(part.document, part.declared.type, part.nodes, place)

    async def answered(self, run: Run, rows: Mapping[str, Any]) -> dict[str, Any]:
        """The values of records, by their ids."""
        fields = run.reading.actor.custom.of(self._table)
        keys = self._arguments.of(run.variables).get("keys")
        values = [shown(fields, custom, keys) for custom in rows.values()]
        return dict(zip(rows, await self._carrying.all(run, values), strict=True))


def _written(level: Level, part: Custom, path: Path) -> str:
    entity = REGISTRY[level.shape.joins[path].target] if path else level.shape.entity
    key, custom = level.shape.at(path, entity.key), level.shape.at(path, "custom")
    made = level.program.keep("CUSTOM", CustomValues(entity, part))
    values = level.program.named("custom")
    level.before.append(
        f"    {values} = await {made}.answered("
        f"run, {{r[{key}]: r[{custom}] for r in rows if r[{key}] is not None}})"
    )
    return f"{values}[r[{key}]]"


WRITTEN[Custom] = _written
