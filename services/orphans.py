"""Orphans: uploads nobody used, files and PDFs nothing needs any more, bytes without a row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from auth.actor import ActorKind
from core.db import Database
from core.events import Author
from core.files import Files
from core.writes import Transaction, transaction
from models import metadata
from models.base import Uuid, uuids
from models.enums import ImportStatus
from services import sweeps, uploads
from services.documents import storing

FILE_DAYS = 30
"""How long a file that no record has is kept: as long as an act can be undone."""
UPLOAD_HOURS = 24
_BATCH = 500
_FILE, _PLACE = metadata.tables["file"], metadata.tables["file_attachment"]
_USER, _WORKSPACE = metadata.tables["user"], metadata.tables["workspace"]
_UPLOAD, _IMPORT = metadata.tables["upload"], metadata.tables["import"]
_CONTRACT, _HEAD = metadata.tables["contract"], metadata.tables["event_head"]


_DOCUMENT, _MAIL = metadata.tables["document"], metadata.tables["mail"]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """How much was deleted for good."""

    files: int = 0
    uploads: int = 0
    leftovers: int = 0
    documents: int = 0

    def __add__(self, other: "Cleaned") -> "Cleaned":
        """Both together."""
        return Cleaned(
            self.files + other.files,
            self.uploads + other.uploads,
            self.leftovers + other.leftovers,
            self.documents + other.documents,
        )


async def clean(database: Database, store: Files, now: datetime) -> Cleaned:
    """Delete the orphans of every workspace."""
    found = await database.fetch_outside(sa.select(_HEAD.c.workspace_id))
    total = Cleaned()
    for row in found:
        total += await clean_workspace(database, store, row["workspace_id"], now)
    return total


async def clean_workspace(
    database: Database, store: Files, workspace: str, now: datetime
) -> Cleaned:
    """Delete the orphans of a workspace; may run beside acts that use files, and beside itself."""
    gone, unused, replaced = [], [], []
    if await database.fetch(workspace, _ASKED, {"actor_workspace": workspace, "now": now}):
        gone = await _in_batches(database, workspace, now, _delete_files)
        unused = await _in_batches(database, workspace, now, _delete_uploads)
        for one in unused:
            await store.delete(uploads.key(workspace, one))
        replaced = await _in_batches(database, workspace, now, _delete_documents)
    leftovers = await _delete_leftovers(database, store, workspace, now)
    leftovers += await _delete_papers(database, store, workspace, now)
    return Cleaned(len(gone), len(unused), leftovers, len(replaced))


async def _in_batches(database: Database, workspace: str, now: datetime, delete: Any) -> list[str]:
    """Delete in short transactions until nothing is left; the ids of what is gone."""
    gone: list[str] = []
    while True:
        async with transaction(
            database,
            workspace=workspace,
            author=Author(ActorKind.SYSTEM, None),
            now=now,
            request_id="orphans",
        ) as act:
            batch = await delete(act)
        gone += batch
        if len(batch) < _BATCH:
            return gone


async def _delete_files(act: Transaction) -> list[str]:
    kept = await _locked(act, _FILE, *_old_files(act.now))
    # Asked again under the lock: nobody can attach them now, but somebody may have just before.
    where = sa.and_(_FILE.c.id == sa.any_(uuids(kept)), _unneeded())
    return [row["id"] for row in await act.delete(_FILE, where)]


async def _delete_uploads(act: Transaction) -> list[str]:
    kept = await _locked(act, _UPLOAD, *_old_uploads(act.now))
    where = sa.and_(_UPLOAD.c.id == sa.any_(uuids(kept)), _unused(act.now))
    return [row["id"] for row in await act.delete(_UPLOAD, where)]


async def _delete_documents(act: Transaction) -> list[str]:
    kept = await _locked(act, _DOCUMENT, *_old_documents(act.now))
    where = sa.and_(_DOCUMENT.c.id == sa.any_(uuids(kept)), sa.not_(_mailed()))
    return [row["id"] for row in await act.delete(_DOCUMENT, where)]


async def _locked(act: Transaction, table: sa.Table, *conditions: Any) -> Sequence[str]:
    """Rows that are taken out of others' hands; those that somebody holds are left for later."""
    statement = (
        sa.select(table.c.id)
        .where(table.c.workspace_id == act.workspace, *conditions)
        .order_by(table.c.id)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    )
    return [row["id"] for row in await act.fetch(statement)]


def _old_files(now: datetime | None = None) -> tuple[sa.ColumnElement[bool], ...]:
    """Files that nothing has needed for long."""
    return (_FILE.c.updated_at < sweeps.before(timedelta(days=FILE_DAYS), now), _unneeded())


def _old_uploads(now: datetime | None = None) -> tuple[sa.ColumnElement[bool], ...]:
    """Uploads that nobody used in time."""
    return (_UPLOAD.c.created_at < sweeps.before(timedelta(hours=UPLOAD_HOURS), now), _unused(now))


