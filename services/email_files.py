"""Files that go with e-mails: seen by who sees a record the e-mail is about."""

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from auth.context import Context
from core.codes import UserErrorCode
from core.db import Database
from core.errors import UserError, not_found
from core.files import Files
from core.ids import new_id
from models import metadata
from models.base import Uuid
from models.files import File
from services import files, inspection, uploads
from services.matching import About
from services.rules.files import Use, cleaned_name, objection

LARGEST_MAIL = 25 * 1024 * 1024
"""Bytes of a mail as it is sent."""
MOST = 20
_EMAIL_FILE, _FILE = metadata.tables["email_file"], metadata.tables["file"]
_UPLOAD = metadata.tables["upload"]
_LINE, _LINE_ENDED = 57, 78
"""Bytes of a file in a line of a mail, and characters of that line."""
_UNNAMED = "attachment"


async def chosen(
    ctx: Context, file_ids: Sequence[str], upload_ids: Sequence[str] = (), *, text_size: int = 0
) -> list[File]:
    """The files that go with a mail, in order; refused when it becomes too large to be sent."""
    if len(file_ids) + len(upload_ids) > MOST:
        message = f"A mail has at most {MOST} attachments."
        raise UserError(UserErrorCode.TOO_MANY, message, ("attachmentIds",))
    seen = {one.id: one for one in await ctx.find(File, file_ids)} if file_ids else {}
    for at, one in enumerate(file_ids):
        if one not in seen:
            raise not_found(("attachmentIds", at))
    found = [seen[one] for one in dict.fromkeys(file_ids)]
    for at, one in enumerate(upload_ids):
        found.append(await files.kept_upload(ctx, one, ("uploadIds", at)))
    size = text_size + sum(sent_size(one.size) for one in found)
    if size > LARGEST_MAIL:
        message = (
            f"With its attachments the mail would have {size / 1024 / 1024:.1f} MB as it is sent;"
            " at most 25 MB are."
        )
        raise UserError(UserErrorCode.ATTACHMENT_TOO_LARGE, message, ("attachmentIds",))
    return found


def sent_size(size: int) -> int:
    """How many bytes of a mail a file takes."""
    return -(-size // _LINE) * _LINE_ENDED


async def attach(
    ctx: Context, email_id: str, found: Iterable[File], about: Sequence[About]
) -> None:
    """Let files go with an e-mail, and lie beside the records it is about."""
    for file in found:
        values = {"workspace_id": ctx.workspace_id, "email_id": email_id, "file_id": file.id}
        statement = insert(_EMAIL_FILE).values(values).on_conflict_do_nothing()
        await ctx.act.fetch(statement.returning(_EMAIL_FILE.c.file_id))
        for record in about:
            await files.place(ctx, file.id, record)


async def follow(ctx: Context, email_id: str, about: Sequence[About]) -> None:
    """Let the files of an e-mail lie beside more records."""
    rows = await ctx.act.fetch(
        sa.select(_EMAIL_FILE.c.file_id).where(
            _EMAIL_FILE.c.workspace_id == ctx.workspace_id,
            _EMAIL_FILE.c.email_id == sa.literal(email_id, Uuid),
        )
    )
    for row in rows:
        for record in about:
            await files.place(ctx, row["file_id"], record)


async def keep(ctx: Context, store: Files, name: str, content: bytes) -> File | str:
    """Keep what came with a mail as a file of the actor's; or why it was left out."""
    shown = cleaned_name("".join(sign for sign in name if sign.isprintable()) or _UNNAMED)
    shown = shown or _UNNAMED
    kind = await asyncio.to_thread(inspection.inspect, [content], shown, len(content))
    if problem := objection(Use.ATTACHMENT, len(content), kind):
        return f"{shown} was left out: {problem}"
    upload_id, digest = new_id(), hashlib.sha256(content).hexdigest()
    await store.put_text(uploads.key(ctx.workspace_id, upload_id), content)
    facts = {"content_type": kind.content_type, "width": kind.width, "height": kind.height}
    size = {"size": len(content), "sha256": digest, "owner_id": ctx.actor.user_id}
    await ctx.act.insert(_UPLOAD, {"id": upload_id, "file_name": shown, **facts, **size})
    row = await ctx.act.insert(_FILE, {"name": shown, "upload_id": upload_id, **facts, **size})
    return File(**{column: row[column] for column in _FILE.c.keys()})  # noqa: SIM118


async def of_email(database: Database, workspace: str, email_id: str) -> list[Any]:
    """The files of an e-mail, as they are sent."""
    return await database.fetch(
        workspace,
        sa.select(_FILE.c.name, _FILE.c.content_type, _FILE.c.upload_id)
        .join(
            _EMAIL_FILE,
            sa.and_(
                _EMAIL_FILE.c.workspace_id == _FILE.c.workspace_id,
                _EMAIL_FILE.c.file_id == _FILE.c.id,
            ),
        )
        .where(
            _FILE.c.workspace_id == workspace,
            _EMAIL_FILE.c.email_id == sa.literal(email_id, Uuid),
        )
        .order_by(_FILE.c.id),
    )
