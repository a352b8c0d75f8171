"""Files: kept from uploads, attached to records, shown to who sees one of those."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from auth.actor import Actor
from auth.context import Context, as_row
from auth.links import signed
from auth.policy import WORKSPACE, in_reach
from auth.roles import Category, Level
from core.codes import UserErrorCode
from core.db import Database
from core.errors import Path, UserError, not_found
from core.ids import encode, new_id
from core.settings import from_environment
from core.sql import Remembered
from models import metadata
from models.base import Uuid
from models.files import File
from models.registry import REGISTRY
from services import records, uploads
from services.rules.files import LONGEST_NAME, Use, cleaned_name, objection

PREFIX = "file"

About = tuple[str, str]
"""A core record: the table it lies in, and its id."""

_FILE, _PLACE = metadata.tables["file"], metadata.tables["file_attachment"]
_USER, _WORKSPACE = metadata.tables["user"], metadata.tables["workspace"]
_CONTRACT = metadata.tables["contract"]
_SERVED = Remembered()


async def attach_upload(
    ctx: Context, about: About, upload_id: str, name: str | None = None
) -> File:
    """Keep an upload as a file beside a record; the same upload again is the same file."""
    await _writable(ctx, about)
    file = await _kept(ctx, upload_id, Use.ATTACHMENT, ("uploadId",), name)
    return await _place(ctx, file, about)


async def attach_signed(ctx: Context, about: About, upload_id: str) -> File:
    """Keep an upload as the signed copy of a record that the caller may change."""
    file = await _kept(ctx, upload_id, Use.SIGNED, ("uploadId",))
    return await _place(ctx, file, about)


async def kept_upload(ctx: Context, upload_id: str, path: Path) -> File:
    """Keep an upload as a file that is beside no record yet."""
    return await _kept(ctx, upload_id, Use.ATTACHMENT, path)


async def place(ctx: Context, file_id: str, about: About) -> None:
    """Let a file that was just made lie beside a record."""
    (row,) = await ctx.act.fetch(
        sa.select(_FILE).where(_FILE.c.workspace_id == ctx.workspace_id, _FILE.c.id == file_id)
    )
    await _place(ctx, as_row(File, row), about)


async def attach_file(ctx: Context, about: About, file_id: str) -> File:
    """Attach a file that is beside another record to this one too."""
    await _writable(ctx, about)
    file = await ctx.get(File, file_id, path=("fileId",), lock=True)
    return await _place(ctx, file, about)


async def detach(ctx: Context, about: About, file_id: str) -> File:
    """Take a file from beside a record; beside others it stays."""
    await _writable(ctx, about)
    file = await ctx.get(File, file_id, path=("fileId",), lock=True)
    gone = await ctx.act.fetch(
        sa.delete(_PLACE)
        .where(
            _PLACE.c.workspace_id == ctx.workspace_id,
            _PLACE.c.record_id == sa.literal(about[1], Uuid),
            _PLACE.c.file_id == sa.literal(file_id, Uuid),
        )
        .returning(_PLACE.c.file_id)
    )
    if not gone:
        raise not_found(("fileId",))
    return await _moved(ctx, file, "detached", about)


async def rename(
    ctx: Context, file_id: str, name: str, *, expected_version: int | None = None
) -> File:
    """Give a file another name."""
    file = await _changeable(ctx, file_id, expected_version)
    values = {"name": _name(name)}
    if values["name"] == file.name:
        return file
    return as_row(File, (await ctx.act.update(_FILE, _FILE.c.id == file_id, values))[0])


async def delete(ctx: Context, file_id: str, *, expected_version: int | None = None) -> File:
    """Delete a file from all records; it can be restored for 30 days."""
    file = await _changeable(ctx, file_id, expected_version)
    shown = _shown_to_all(sa.literal(file_id, Uuid), sa.literal(ctx.workspace_id, Uuid))
    copy = sa.exists().where(
        _CONTRACT.c.workspace_id == ctx.workspace_id, _CONTRACT.c.signed_file_id == file_id
    )
    if (await ctx.act.fetch(sa.select(sa.or_(shown, copy))))[0][0]:
        message = "It is a photo, the logo or the signed copy of a contract: change that first."
        raise UserError(UserErrorCode.IN_USE, message, ("id",))
    values = {"deleted_at": ctx.now}
    await ctx.act.update(_FILE, _FILE.c.id == file_id, values, event="deleted")
    return file


async def restore(ctx: Context, file_id: str) -> File:
    """Bring a deleted file back beside the records it was attached to."""
    file = await ctx.get(File, file_id, lock=True, deleted=True)
    await _require_changeable(ctx, file)
    values = {"deleted_at": None}
    rows = await ctx.act.update(_FILE, _FILE.c.id == file_id, values, event="restored")
    return as_row(File, rows[0])


async def take_image(ctx: Context, upload_id: str, use: Use, path: Path) -> str:
    """Keep an upload as an image of a use; the file's id."""
    return (await _kept(ctx, upload_id, use, path)).id


