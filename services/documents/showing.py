"""PDFs as they are shown: beside their record, and by a link to who sees it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from auth.actor import Actor
from auth.links import signed
from auth.policy import visible
from core.db import Database
from core.ids import encode
from core.settings import from_environment
from models import metadata
from models.base import Uuid
from models.registry import REGISTRY
from models.sale_enums import Rendering
from services.documents.storing import DOCUMENT, FAILURE, KINDS

PREFIX = "doc"

Pdfs = Callable[[Any, Sequence[Any]], Awaitable[list[dict[str, Any]]]]


def pdfs(kind: str) -> Pdfs:
    """The PDFs of records of a table: the latest each has, and how far the next one is."""

    async def batch(reading: Any, rows: Sequence[Any]) -> list[dict[str, Any]]:
        ids = sa.bindparam(None, [row["id"] for row in rows], type_=sa.ARRAY(Uuid))
        found = await reading.fetch(_latest(kind, reading.actor.workspace_id, ids))
        known = {row["record_id"]: row for row in found}
        return [_shown(reading, row, known[row["id"]]) for row in rows]

    return batch


@dataclass(frozen=True, slots=True)
class Served:
    """A PDF that may be sent to who asked for it."""

    name: str
    size: int
    sha256: str


async def served(database: Database, actor: Actor, document_id: str) -> Served | None:
    """What is sent of a PDF; None when the actor does not see what it shows."""
    for kind in KINDS:
        entity = REGISTRY.of_table(kind)
        table = entity.table
        statement = (
            sa.select(table.c.number, DOCUMENT.c.size, DOCUMENT.c.sha256)
            .join(
                DOCUMENT,
                sa.and_(
                    DOCUMENT.c.workspace_id == table.c.workspace_id,
                    DOCUMENT.c[f"{kind}_id"] == table.c.id,
                ),
            )
            .where(
                visible(entity, actor, table),
                DOCUMENT.c.id == sa.bindparam("document", document_id, type_=Uuid),
            )
        )
        found = await database.fetch(actor.workspace_id, statement, actor.bound)
        if found:
            return Served(f"{found[0]['number']}.pdf", found[0]["size"], found[0]["sha256"])
    return None


async def latest(database: Database, workspace: str, kind: str, record_id: str) -> Any:
    """The latest PDF of a record, with the version it shows; None where there is none."""
    ids = sa.bindparam(None, [record_id], type_=sa.ARRAY(Uuid))
    (found,) = await database.fetch(workspace, _latest(kind, workspace, ids))
    return found if found["id"] is not None else None


def _latest(kind: str, workspace: str, ids: sa.BindParameter[Any]) -> sa.Select[Any]:
    """For each record its latest PDF, and why a later one could not be made."""
    wanted = sa.func.unnest(ids).table_valued("record_id", name="wanted").render_derived()
    own = metadata.tables["document"].alias("latest")
    last = (
        sa.select(own)
        .where(
            own.c.workspace_id == sa.literal(workspace, Uuid),
            own.c[f"{kind}_id"] == wanted.c.record_id,
        )
        .order_by(own.c.record_version.desc(), own.c.rendered_at.desc())
        .limit(1)
        .lateral("last")
    )
    failure = sa.and_(
        FAILURE.c.workspace_id == sa.literal(workspace, Uuid),
        FAILURE.c.record_id == wanted.c.record_id,
    )
    return sa.select(
        sa.cast(wanted.c.record_id, Uuid).label("record_id"),
        *(last.c[one] for one in ("id", "record_version", "sha256", "size", "pages")),
        last.c.rendered_at,
        FAILURE.c.record_version.label("failed_version"),
        FAILURE.c.error,
    ).select_from(wanted.outerjoin(last, sa.true()).outerjoin(FAILURE, failure))


def _shown(reading: Any, record: Mapping[str, Any], found: Any) -> dict[str, Any]:
    current = found["id"] is not None and found["record_version"] >= record["version"]
    failed = found["failed_version"] is not None and found["failed_version"] >= record["version"]
    state = Rendering.READY if current else Rendering.FAILED if failed else Rendering.PENDING
    return {
        "state": state,
        "url": _url(reading, found["id"]) if found["id"] else None,
        "sha256": found["sha256"],
        "size": found["size"],
        "pages": found["pages"],
        "rendered_at": found["rendered_at"],
        "error": found["error"] if state is Rendering.FAILED else None,
    }


def _url(reading: Any, document_id: str) -> str:
    key = signed(reading.actor, document_id, reading.now)
    return f"{from_environment().base_url}/documents/{encode(PREFIX, document_id)}.pdf?key={key}"
