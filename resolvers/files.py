"""Files: attaching and detaching them, renaming, deleting, restoring."""

from typing import Any

from auth.context import Context
from resolvers.imports import upload_uuid
from resolvers.mutation import mutation
from schema import files as given
from schema.files import File
from services import files


@mutation(file=File)
async def file_attach(ctx: Context, input: given.FileAttachInput) -> Any:
    """Make an upload a file of a record that you may change.

    Example: `fileAttach(input: {recordId: "deal_01…", uploadId: "upl_01…"}) {file {name url}}`.
    """
    about: Any = input.record_id
    return await files.attach_upload(ctx, about, upload_uuid(input.upload_id), input.name)


@mutation(file=File)
async def file_link(ctx: Context, input: given.FileLinkInput) -> Any:
    """Let a file of one record lie beside another too; who sees either sees the file."""
    about: Any = input.record_id
    return await files.attach_file(ctx, about, input.file_id)


@mutation(file=File)
async def file_detach(ctx: Context, input: given.FileDetachInput) -> Any:
    """Take a file from a record; where no record has it, only who uploaded it sees it on."""
    about: Any = input.record_id
    return await files.detach(ctx, about, input.file_id)


@mutation(file=File)
async def file_rename(ctx: Context, input: given.FileRenameInput) -> Any:
    """Give a file another name."""
    return await files.rename(ctx, input.id, input.name, expected_version=input.expected_version)


@mutation(file=File)
async def file_delete(ctx: Context, input: given.FileDeleteInput) -> Any:
    """Delete a file from all records; `fileRestore` brings it back within 30 days."""
    return await files.delete(ctx, input.id, expected_version=input.expected_version)


@mutation(file=File)
async def file_restore(ctx: Context, input: given.FileRestoreInput) -> Any:
    """Bring a deleted file back."""
    return await files.restore(ctx, input.id)


def image_of(wire_id: Any, name: str) -> Any:
    """The UUID of an image's upload; null and what is left out stay as they are."""
    return upload_uuid(wire_id, name) if isinstance(wire_id, str) else wire_id
