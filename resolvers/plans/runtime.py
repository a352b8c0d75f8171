"""What generated plans call by name."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from ulid_transform import bytes_to_ulid

from models.registry import Batch
from resolvers.listing import page_size, place_in_log
from resolvers.plans.selection import Paged
from resolvers.plans.sql import Run
from resolvers.plans.walks import Walk

Fill = Callable[[Run, dict[Any, dict[str, Any]]], Awaitable[None]]
"""What a plan makes of a list: it fills the connection of each parent."""


def distinct(rows: Sequence[Any], at: int) -> list[Any]:
    """The values of a column, each once and none null."""
    found = dict.fromkeys([row[at] for row in rows])
    found.pop(None, None)
    return list(found)


def empty(parents: Iterable[Any]) -> dict[Any, dict[str, Any]]:
    """A connection for each parent, to be filled."""
    return {parent: {} for parent in parents}


async def filled(fill: Fill, run: Run, parents: Iterable[Any]) -> dict[Any, dict[str, Any]]:
    """The connections of some parents."""
    connections = empty(parents)
    await fill(run, connections)
    return connections


async def computed(
    run: Run, batch: Batch, walk: Walk, columns: Sequence[str], rows: Mapping[str, Sequence[Any]]
) -> dict[str, Any]:
    """A computed field of a level's records, by their ids."""
    if not rows:
        return {}
    records = [dict(zip(columns, row, strict=True)) for row in rows.values()]
    values = await batch(run.reading, records)
    return {key: walk(value) for key, value in zip(rows, values, strict=True)}


async def pages_of_log(run: Run, page: Paged, rows: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """The pages of what happened to a level's records, by their ids."""
    if not rows:
        return {}
    arguments = page.arguments.of(run.variables)
    size, before = page_size(arguments.get("first")), place_in_log(arguments.get("after"))
    columns = [column.name for column in page.entity.table.c]
    records = [dict(zip(columns, row, strict=True)) for row in rows.values()]
    batch = page.field.batch
    assert batch is not None  # noqa: S101 - `computed()` requires it
    values = await batch(run.reading, page.entity, records, size, before)
    return dict(zip(rows, await page.carrying.answered(run, values), strict=True))


NAMES: Mapping[str, Any] = {
    "computed": computed,
    "distinct": distinct,
    "empty": empty,
    "filled": filled,
    "pages_of_log": pages_of_log,
    "ulid": bytes_to_ulid,
}
