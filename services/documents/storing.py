"""PDFs as they are kept: their rows, and their bytes in the file store."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core.files import Files
from core.ids import new_id
from core.writes import Transaction
from models import metadata

KINDS = ("quote", "contract", "invoice")
"""The tables whose records are printed."""
DOCUMENT = metadata.tables["document"]
FAILURE = metadata.tables["render_failure"]
_LONGEST_ERROR = 500


def key(workspace: str, sha256: str) -> str:
    """Where the bytes of a PDF lie in the file store."""
    return f"{workspace}/documents/{sha256}.pdf"


async def content(files: Files, workspace: str, sha256: str) -> bytes:
    """The bytes of a PDF."""
    found = await files.get(key(workspace, sha256))
    if found is None:
        message = f"the PDF {sha256} is not in the file store"
        raise FileNotFoundError(message)
    return found


async def known(act: Transaction, kind: str, record_id: str, fingerprint: str) -> Any:
    """The PDF that shows just this, if it was printed before."""
    rows = await act.fetch(
        sa.select(DOCUMENT).where(
            DOCUMENT.c.workspace_id == act.workspace,
            DOCUMENT.c[f"{kind}_id"] == record_id,
            DOCUMENT.c.fingerprint == fingerprint,
        )
    )
    return rows[0] if rows else None


async def keep(
    act: Transaction,
    kind: str,
    record_id: str,
    *,
    version: int,
    fingerprint: str,
    sha256: str,
    size: int,
    pages: int,
) -> Any:
    """Remember a PDF as what a version of a record looks like."""
    facts: dict[str, Any] = {"record_version": version, "rendered_at": act.now}
    values = facts | {
        "workspace_id": act.workspace,
        "id": new_id(),
        f"{kind}_id": record_id,
        "fingerprint": fingerprint,
        "sha256": sha256,
        "size": size,
        "pages": pages,
    }
    keeping = insert(DOCUMENT).values(values)
    kept = keeping.on_conflict_do_update(
        constraint=f"document_{kind}_taken",
        set_=facts
        | {"record_version": sa.func.greatest(DOCUMENT.c.record_version, sa.literal(version))},
    )
    (row,) = await act.fetch(kept.returning(*DOCUMENT.c))
    await act.fetch(
        sa.delete(FAILURE)
        .where(FAILURE.c.workspace_id == act.workspace, FAILURE.c.record_id == record_id)
        .returning(FAILURE.c.record_id)
    )
    return row


async def failed(act: Transaction, record_id: str, version: int, error: str) -> None:
    """Remember why a record could not be printed."""
    values = {"record_version": version, "error": error[:_LONGEST_ERROR], "at": act.now}
    failing = insert(FAILURE).values(
        values | {"workspace_id": act.workspace, "record_id": record_id}
    )
    await act.fetch(
        failing.on_conflict_do_update(
            index_elements=["workspace_id", "record_id"], set_=values
        ).returning(FAILURE.c.record_id)
    )