async def replaced(
    ctx: Context, old: str | None, upload_id: str | None, use: Use, path: Path
) -> str | None:
    """The file of the image that takes the place of another; without an upload there is none.

    The old one can come back by an undo: if nothing else needs it, it goes in 30 days.
    """
    new = await take_image(ctx, upload_id, use, path) if upload_id else None
    if old and old != new:
        await ctx.act.update(_FILE, _FILE.c.id == old, {}, event="released")
    return new


async def image_urls(reading: Any, ids: Sequence[str | None]) -> list[str | None]:
    """Where images lie, signed for the viewer; None where there is none."""
    return [url(reading, one) if one else None for one in ids]


async def urls(reading: Any, rows: Sequence[Any]) -> list[str]:
    """Where files lie, signed for the viewer."""
    return [url(reading, row["id"]) for row in rows]


def url(reading: Any, file_id: str) -> str:
    """Where a file lies, signed for the viewer."""
    key = signed(reading.actor, file_id, reading.now)
    return f"{from_environment().base_url}/files/{encode(PREFIX, file_id)}?key={key}"


@dataclass(frozen=True, slots=True)
class Served:
    """A file that may be sent to who asked for it."""

    name: str
    content_type: str
    size: int
    sha256: str
    upload_id: str


async def served(database: Database, actor: Actor, file_id: str) -> Served | None:
    """What is sent of a file; None when the actor sees no record it is attached to."""
    statement = _SERVED.of(actor.permission_set, lambda: _sending(actor))
    found = await database.fetch(
        actor.workspace_id, statement.with_values(file=file_id), actor.bound
    )
    return Served(*found[0]) if found else None


def _sending(actor: Actor) -> sa.Select[Any]:
    seen: Any = in_reach(REGISTRY["File"], actor, _FILE)
    shown = sa.true() if seen is None else sa.or_(seen, _shown_to_all(_FILE.c.id, WORKSPACE))
    columns = (_FILE.c.name, _FILE.c.content_type, _FILE.c.size, _FILE.c.sha256, _FILE.c.upload_id)
    return sa.select(*columns).where(
        _FILE.c.workspace_id == WORKSPACE,
        _FILE.c.id == sa.bindparam("file", None, type_=Uuid),
        _FILE.c.deleted_at.is_(None),
        shown,
    )


def _shown_to_all(file: Any, workspace: Any) -> sa.ColumnElement[bool]:
    """Whether every member of the workspace is shown a file: as a photo or as the logo."""
    return sa.or_(
        sa.exists().where(_USER.c.workspace_id == workspace, _USER.c.avatar_file_id == file),
        sa.exists().where(
            _WORKSPACE.c.workspace_id == workspace, _WORKSPACE.c.logo_file_id == file
        ),
    )


