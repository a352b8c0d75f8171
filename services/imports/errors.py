"""The error file of an import and the template of one, as CSV."""

import csv
import io
from collections.abc import AsyncIterator

import sqlalchemy as sa

from auth.actor import Actor
from auth.custom_fields import Fields
from auth.policy import visible
from core.db import Database
from models import metadata
from models.registry import REGISTRY
from services.imports.mapping import importable

TEMPLATE = "contact-import-template"
TITLES = ("Row", "Column", "Reason")
_PAGE = 1_000
_ERROR = metadata.tables["import_row_error"]


def template(own: Fields) -> str:
    """The header of a file that needs no mapping by hand, with the workspace's own fields."""
    return _line([one.label for one in importable(own).values()])


async def header(database: Database, actor: Actor, import_id: str) -> str | None:
    """The first line of an import's error file; None when the actor does not see the import."""
    entity = REGISTRY["Import"]
    table = entity.table
    statement = sa.select(table.c.columns).where(
        visible(entity, actor, table),
        table.c.id == sa.bindparam("id", import_id, type_=table.c.id.type),
    )
    found = await database.fetch(actor.workspace_id, statement, actor.bound)
    if not found:
        return None
    return _line([*TITLES, *(column["header"] for column in found[0]["columns"])])


async def lines(database: Database, actor: Actor, import_id: str) -> AsyncIterator[str]:
    """The rows that were not brought in: number, column, reason and the cells as they were."""
    last = 0
    while True:
        statement = (
            sa.select(_ERROR.c.row, _ERROR.c.column, _ERROR.c.reason, _ERROR.c.cells)
            .where(
                _ERROR.c.workspace_id == actor.workspace_id,
                _ERROR.c.import_id == sa.bindparam("id", import_id, type_=_ERROR.c.import_id.type),
                _ERROR.c.row > sa.bindparam("last", last),
            )
            .order_by(_ERROR.c.row)
            .limit(_PAGE)
        )
        found = await database.fetch(actor.workspace_id, statement)
        if not found:
            return
        yield "".join(
            _line([str(one["row"]), one["column"] or "", one["reason"], *one["cells"]])
            for one in found
        )
        last = found[-1]["row"]


def _line(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()
