"""Imports: uploads, mapping, running, and the template."""

from typing import Any

import strawberry

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError
from core.ids import decode, encode
from core.settings import from_environment
from resolvers.executor import reading_of
from resolvers.mutation import extra, mutation
from resolvers.queries import query
from schema import imports as given
from schema.imports import Import, ImportTemplate, Upload
from schema.types import Answered
from services import uploads
from services.imports import acts, errors
from services.imports.mapping import importable

# `import` is a word of Python's own, so it cannot be written as a keyword argument.
_IMPORT: dict[str, Any] = {"import": Import}


@mutation(upload=extra(Upload, "Where to send the file."))
async def upload_create(ctx: Context, input: given.UploadCreateInput) -> dict[str, Any]:
    """Announce a file; send its bytes by PUT to `putUrl`, then use its id."""
    made = await uploads.create(ctx, file_name=input.file_name, size=input.size)
    wire_id = encode(uploads.PREFIX, made.id)
    url = f"{from_environment().base_url}/uploads/{wire_id}"
    return {"upload": Upload(id=strawberry.ID(wire_id), put_url=url)}


@mutation(**_IMPORT)
async def import_create(ctx: Context, input: given.ImportCreateInput) -> str:
    """Read an uploaded CSV of at most 50,000 rows and suggest which column is which field."""
    return await acts.create(ctx, upload_id=upload_uuid(input.upload_id), entity=input.entity)


def upload_uuid(wire_id: str, name: str = "uploadId") -> str:
    """The UUID behind an upload's id; INVALID_ID at the field of this name when it is none."""
    decoded = decode(wire_id)
    if decoded is None or decoded[0] != uploads.PREFIX:
        message = f"Not the id of an upload: those look like {uploads.PREFIX}_01HX…"
        raise UserError(UserErrorCode.INVALID_ID, message, (name,))
    return decoded[1]


@mutation(**_IMPORT)
async def import_mapping_set(ctx: Context, input: given.ImportMappingSetInput) -> str:
    """Say which column goes to which field; can be said again until the import runs."""
    entries = [(entry.column.strip(), entry.field.strip()) for entry in input.mapping]
    return await acts.set_mapping(ctx, input.id, entries)


@mutation(**_IMPORT)
async def import_run(ctx: Context, input: given.ImportRunInput) -> str:
    """Hand the import to the workers; watch `import(id)` for its progress."""
    return await acts.run(ctx, input.id, start_workflows=input.start_workflows)


@query(
    "contact_import_template",
    Answered(ImportTemplate, "A CSV to fill in with contacts, and the fields it may have."),
)
def contact_import_template(_root: Any, info: Any) -> ImportTemplate:
    """The template's address and the importable fields."""
    own = reading_of(info).actor.custom.of("contact")
    url = f"{from_environment().base_url}/files/{errors.TEMPLATE}"
    return ImportTemplate(url=url, fields=list(importable(own)))
