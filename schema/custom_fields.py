"""Custom fields: what Admins make of them, and what all records of a kind have."""

import datetime as dt

import strawberry
from strawberry import UNSET

from core.codes import UserErrorCode
from models import custom_fields as rows
from models.enums import CoreEntity, CustomFieldType
from models.registry import Scope
from schema.custom_values import CustomFieldOption
from schema.declare import Node, column, derived, entity
from schema.inputs import MutationInput, act_input, arg
from schema.refusals import UserError, refusal
from schema.values import described

_EXPECTED_VERSION = "The version you read; the act is refused when it has changed since."


@entity(
    rows.CustomField,
    prefix="cfd",
    plural="customFields",
    category=None,
    scope=Scope.WORKSPACE,
    order="position",
)
class CustomField(Node):
    """A field the workspace has made for one kind of record."""

    entity: CoreEntity = column("Whose field it is.", filter=True, group=True)
    key: str = column("What programs call it; it never changes.")
    label: str = column("What people call it.", filter="label_key", order="label_key")
    description: str | None = column("What it is for.")
    type: CustomFieldType = column("What it holds.", filter=True, group=True)
    lookup: CoreEntity | None = column("The kind of record a LOOKUP leads to.")
    required: bool = column("Whether a record is not saved without it.")
    is_unique: bool = column("Whether no two records may have the same value.")
    options: list[CustomFieldOption] = column("What a select offers, in order.")
    position: int = column("Its place among the fields of its kind.", order=True)
    archived_at: dt.datetime | None = column(
        "Since when it is out of use; its values are kept.", filter=True
    )


@strawberry.type(description="A field that all records of a kind have.")
class EntityField:
    """A built-in or a custom field."""

    key: str = described("What programs call it.")
    label: str = described("What people call it.")
    description: str | None = described("What it is for.")
    type: str = described("What it holds: a custom field's type, a scalar, a list, a record.")
    is_custom: bool = described("Whether the workspace has made it.")
    is_writable: bool = described("Whether clients set it.")
    required: bool = described("Whether a record is not saved without it.")
    options: list[CustomFieldOption] = described("What a select offers.")
    custom_field: derived("CustomField") | None = described(  # type: ignore[valid-type]
        "The custom field; null where it is built in."
    )


@strawberry.type(description="A kind of record, with all its fields.")
class EntityType:
    """One of the entity types of the Admin's page."""

    entity: CoreEntity = described("The kind of record.")
    name: str = described("The name of its type.")
    fields: list[EntityField] = described("Its fields: the built-in ones, then the workspace's.")


@strawberry.type(description="A value as it is, and as it would be after a change of type.")
class CustomFieldTypeChangeSample:
    """One record's value before and after."""

    record: Node | None = described("The record; null when it is out of your sight.")
    before: str = described("The value as it is.")
    after: str | None = described("What it becomes; null where it is lost.")


@strawberry.type(description="What a change of a field's type would do.")
class CustomFieldTypeChangePreview:
    """Counts and examples; nothing is changed."""

    total: int = described("How many records have a value.")
    kept: int = described("How many keep it, in the new type.")
    lost: int = described("How many lose it; send it as `acceptLost`.")
    samples: list[CustomFieldTypeChangeSample] = described("Examples, lost ones first; at most 20.")


@act_input
class CustomFieldCreateInput(MutationInput):
    """A new field, for all records of a kind at once."""

    entity: CoreEntity = arg("Whose field it is.")
    label: str = arg("What people call it.", max_length=None)
    type: CustomFieldType = arg("What it holds.")
    key: str | None = arg(
        "What programs call it: a letter, then letters, digits and _; made of the label when left"
        " out. It never changes.",
        default=None,
        max_length=None,
    )
    description: str | None = arg("What it is for.", default=None, max_length=None)
    required: bool = arg("Whether a record is not saved without it.", default=False)
    is_unique: bool = arg("Whether no two records may have the same value.", default=False)
    options: list[str] | None = arg("What a select offers, by name.", default=None)
    lookup: CoreEntity | None = arg("The kind of record a LOOKUP leads to.", default=None)


@act_input
class CustomFieldUpdateInput(MutationInput):
    """What changes on a field: what is left out stays, null empties."""

    id: strawberry.ID = arg("The field.", of="CustomField")
    label: str | None = arg("What people call it.", default=UNSET, max_length=None)
    description: str | None = arg("What it is for.", default=UNSET, max_length=None)
    required: bool | None = arg("Whether a record is not saved without it.", default=UNSET)
    is_unique: bool | None = arg("Whether no two records may have one value.", default=UNSET)
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class CustomFieldArchiveInput(MutationInput):
    """A field to take out of use."""

    id: strawberry.ID = arg("The field.", of="CustomField")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class CustomFieldRestoreInput(MutationInput):
    """A field to bring back."""

    id: strawberry.ID = arg("The field.", of="CustomField")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class CustomFieldReorderInput(MutationInput):
    """The fields of a kind of record in their new order."""

    entity: CoreEntity = arg("Whose fields.")
    field_ids: list[strawberry.ID] = arg("Every field in use, each once.", of="CustomField")


@act_input
class CustomFieldOptionAddInput(MutationInput):
    """A new option of a select."""

    id: strawberry.ID = arg("The field.", of="CustomField")
    name: str = arg("What people call it.", max_length=None)
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class CustomFieldOptionRenameInput(MutationInput):
    """Another name of an option; values keep it."""

    id: strawberry.ID = arg("The field.", of="CustomField")
    option_id: str = arg("The option.")
    name: str = arg("What people call it.", max_length=None)
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class CustomFieldOptionRemoveInput(MutationInput):
    """An option to take away."""

    id: strawberry.ID = arg("The field.", of="CustomField")
    option_id: str = arg("The option.")
    replacement_id: str | None = arg(
        "The option that records get instead; needed while any has it.", default=None
    )
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class CustomFieldOptionReorderInput(MutationInput):
    """The options of a select in their new order."""

    id: strawberry.ID = arg("The field.", of="CustomField")
    option_ids: list[str] = arg("Every option, each once.")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class CustomFieldTypeChangeInput(MutationInput):
    """Another type for a field and all its values."""

    id: strawberry.ID = arg("The field.", of="CustomField")
    type: CustomFieldType = arg("What it is to hold.")
    options: list[str] | None = arg("What a select is to offer, by name.", default=None)
    lookup: CoreEntity | None = arg("The kind of record a LOOKUP leads to.", default=None)
    accept_lost: int = arg(
        "How many values may be lost, as `customFieldTypeChangePreview` counts them.", default=0
    )
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@refusal(UserErrorCode.VALUES_WOULD_BE_LOST)
class ValuesWouldBeLostError(UserError):
    """The new type of a field cannot hold all values."""

    lost: int = described("How many records would lose theirs.")