async def _writable(ctx: Context, about: About) -> None:
    """Refuse unless the actor may change the record; it stays until the act ends."""
    entity = REGISTRY.of_table(about[0])
    records.may_write(ctx, entity)
    row: Any = await ctx.get(entity.row, about[1], path=("recordId",), keep=True)
    await records.require_own(ctx, entity, row, ("recordId",))


async def _kept(
    ctx: Context, upload_id: str, use: Use, path: Path, name: str | None = None
) -> File:
    upload = await uploads.received(ctx, upload_id, path)
    if problem := objection(use, upload.size, upload.content):
        raise UserError(UserErrorCode.INVALID_FILE, problem, path)
    await records.in_turn(ctx, "file", upload_id)
    known = await ctx.act.fetch(
        sa.select(_FILE)
        .where(_FILE.c.workspace_id == ctx.workspace_id, _FILE.c.upload_id == upload_id)
        .with_for_update(key_share=True)
    )
    if known:
        if known[0]["deleted_at"] is not None:
            message = "The file of this upload was deleted: restore it, or send it again."
            raise UserError(UserErrorCode.INVALID_FILE, message, path)
        return as_row(File, known[0])
    values = {
        "id": new_id(),
        "name": _name(name) if name else upload.name,
        "content_type": upload.content.content_type,
        "size": upload.size,
        "sha256": upload.sha256,
        "width": upload.content.width,
        "height": upload.content.height,
        "owner_id": ctx.actor.user_id,
        "upload_id": upload_id,
    }
    return as_row(File, await ctx.act.insert(_FILE, values))


def _name(given: str) -> str:
    name = cleaned_name(given)
    if name is None:
        message = f"A file has a name of at most {LONGEST_NAME} characters, all of them visible."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("name",))
    return name


async def _place(ctx: Context, file: File, about: About) -> File:
    values = {
        "workspace_id": ctx.workspace_id,
        "record_id": about[1],
        "record_kind": about[0],
        "file_id": file.id,
    }
    placing = insert(_PLACE).values(values).on_conflict_do_nothing().returning(_PLACE.c.file_id)
    if not await ctx.act.fetch(placing):
        return file
    return await _moved(ctx, file, "attached", about)


async def _moved(ctx: Context, file: File, event: str, about: About) -> File:
    """Tell of a file where it went; a new one tells it with its creation."""
    ctx.act.emit(
        f"file.{event}",
        "file",
        file.id,
        record=encode(REGISTRY.of_table(about[0]).prefix, about[1]),
    )
    if file.created_at == ctx.now:
        return file
    return as_row(File, (await ctx.act.update(_FILE, _FILE.c.id == file.id, {}, event=event))[0])


async def _changeable(ctx: Context, file_id: str, expected_version: int | None) -> File:
    file: File = await records.locked(ctx, REGISTRY["File"], file_id, expected_version)
    await _require_changeable(ctx, file)
    return file


async def _require_changeable(ctx: Context, file: File) -> None:
    """Refuse unless it is the actor's own, or they may change all it is attached to."""
    if file.owner_id == ctx.actor.user_id or ctx.actor.may(Category.ADMIN, Level.WRITE):
        return
    places = await ctx.act.fetch(
        sa.select(_PLACE.c.record_kind, sa.func.array_agg(_PLACE.c.record_id).label("ids"))
        .where(_PLACE.c.workspace_id == ctx.workspace_id, _PLACE.c.file_id == file.id)
        .group_by(_PLACE.c.record_kind)
    )
    for place in places:
        entity = REGISTRY.of_table(place["record_kind"])
        found = await ctx.find(entity.row, place["ids"])
        may = ctx.actor.may(Category(entity.category), Level.WRITE)
        if not may or len(found) < len(place["ids"]):
            break
        for row in found:
            await records.require_own(ctx, entity, row)
    else:
        if places:
            return
    message = "Ask who uploaded it: it belongs to records that you may not change."
    raise UserError(UserErrorCode.READ_ONLY, message, ("id",))
