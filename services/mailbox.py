"""The mailbox of a development server: what it would have mailed, of all its workspaces."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from core.db import Database
from models import metadata
from models.base import Uuid
from services import links
from services.documents.storing import DOCUMENT, KINDS
from services.outbox import MAIL
from services.rules import letters

MOST = 100
_MOST_WORKSPACES = 500
_HEAD = metadata.tables["event_head"]
_WORKSPACE = metadata.tables["workspace"]


async def latest(database: Database, workspace: str | None = None) -> list[dict[str, Any]]:
    """The latest mails, of one workspace or all, newest first, as who gets them reads them."""
    workspaces = [workspace] if workspace else await _workspaces(database)
    found: list[Any] = []
    for one in workspaces:
        found += await _of(database, one)
    newest = sorted(found, key=lambda mail: mail["created_at"], reverse=True)[:MOST]
    return [dict(mail) | {"text": links.filled(mail)} for mail in newest]


async def read(database: Database, workspace: str, mail_id: str) -> dict[str, Any] | None:
    """A mail with its HTML and the PDF that goes with it."""
    for mail in await _of(database, workspace, MAIL.c.id == sa.literal(mail_id, Uuid)):
        text = links.filled(mail)
        return dict(mail) | {"text": text, "html": mail["html"] or letters.html(text)}
    return None


async def _workspaces(database: Database) -> list[str]:
    rows = await database.fetch_outside(
        sa.select(_HEAD.c.workspace_id)
        .order_by(_HEAD.c.workspace_id.desc())
        .limit(_MOST_WORKSPACES)
    )
    return [row["workspace_id"] for row in rows]


async def _of(
    database: Database, workspace: str, *conditions: sa.ColumnElement[bool]
) -> Sequence[Any]:
    attached = sa.and_(
        DOCUMENT.c.workspace_id == MAIL.c.workspace_id, DOCUMENT.c.id == MAIL.c.document_id
    )
    number = sa.func.coalesce(*(_number(kind) for kind in KINDS))
    return await database.fetch(
        workspace,
        sa.select(
            MAIL,
            _WORKSPACE.c.name.label("workspace_name"),
            DOCUMENT.c.sha256,
            DOCUMENT.c.size,
            number.label("number"),
        )
        .join(_WORKSPACE, _WORKSPACE.c.workspace_id == MAIL.c.workspace_id)
        .outerjoin(DOCUMENT, attached)
        .where(MAIL.c.workspace_id == sa.literal(workspace, Uuid), *conditions)
        .order_by(MAIL.c.created_at.desc())
        .limit(MOST),
    )


def _number(kind: str) -> Any:
    table = metadata.tables[kind]
    return (
        sa.select(table.c.number)
        .where(table.c.workspace_id == MAIL.c.workspace_id, table.c.id == MAIL.c[f"{kind}_id"])
        .scalar_subquery()
    )
