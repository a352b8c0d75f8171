"""Tags, as the API shows them."""

import strawberry

from models import tags as rows
from models.registry import Scope
from schema.declare import Node, column, entity
from schema.inputs import RECORD, UNSET, MutationInput, act_input, arg

_EXPECTED_VERSION = "The version you read; the act is refused when it has changed since."


@entity(
    rows.Tag, prefix="tag", plural="tags", category=None, scope=Scope.WORKSPACE, order="name_key"
)
class Tag(Node):
    """A word that records of any kind are marked with."""

    name: str = column(
        "The word; case and accents do not make another one.",
        filter="name_key",
        contains=False,
        order="name_key",
    )
    color: str = column("Its colour, such as #38bdf8.")


@act_input
class TagCreateInput(MutationInput):
    """What a tag is made of."""

    name: str = arg("The word, unique in the workspace; at most 60 characters.", max_length=None)
    color: str | None = arg("Its colour, such as #38bdf8; grey when left out.", default=None)


@act_input
class TagUpdateInput(MutationInput):
    """What to change about a tag; fields left out stay."""

    id: strawberry.ID = arg("The tag.", of="Tag")
    name: str | None = arg("The word.", max_length=None, default=UNSET)
    color: str | None = arg("Its colour.", default=UNSET)
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class TagDeleteInput(MutationInput):
    """Which tag to remove from everywhere."""

    id: strawberry.ID = arg("The tag.", of="Tag")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class TagMergeInput(MutationInput):
    """Which tag becomes which other one."""

    id: strawberry.ID = arg("The tag that goes.", of="Tag")
    into_id: strawberry.ID = arg("The tag that its records have from now on.", of="Tag")


@act_input
class TagsAddInput(MutationInput):
    """Which tags to put on which records."""

    record_ids: list[strawberry.ID] = arg("The records, of any kinds; at most 500.", of=RECORD)
    names: list[str] = arg(
        "Tags by their names; those that nobody has made are made.",
        default_factory=list,
        max_length=None,
    )
    tag_ids: list[strawberry.ID] = arg("Tags by their ids.", of="Tag", default_factory=list)


@act_input
class TagsRemoveInput(MutationInput):
    """Which tags to take off which records."""

    record_ids: list[strawberry.ID] = arg("The records, of any kinds; at most 500.", of=RECORD)
    names: list[str] = arg("Tags by their names.", default_factory=list, max_length=None)
    tag_ids: list[strawberry.ID] = arg("Tags by their ids.", of="Tag", default_factory=list)
