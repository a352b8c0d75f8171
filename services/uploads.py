"""Uploads: a file announced by a mutation, then sent by PUT, then used once it is whole."""

import asyncio
import hashlib
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from auth.actor import Actor
from auth.context import Context
from core.codes import UserErrorCode
from core.db import Database
from core.errors import Path, UserError
from core.files import Files
from core.ids import new_id
from models import metadata
from services import inspection
from services.rules import contents
from services.rules.files import LONGEST_NAME, Content, cleaned_name

LARGEST = 64 * 1024 * 1024
PREFIX = "upl"
_UPLOAD = metadata.tables["upload"]


@dataclass(frozen=True, slots=True)
class Announced:
    """A file that may be sent now."""

    id: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Received:
    """A file that was received whole: what it is called, and what its bytes are."""

    name: str
    size: int
    sha256: str
    content: Content


async def create(ctx: Context, *, file_name: str, size: int) -> Announced:
    """Announce a file of a size; what is sent must have that size exactly."""
    name = cleaned_name(file_name)
    if name is None:
        message = f"A file has a name of at most {LONGEST_NAME} characters, all of them visible."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("fileName",))
    if not 0 <= size <= LARGEST:
        message = f"A file has at most {LARGEST // 1024 // 1024} MB; split it."
        raise UserError(UserErrorCode.INVALID_FILE, message, ("size",))
    values = {"id": new_id(), "owner_id": ctx.actor.user_id, "file_name": name, "size": size}
    row = await ctx.act.insert(_UPLOAD, values)
    return Announced(row["id"], name, size)


def key(workspace: str, upload: str) -> str:
    """Where the bytes of an upload lie in the file store."""
    return f"{workspace}/uploads/{upload}"


async def announced(database: Database, actor: Actor, upload: str) -> Announced | None:
    """The actor's own upload that has not been received yet."""
    statement = sa.select(_UPLOAD.c.id, _UPLOAD.c.file_name, _UPLOAD.c.size).where(
        _UPLOAD.c.workspace_id == actor.workspace_id,
        _UPLOAD.c.id == sa.bindparam("id", upload, type_=_UPLOAD.c.id.type),
        _UPLOAD.c.owner_id == actor.user_id,
        _UPLOAD.c.sha256.is_(None),
    )
    rows = await database.fetch(actor.workspace_id, statement)
    return Announced(*rows[0]) if rows else None


async def receive(
    database: Database, files: Files, actor: Actor, upload: Announced, chunks: AsyncIterable[bytes]
) -> str | None:
    """Store the bytes as they come, look into them and remember their SHA-256, which is answered.

    Of several who send the same upload at once the first is heard; the others are answered None.
    """
    digest = hashlib.sha256()
    place = key(actor.workspace_id, upload.id)
    sent = f"{place}.{new_id()}"
    await files.put(sent, _exactly(chunks, upload.size, digest))
    content = await asyncio.to_thread(
        inspection.inspect, files.read(sent), upload.name, upload.size
    )
    async with database.writing(actor.workspace_id) as writing:
        first = await writing.fetch(_received(actor, upload, digest.hexdigest(), content))
        if first:
            # Within the row's lock: what lies at the place is what the row tells of.
            await files.move(sent, place)
    if not first:
        await files.delete(sent)
    return digest.hexdigest() if first else None


def _received(actor: Actor, upload: Announced, sha256: str, content: Content) -> Any:
    return (
        sa.update(_UPLOAD)
        .where(
            _UPLOAD.c.workspace_id == actor.workspace_id,
            _UPLOAD.c.id == upload.id,
            _UPLOAD.c.sha256.is_(None),
        )
        .values(sha256=sha256, **asdict(content))
        .returning(_UPLOAD.c.id)
    )


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


async def received(ctx: Context, upload: str, path: Path = ("uploadId",)) -> Received:
    """The actor's own upload, refused until it was received whole; it stays until the act ends."""
    statement = (
        sa.select(_UPLOAD)
        .where(
            _UPLOAD.c.workspace_id == ctx.workspace_id,
            _UPLOAD.c.id == upload,
            _UPLOAD.c.owner_id == ctx.actor.user_id,
        )
        .with_for_update(read=True, key_share=True)
    )
    rows = await ctx.act.fetch(statement)
    if not rows:
        raise UserError(UserErrorCode.NOT_FOUND, "You have no such upload.", path)
    row = rows[0]
    if row["sha256"] is None:
        message = "The file was not received yet: PUT it to the upload's `putUrl` first."
        raise UserError(UserErrorCode.UPLOAD_INCOMPLETE, message, path)
    kind = row["content_type"] or contents.BYTES
    content = Content(kind, row["width"], row["height"], row["flaw"])
    return Received(row["file_name"], row["size"], row["sha256"], content)
