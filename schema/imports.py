"""Imports, as the API shows them."""

from datetime import datetime
from enum import StrEnum

import strawberry

from auth.roles import Category
from models import imports as rows
from models.enums import ImportStatus
from models.registry import Scope
from schema.declare import Node, column, computed, entity, link
from schema.enums import described as described_enum
from schema.inputs import MutationInput, act_input, arg
from schema.values import described
from services.imports import progress


class ImportEntity(StrEnum):
    """What the rows of a file become."""

    CONTACT = "CONTACT"


described_enum(ImportEntity, {"CONTACT": "Contacts, with the companies they name."})


@strawberry.type(description="A column of a file that is being imported.")
class ImportColumn:
    """What is known of a column before it is mapped."""

    header: str = described("Its name in the first row.")
    samples: list[str] = described("Its first values, at most three.")
    suggested_field: str | None = described("The field it seems to hold; null when unclear.")
    confidence: int = described("How sure the suggestion is, from 0 to 100.")


@strawberry.type(description="A column of a file and the field its cells go to.")
class ImportMapping:
    """One entry of a mapping."""

    column: str = described("The column's header.")
    field: str = described("The field, as `contactImportTemplate` lists them.")


@entity(rows.Import, prefix="imp", plural="imports", category=Category.CONTACTS, scope=Scope.OWN)
class Import(Node):
    """One file of rows being brought in."""

    entity: ImportEntity = column("What its rows become.")
    file_name: str = column("Name of the file.")
    status: ImportStatus = column("How far it is.", filter=True)
    columns: list[ImportColumn] = column("The columns of the file.")
    mapping: list[ImportMapping] = column("Which column goes to which field.")
    start_workflows: bool = column("Whether the imported records start workflows.")
    started_at: datetime | None = column("When a worker began.")
    finished_at: datetime | None = column("When it ended.")
    error: str | None = column("Why it failed.")
    owner = link("User", "Who started it.", always=True)
    total_rows: int = computed("How many rows the file has.", batch=progress.count("total_rows"))
    done_rows: int = computed("How many rows were worked off.", batch=progress.count("done_rows"))
    created_rows: int = computed(
        "How many rows made a new record.", batch=progress.count("created_rows")
    )
    updated_rows: int = computed(
        "How many rows fitted a record that exists.", batch=progress.count("updated_rows")
    )
    failed_rows: int = computed(
        "How many rows were not brought in; the error file has them.",
        batch=progress.count("failed_rows"),
    )
    error_file_url: str | None = computed(
        "CSV of the rows that were not brought in, with row number, column and reason; send the"
        " same `Authorization` header. Null while there are none.",
        batch=progress.error_file_urls,
    )


@strawberry.type(description="A file that may be sent now.")
class Upload:
    """An announced file."""

    id: strawberry.ID = described("Its id, for the act that uses the file.")
    put_url: str = described("PUT the bytes here, with the same `Authorization` header.")


@strawberry.type(description="What a file of contacts may look like.")
class ImportTemplate:
    """A template to fill in."""

    url: str = described(
        "CSV with a header that needs no mapping by hand; send the `Authorization` header to have"
        " the workspace's own fields in it, too."
    )
    fields: list[str] = described("The fields a column can be mapped to.")


@act_input
class UploadCreateInput(MutationInput):
    """The file that will be sent."""

    file_name: str = arg("Its name.", max_length=200)
    size: int = arg("Its size in bytes, at most 64 MB.")


@act_input
class ImportCreateInput(MutationInput):
    """The file to import, and what its rows become."""

    upload_id: strawberry.ID = arg("The upload, received in full.")
    entity: ImportEntity = arg("What its rows become.", default=ImportEntity.CONTACT)


@act_input
class ImportMappingEntryInput:
    """A column of the file and the field its cells go to."""

    column: str = arg("The column's header.")
    field: str = arg("The field, as `contactImportTemplate` lists them.")


@act_input
class ImportMappingSetInput(MutationInput):
    """Which column goes to which field; other columns are left out."""

    id: strawberry.ID = arg("The import.", of="Import")
    mapping: list[ImportMappingEntryInput] = arg("One entry for each column that is brought in.")


@act_input
class ImportRunInput(MutationInput):
    """The import to run."""

    id: strawberry.ID = arg("The import.", of="Import")
    start_workflows: bool = arg("Whether the imported records start workflows.", default=False)
