"""Files, as the API shows them."""

import strawberry

from models import files as rows
from models.registry import Scope
from schema.declare import Node, column, computed, entity, link
from schema.inputs import RECORD, MutationInput, act_input, arg
from services import files

_EXPECTED_VERSION = "The version you read; the act is refused when it has changed since."
_RECORD = "The record: a contact, company, lead, deal, case, task, project or document."


@entity(
    rows.File,
    prefix="file",
    plural="files",
    category=None,
    scope=Scope.ATTACHED,
    attached="file_attachment",
)
class File(Node):
    """A file beside records: seen by who uploaded it and by who sees one of those."""

    name: str = column("What it is called.", filter="name_key", order="name_key")
    content_type: str = column(
        "What its bytes are, such as image/png: looked at, not taken from its name.", filter=True
    )
    size: int = column("How many bytes it has.", filter=True, order=True)
    sha256: str = column("The SHA-256 of its bytes, in hexadecimal digits.")
    width: int | None = column("Of an image, in pixels.")
    height: int | None = column("Of an image, in pixels.")
    uploader = link("User", "Who uploaded it.", source="owner_id", always=True)
    url: str = computed(
        "Where it lies. A browser may open it for an hour without a header, as long as you see the"
        " file; programs may leave out the `key` and send `Authorization` instead.",
        batch=files.urls,
        needs=("id",),
    )


@act_input
class FileAttachInput(MutationInput):
    """Which upload becomes a file of which record."""

    record_id: strawberry.ID = arg(_RECORD, of=RECORD)
    upload_id: strawberry.ID = arg("An upload of yours, received in full; at most 25 MB.")
    name: str | None = arg(
        "What it is to be called; the upload's own name when left out.",
        max_length=None,
        default=None,
    )


@act_input
class FileLinkInput(MutationInput):
    """Which file is to lie beside which record too."""

    record_id: strawberry.ID = arg(_RECORD, of=RECORD)
    file_id: strawberry.ID = arg("A file that you see.", of="File")


@act_input
class FileDetachInput(MutationInput):
    """Which file leaves which record."""

    record_id: strawberry.ID = arg(_RECORD, of=RECORD)
    file_id: strawberry.ID = arg("The file.", of="File")


@act_input
class FileRenameInput(MutationInput):
    """What a file is to be called."""

    id: strawberry.ID = arg("The file.", of="File")
    name: str = arg("Its new name, without folders.", max_length=None)
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class FileDeleteInput(MutationInput):
    """Which file to delete."""

    id: strawberry.ID = arg("The file.", of="File")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class FileRestoreInput(MutationInput):
    """Which file to bring back."""

    id: strawberry.ID = arg("The file.", of="File")
