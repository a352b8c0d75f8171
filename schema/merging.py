"""Merges, as the API shows them: inputs, previews and refusals of every entity that has them."""

from typing import Any

import strawberry

from core.codes import UserErrorCode
from core.names import spaced
from models.registry import REGISTRY, Entity
from schema import companies, contacts  # noqa: F401 - what can be merged is declared there
from schema.acts import Declared, input_of, selection
from schema.custom_values import CustomFieldValue
from schema.declare import Node, derived
from schema.inputs import UNSET, arg
from schema.refusals import UserError, record, refusal
from schema.types import Answered, Given, build_enum, build_type
from services.merge_preview import kinds
from services.survival import fields

MERGEABLE = [entity for entity in REGISTRY.values() if entity.mergeable]

MergedKind = build_enum(
    "MergedKind",
    "What moves to the survivor of a merge.",
    {
        name.upper(): f"The {spaced(name)} records."
        for name in sorted({name for entity in MERGEABLE for name in kinds(entity)})
    },
)

MergeMove = build_type(
    "MergeMove",
    "How many records of a kind move to the survivor, of those you see.",
    {"kind": Answered(MergedKind, "What they are."), "count": Answered(int, "How many.")},
)


@refusal(UserErrorCode.MERGED)
class MergedError(UserError):
    """The record was merged into another."""

    survivor = record("Node", "What it was merged into; null when it is out of your sight.")


def field_enum(entity: Entity) -> Any:
    """The fields a merge of an entity decides about."""
    return _OF[entity.name]["field"]


def preview_of(entity: Entity) -> Any:
    """The type of an entity's merge preview."""
    return _OF[entity.name]["preview"]


def merge_input(entity: Entity) -> type:
    """The input of merging named records."""
    what = spaced(entity.name)
    return input_of(
        f"{entity.name}MergeInput",
        f"Which {what} records become one.",
        {
            "primary_id": (
                strawberry.ID | None,
                arg(
                    "The one that stays; the oldest of them all when left out.",
                    of=entity.name,
                    as_is=True,
                    default=UNSET,
                ),
            ),
            "duplicate_ids": (
                list[strawberry.ID],
                arg("Those that are merged into it; at most 50.", of=entity.name, as_is=True),
            ),
        }
        | _choosing(entity),
    )


def bulk_merge_input(entity: Entity) -> type:
    """The input of merging what is selected."""
    what = spaced(entity.name)
    return input_of(
        f"{entity.name}BulkMergeInput",
        f"Selected {what} records that become one.",
        selection(entity)
        | {
            "primary_id": (
                strawberry.ID | None,
                arg(
                    "The one that stays; the oldest of them when left out.",
                    of=entity.name,
                    as_is=True,
                    default=UNSET,
                ),
            ),
        }
        | _choosing(entity),
    )


def preview_arguments(entity: Entity) -> dict[str, Given]:
    """The arguments of a merge preview."""
    choice = list[_OF[entity.name]["choice"]]  # type: ignore[misc,valid-type]
    return {
        "primary_id": Given(strawberry.ID, "The one that would stay; else the oldest."),
        "duplicate_ids": Given(
            list[strawberry.ID], "Those that would be merged into it; at most 50.", required=True
        ),
        "choose": Given(choice, "Whose value a field would have."),
    }


def _choosing(entity: Entity) -> Declared:
    choice = list[_OF[entity.name]["choice"]]  # type: ignore[misc,valid-type]
    sentence = (
        "Whose value a field has; else the survivor's own, or the first there is among the others."
    )
    return {"choose": (choice, arg(sentence, default_factory=list))}


def _types(entity: Entity) -> dict[str, Any]:
    name, what = entity.name, spaced(entity.name)
    field = build_enum(
        f"{name}MergeField",
        f"A field of {what} records that a merge decides about.",
        {one.name.upper(): one.description for one in fields(entity)},
    )
    choice = input_of(
        f"{name}MergeChoice",
        "Whose value a field has after a merge.",
        {
            "field": (field, arg("The field.")),
            "from_id": (strawberry.ID, arg("The record that has the value.", of=name, as_is=True)),
        },
        None,
    )
    shown = {
        "value": Answered(str | None, "The value as text; null when there is none."),
        "record": Answered(
            Node | None, "The record, where the field leads to one; null when out of your sight."
        ),
        "source": Answered(derived(name) | None, f"The {what} that has it."),
    }
    other = build_type(f"{name}MergeAlternative", "A value that would be given up.", shown)
    decided = build_type(
        f"{name}MergeDecision",
        f"What a field of the {what} would be after a merge.",
        {"field": Answered(field, "The field.")}
        | shown
        | {"alternatives": Answered(list[other], "What else could be chosen.")},  # type: ignore[valid-type]
    )
    own = build_type(
        f"{name}MergeOwnDecision",
        f"What a field of the workspace's own would be after a merge of {what} records.",
        {
            "value": Answered(CustomFieldValue, "The value that would survive."),
            "source": Answered(derived(name) | None, f"The {what} that has it."),
            "alternatives": Answered(list[CustomFieldValue], "Those that would be given up."),
        },
    )
    preview = build_type(
        f"{name}MergePreview",
        f"What merging {what} records would do.",
        {
            "primary": Answered(derived(name) | None, f"The {what} that would stay."),
            "duplicates": Answered(
                list[derived(name)],  # type: ignore[misc]
                "Those that would be merged into it.",
            ),
            "moves": Answered(list[MergeMove], "What would move to it, by kind."),  # type: ignore[valid-type]
            "fields": Answered(list[decided], "Field by field, what would survive."),  # type: ignore[valid-type]
            "custom_fields": Answered(list[own], "The same of the workspace's own fields."),  # type: ignore[valid-type]
        },
    )
    return {"field": field, "choice": choice, "preview": preview}


_OF = {entity.name: _types(entity) for entity in MERGEABLE}
