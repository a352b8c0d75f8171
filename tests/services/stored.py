"""The rows of a workspace as they are stored, to hold one moment against another."""

import json
from decimal import Decimal
from typing import Any

import asyncpg

from services.undo import tables


async def rows(url: str, workspace: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Every row that undo reaches, by its table and key."""
    owner = await asyncpg.connect(url)
    await owner.execute("SELECT set_config('app.workspace', $1, false)", workspace)
    found = {}
    for table in tables.remembered():
        keys = [column.name for column in table.primary_key]
        text = f'SELECT to_jsonb(t)::text AS r FROM "{table.name}" AS t WHERE workspace_id = $1'
        for row in await owner.fetch(text, workspace):
            values = _decoded(row["r"])
            found[table.name, ":".join(str(values[key]) for key in keys)] = values
    await owner.close()
    return found


def _decoded(text: str) -> dict[str, Any]:
    values = json.loads(text, parse_float=Decimal)
    return {name: one for name, one in values.items() if name not in {"version", "updated_at"}}


def lasting(found: dict[Any, Any], before: dict[Any, Any]) -> dict[Any, Any]:
    """Without what was created meanwhile and lies in the trash with all that is part of it."""
    trash = {
        (table, row["id"])
        for (table, key), row in found.items()
        if row.get("deleted_at") and (table, key) not in before
    }
    return {
        (table, key): row
        for (table, key), row in found.items()
        if (table, row.get("id")) not in trash
        and not any(
            one.cascades and one.table.name == table and (one.target, row[one.column]) in trash
            for one in tables.references()
        )
    }
