"""Uploads: a file announced by a mutation, then sent by PUT, then used once it is whole."""

import hashlib
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass

import sqlalchemy as sa

from auth.actor import Actor
from auth.context import Context
from core.codes import UserErrorCode
from core.db import Database
from core.errors import UserError
from core.files import Files
from core.ids import new_id
from models import metadata

LARGEST = 64 * 1024 * 1024
PREFIX = "upl"
_LONGEST_NAME = 200
_UPLOAD = metadata.tables["upload"]


@dataclass(frozen=True, slots=True)
class Announced:
    """A file that may be sent now."""

    id: str
    size: int


async def create(ctx: Context, *, file_name: str, size: int) -> Announced:
    """Announce a file of a size; what is sent must have that size exactly."""
    name = file_name.strip()
    if not name or len(name) > _LONGEST_NAME:
        message = f"A file has a name of at most {_LONGEST_NAME} characters."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("fileName",))
    if not 0 <= size <= LARGEST:
        message = f"A file has at most {LARGEST // 1024 // 1024} MB; split it."
        raise UserError(UserErrorCode.INVALID_FILE, message, ("size",))
    values = {"id": new_id(), "owner_id": ctx.actor.user_id, "file_name": name, "size": size}
    row = await ctx.act.insert(_UPLOAD, values)
    return Announced(row["id"], size)


def key(workspace: str, upload: str) -> str:
    """Where the bytes of an upload lie in the file store."""
    return f"{workspace}/uploads/{upload}"


async def announced(database: Database, actor: Actor, upload: str) -> Announced | None:
    """The actor's own upload that has not been received yet."""
    statement = sa.select(_UPLOAD.c.id, _UPLOAD.c.size).where(
        _UPLOAD.c.workspace_id == actor.workspace_id,
        _UPLOAD.c.id == sa.bindparam("id", upload, type_=_UPLOAD.c.id.type),
        _UPLOAD.c.owner_id == actor.user_id,
        _UPLOAD.c.sha256.is_(None),
    )
    rows = await database.fetch(actor.workspace_id, statement)
    return Announced(rows[0]["id"], rows[0]["size"]) if rows else None


async def receive(
    database: Database, files: Files, actor: Actor, upload: Announced, chunks: AsyncIterable[bytes]
) -> str:
    """Store the bytes as they come and remember their SHA-256, which is answered."""
    digest = hashlib.sha256()
    place = key(actor.workspace_id, upload.id)
    await files.put(place, _exactly(chunks, upload.size, digest))
    async with database.writing(actor.workspace_id) as writing:
        await writing.fetch(
            sa.update(_UPLOAD)
            .where(_UPLOAD.c.workspace_id == actor.workspace_id, _UPLOAD.c.id == upload.id)
            .values(sha256=digest.hexdigest())
            .returning(_UPLOAD.c.id)
        )
    return digest.hexdigest()


async def _exactly(chunks: AsyncIterable[bytes], size: int, digest: object) -> AsyncIterator[bytes]:
    received = 0
    async for chunk in chunks:
        received += len(chunk)
        if received > size:
            break
        digest.update(chunk)  # type: ignore[attr-defined]
        yield chunk
    if received != size:
        message = f"{size} bytes were announced; {'more' if received > size else received} came."
        raise UserError(UserErrorCode.INVALID_FILE, message)


async def received(ctx: Context, upload: str) -> str:
    """The name of the actor's own upload, refused until it was received whole."""
    statement = sa.select(_UPLOAD.c.file_name, _UPLOAD.c.sha256).where(
        _UPLOAD.c.workspace_id == ctx.workspace_id,
        _UPLOAD.c.id == upload,
        _UPLOAD.c.owner_id == ctx.actor.user_id,
    )
    rows = await ctx.act.fetch(statement)
    if not rows:
        raise UserError(UserErrorCode.NOT_FOUND, "You have no such upload.", ("uploadId",))
    if rows[0]["sha256"] is None:
        message = "The file was not received yet: PUT it to the upload's `putUrl` first."
        raise UserError(UserErrorCode.UPLOAD_INCOMPLETE, message, ("uploadId",))
    return str(rows[0]["file_name"])
