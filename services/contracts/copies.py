"""Countersigned copies of contracts, as providers send them."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError
from core.files import Files
from core.ids import new_id
from models import metadata
from models.contracts import Contract
from services import files as kept_files
from services import inspection, uploads
from services.contracts.states import CONTRACT
from services.rules.files import Use, objection

_UPLOAD, _FILE = metadata.tables["upload"], metadata.tables["file"]


async def keep(ctx: Context, files: Files, contract: Contract, content: bytes) -> None:
    """Keep the countersigned PDF that a provider has sent, beside its contract."""
    upload_id, name = new_id(), f"{contract.number} signed.pdf"
    found = inspection.inspect([content], name, len(content))
    if problem := objection(Use.SIGNED, len(content), found):
        raise UserError(UserErrorCode.INVALID_FILE, problem)
    # Bytes whose act is not committed are tidied away like those of any other upload.
    await files.put(uploads.key(ctx.workspace_id, upload_id), _once(content))
    facts = {
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "content_type": found.content_type,
        "owner_id": ctx.actor.user_id,
    }
    await ctx.act.insert(_UPLOAD, facts | {"id": upload_id, "file_name": name})
    file = await ctx.act.insert(_FILE, facts | {"name": name, "upload_id": upload_id})
    await kept_files.place(ctx, file["id"], ("contract", contract.id))
    await hold(ctx, contract, file["id"])


async def hold(ctx: Context, contract: Any, file_id: str) -> Any:
    """Make a file beside a contract its countersigned copy."""
    where = CONTRACT.c.id == contract.id
    values = {"signed_file_id": file_id}
    return (await ctx.act.update(CONTRACT, where, values, event="copy_kept"))[0]


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
