"""Computed values that carry records, in a plan: the records are read once a level."""

from collections.abc import Mapping, Sequence
from typing import Any

from resolvers.plans.assembly import WRITTEN, Level
from resolvers.plans.selection import Carried
from resolvers.plans.sql import Path, Run
from resolvers.plans.values import Carrying


class CarriedValues:
    """What is selected of a computed field of a level's records."""

    def __init__(self, part: Carried, columns: Sequence[str]) -> None:
        assert part.field.batch is not None  # noqa: S101 - `computed()` requires it
        self._batch = part.field.batch
        self._columns = columns
        place = f"{part.entity.name}.{part.nodes[0].name.value}"
        self._carrying = Carrying(part.document, part.declared.type, part.nodes, place)

    async def answered(self, run: Run, rows: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
        """The values of records, by their ids."""
        if not rows:
            return {}
        records = [dict(zip(self._columns, row, strict=True)) for row in rows.values()]
        values = await self._batch(run.reading, records)
        return dict(zip(rows, await self._carrying.all(run, values), strict=True))


def _written(level: Level, part: Carried, path: Path) -> str:
    key = level.shape.at(path, part.entity.key)
    needed, columns = level.needed(part.entity, part.field, path)
    made = level.program.keep("CARRIED", CarriedValues(part, columns))
    values = level.program.named(part.field.name)
    level.before.append(
        f"    {values} = await {made}.answered("
        f"run, {{r[{key}]: ({needed}) for r in rows if r[{key}] is not None}})"
    )
    return f"{values}[r[{key}]]"


WRITTEN[Carried] = _written
