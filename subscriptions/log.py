"""The event log as feeds read it: by position, a page at a time."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from auth.heads import Head, Heads
from core.db import Database
from core.sql import render
from models import metadata
from models.base import Uuid

MOST = 5_000
"""Events that are told one by one; who is further behind reads the snapshot again."""

_EVENT = metadata.tables["event"]
_BETWEEN = render(
    sa.select(
        *(
            _EVENT.c[name]
            for name in (
                "position",
                "at",
                "type",
                "entity",
                "record_id",
                "actor_kind",
                "actor_id",
                "operation_id",
                "act",
                "import_id",
                "changes",
                "data",
            )
        )
    )
    .where(
        _EVENT.c.workspace_id == sa.bindparam("workspace", None, type_=Uuid),
        _EVENT.c.position > sa.bindparam("since", None, type_=sa.BigInteger),
        _EVENT.c.position <= sa.bindparam("to", None, type_=sa.BigInteger),
    )
    .order_by(_EVENT.c.position)
)

_SIGHT = ("team", "team_member", "workspace")
"""What decides, besides their own role, which records people see and in which currency."""

_RESIGHTED = render(
    sa.select(
        sa.exists().where(
            _EVENT.c.workspace_id == sa.bindparam("workspace", None, type_=Uuid),
            _EVENT.c.position > sa.bindparam("since", None, type_=sa.BigInteger),
            sa.or_(
                _EVENT.c.entity.in_(_SIGHT),
                sa.and_(
                    _EVENT.c.type == "user.role_changed",
                    _EVENT.c.record_id == sa.bindparam("user", None, type_=Uuid),
                ),
            ),
        )
    )
)


async def resighted(database: Database, workspace: str, user_id: str, since: int) -> bool:
    """Whether a user may see other records by now than at a position."""
    values = {"workspace": workspace, "since": since, "user": user_id}
    rows = await database.fetch(workspace, _RESIGHTED, values)
    return bool(rows[0][0])


async def between(
    database: Database, workspace: str, since: int, to: int
) -> Sequence[Mapping[str, Any]]:
    """The events behind one position up to another; fewer than that where the log was cut."""
    values = {"workspace": workspace, "since": since, "to": to}
    return await database.fetch(workspace, _BETWEEN, values)


class Watch:
    """Reads where the logs of many workspaces stand, in one statement."""

    def __init__(self, database: Database, heads: Heads) -> None:
        self._database = database
        wanted = sa.bindparam("workspaces", None, type_=sa.ARRAY(Uuid))
        self._statement = render(
            sa.select(heads.table.c.workspace_id, *heads.columns).where(
                heads.table.c.workspace_id == sa.any_(wanted)
            )
        )

    async def heads(self, workspaces: Sequence[str]) -> dict[str, Head]:
        """The head of each."""
        values = {"workspaces": list(workspaces)}
        rows = await self._database.fetch_outside(self._statement, values)
        return {row[0]: Heads.of(row) for row in rows}