def _old_documents(now: datetime | None = None) -> tuple[sa.ColumnElement[bool], ...]:
    """PDFs of what a record was long ago, unless a mail went out with them."""
    later = _DOCUMENT.alias("later")
    same = (later.c[f"{kind}_id"] == _DOCUMENT.c[f"{kind}_id"] for kind in storing.KINDS)
    replaced = sa.exists().where(
        later.c.workspace_id == _DOCUMENT.c.workspace_id,
        sa.or_(*same),
        later.c.rendered_at > _DOCUMENT.c.rendered_at,
    )
    old = _DOCUMENT.c.rendered_at < sweeps.before(timedelta(days=FILE_DAYS), now)
    return (old, replaced, sa.not_(_mailed()))


def _mailed() -> sa.ColumnElement[bool]:
    return sa.exists().where(
        _MAIL.c.workspace_id == _DOCUMENT.c.workspace_id, _MAIL.c.document_id == _DOCUMENT.c.id
    )


def _unneeded() -> sa.ColumnElement[bool]:
    """Files that no record has, and that are nobody's photo, no logo and no signed copy."""
    used = (
        sa.exists().where(column.table.c.workspace_id == _FILE.c.workspace_id, column == _FILE.c.id)
        for column in (
            _PLACE.c.file_id,
            _USER.c.avatar_file_id,
            _WORKSPACE.c.logo_file_id,
            _CONTRACT.c.signed_file_id,
        )
    )
    return sa.not_(sa.or_(*used))


def _unused(now: datetime | None) -> sa.ColumnElement[bool]:
    """Uploads that are no file, and whose import, if there is one, ended long ago."""
    file = sa.exists().where(
        _FILE.c.workspace_id == _UPLOAD.c.workspace_id, _FILE.c.upload_id == _UPLOAD.c.id
    )
    recently = _IMPORT.c.finished_at >= sweeps.before(timedelta(days=FILE_DAYS), now)
    ended = _IMPORT.c.status.in_([ImportStatus.COMPLETED, ImportStatus.FAILED])
    importing = sa.exists().where(
        _IMPORT.c.workspace_id == _UPLOAD.c.workspace_id,
        _IMPORT.c.upload_id == _UPLOAD.c.id,
        sa.or_(sa.not_(ended), recently),
    )
    return sa.not_(sa.or_(file, importing))


_ASKED = sweeps.question(
    sweeps.rows(_FILE, *_old_files()),
    sweeps.rows(_UPLOAD, *_old_uploads()),
    sweeps.rows(_DOCUMENT, *_old_documents()),
)
"""Whether a workspace has rows that have to go."""


async def _delete_leftovers(database: Database, store: Files, workspace: str, now: datetime) -> int:
    """Delete bytes that no upload tells of: of a crash between two steps, or of a slow second."""
    count = 0
    async for found in store.keys(uploads.key(workspace, "")):
        # An upload is there before its bytes are, and its id is never used again.
        names = {key: key.rpartition("/")[2].partition(".") for key, _ in found}
        wanted = sa.bindparam("ids", [name[0] for name in names.values()], type_=sa.ARRAY(sa.Text))
        rows = await database.fetch(
            workspace,
            sa.select(_UPLOAD.c.id).where(
                _UPLOAD.c.workspace_id == sa.bindparam("workspace", workspace, type_=Uuid),
                sa.cast(_UPLOAD.c.id, sa.Text) == sa.any_(wanted),
            ),
        )
        known = {row["id"] for row in rows}
        late = now - timedelta(hours=UPLOAD_HOURS)
        for key, written in found:
            upload, _, part = names[key]
            if upload not in known or (part and written < late):
                await store.delete(key)
                count += 1
    return count


async def _delete_papers(database: Database, store: Files, workspace: str, now: datetime) -> int:
    """Delete the bytes of PDFs that no row tells of: of those that went, or of a crash."""
    count = 0
    async for found in store.keys(storing.key(workspace, "").removesuffix(".pdf")):
        hashes = {key: key.rpartition("/")[2].removesuffix(".pdf") for key, _ in found}
        wanted = sa.bindparam("hashes", list(hashes.values()), type_=sa.ARRAY(sa.Text))
        rows = await database.fetch(
            workspace,
            sa.select(_DOCUMENT.c.sha256).where(
                _DOCUMENT.c.workspace_id == sa.bindparam("workspace", workspace, type_=Uuid),
                _DOCUMENT.c.sha256 == sa.any_(wanted),
            ),
        )
        known = {row["sha256"] for row in rows}
        # Bytes are there before their row is.
        late = now - timedelta(hours=UPLOAD_HOURS)
        for key, written in found:
            if hashes[key] not in known and written < late:
                await store.delete(key)
                count += 1
    return count
