"""Inputs and payloads of the acts every record shares, derived from its declaration."""

from typing import Any

import strawberry

from core.choices import named
from core.names import spaced
from models.registry import Entity, Field, Kind, Write
from schema import custom_values, scalars, values
from schema.declare import derived
from schema.enums import BulkPolicy
from schema.external_ids import ExternalIdInput
from schema.inputs import MutationInput, arg

_BY_SCALAR: dict[str, Any] = {
    definition.name: kind for kind, definition in scalars.SCALARS.items()
} | {"String": str, "Int": int, "Boolean": bool, "Money": values.MoneyInput}

MAX_BULK = 500

_VALUES = (
    "What it shall hold; fields left out stay as they are. What it begins with, such as a stage,"
    " counts where it is created."
)

Declared = dict[str, tuple[Any, Any]]
"""Fields of an input: each an annotation and its `arg`."""


def written(entity: Entity, act: Write) -> dict[str, Field]:
    """The fields an act may set: creating sets those of updating too."""
    allowed = {Write.ALWAYS, act}
    return {name: field for name, field in entity.fields.items() if field.write in allowed}


def _annotation(field: Field) -> Any:
    if field.kind is Kind.LINK:
        return strawberry.ID
    if field.kind is Kind.CUSTOM:
        return list[custom_values.CustomFieldInput]
    return _BY_SCALAR.get(field.scalar) or named(field.scalar)


def _declared(cls_fields: dict[str, Any], name: str, field: Field, *, create: bool) -> None:
    annotation = _annotation(field)
    python = f"{name}_id" if field.kind is Kind.LINK else name
    options: dict[str, Any] = {"of": field.target, "max_length": None}
    required = create and field.required
    if required and annotation is str:
        # Left out, it is empty: the refusal then comes as data, beside the input's others.
        options["default"] = ""
    elif not required:
        annotation = annotation | None
        options["default"] = strawberry.UNSET
    cls_fields[python] = (annotation, arg(field.description, **options))


def input_of(
    name: str,
    description: str,
    fields: dict[str, tuple[Any, Any]],
    base: type | None = MutationInput,
) -> type:
    """An input type made of annotations and `arg`s."""
    namespace: dict[str, Any] = {
        "__annotations__": {key: annotation for key, (annotation, _) in fields.items()},
        "__module__": __name__,
        "__doc__": description,
        **{key: declared for key, (_, declared) in fields.items()},
    }
    cls = type(name, (base,) if base else (), namespace)
    return strawberry.input(cls, description=description)


def create_input(entity: Entity, extra: Declared | None = None, *, nested: bool) -> type:
    """What a record is created from; `nested` is one of a bulk."""
    fields: dict[str, Any] = {}
    for name, field in written(entity, Write.CREATE).items():
        _declared(fields, name, field, create=True)
    what = spaced(entity.name)
    title = f"{entity.name}CreateRow" if nested else f"{entity.name}CreateInput"
    return input_of(
        title,
        f"What a {what} is created from.",
        fields | (extra or {}) | _of_core(entity),
        None if nested else MutationInput,
    )


def _of_core(entity: Entity) -> Declared:
    """What core records are created with besides their own fields."""
    if not entity.core:
        return {}
    sentence = "What other systems call it; those it has already stay."
    kind = list[ExternalIdInput] | None
    return {"external_ids": (kind, arg(sentence, default=strawberry.UNSET))}


_PATCHES: dict[str, type] = {}


def patch_input(entity: Entity) -> type:
    """Any fields of a record: what a bulk sets on each, or a conversion says of a new one."""
    if entity.name not in _PATCHES:
        _PATCHES[entity.name] = _patch(entity)
    return _PATCHES[entity.name]


def _patch(entity: Entity) -> type:
    fields: dict[str, Any] = {}
    for name, field in written(entity, Write.NEVER).items():
        if field.write is Write.ALWAYS:
            _declared(fields, name, field, create=False)
    return input_of(f"{entity.name}Patch", f"Fields of a {spaced(entity.name)}.", fields, None)


def update_input(entity: Entity) -> type:
    """What changes on one record."""
    fields: dict[str, Any] = {
        "id": (strawberry.ID, arg("Which one.", of=entity.name)),
        "expected_version": _expected_version(),
    }
    for name, field in written(entity, Write.ALWAYS).items():
        _declared(fields, name, field, create=False)
    what = spaced(entity.name)
    return input_of(
        f"{entity.name}UpdateInput",
        f"What changes on a {what}: fields left out stay, null empties.",
        fields,
    )


def one_input(entity: Entity, verb: str, *, versioned: bool) -> type:
    """An act on one record that needs nothing but the record."""
    # What was merged away is neither deleted nor restored in place of what it was merged into.
    named = arg("Which one.", of=entity.name, as_is=True)
    fields: dict[str, Any] = {"id": (strawberry.ID, named)}
    if versioned:
        fields["expected_version"] = _expected_version()
    return input_of(f"{entity.name}{verb}Input", f"Which {spaced(entity.name)}.", fields)


def match_input(entity: Entity, by: tuple[str, ...]) -> type:
    """How an upsert finds its record: exactly one of these."""
    fields: dict[str, Any] = {
        "id": (strawberry.ID | None, arg("By its id.", of=entity.name, default=strawberry.UNSET))
    }
    for name in by:
        annotation = _annotation(entity.fields[name]) | None
        fields[name] = (annotation, arg(f"By its {name}.", default=strawberry.UNSET))
    if entity.core:
        named = arg("By what another system calls it.", default=strawberry.UNSET)
        fields["external_id"] = (ExternalIdInput | None, named)
    namespace = {
        "__annotations__": {key: annotation for key, (annotation, _) in fields.items()},
        "__module__": __name__,
        **{key: declared for key, (_, declared) in fields.items()},
    }
    cls = type(f"{entity.name}Match", (), namespace)
    return strawberry.input(cls, one_of=True, description="Exactly one way to find the record.")


def upsert_input(entity: Entity, match: type, row: type, *, nested: bool) -> type:
    """What an upsert matches by, and what it then writes; `nested` is one of a bulk."""
    return input_of(
        f"{entity.name}UpsertRow" if nested else f"{entity.name}UpsertInput",
        f"A {spaced(entity.name)} to update where it exists and to create where not.",
        {
            "match": (match, arg("How to find it.")),
            "values": (row, arg(_VALUES)),
        },
        None if nested else MutationInput,
    )


def bulk_upsert_input(entity: Entity, row: type) -> type:
    """Several upserts."""
    return input_of(
        f"{entity.name}BulkUpsertInput",
        f"Several {spaced(entity.name)} records to update or create.",
        {"rows": (list[row], arg(f"At most {MAX_BULK}."))} | _policy(),  # type: ignore[valid-type]
    )


def selection(entity: Entity) -> Declared:
    """Which records a bulk is about, and what is to be done when some are refused."""
    return {
        "ids": (
            list[strawberry.ID] | None,
            arg(f"Which, by id; at most {MAX_BULK}.", of=entity.name, default=strawberry.UNSET),
        ),
        "filter": (
            derived(f"{entity.name}Filter") | None,
            arg(f"Or which, by filter; at most {MAX_BULK}.", default=strawberry.UNSET),
        ),
    } | _policy()


def _policy() -> Declared:
    sentence = "What to do when some are refused."
    return {"error_policy": (BulkPolicy, arg(sentence, default=BulkPolicy.REJECT_ALL))}


def bulk_inputs(entity: Entity, row: type, patch: type) -> dict[str, type]:
    """The inputs of the bulk acts."""
    what = spaced(entity.name)
    name = entity.name
    return {
        "create": input_of(
            f"{name}BulkCreateInput",
            f"Several {what} records to create.",
            {"rows": (list[row], arg(f"At most {MAX_BULK}."))} | _policy(),  # type: ignore[valid-type]
        ),
        "update": input_of(
            f"{name}BulkUpdateInput",
            f"The same change to several {what} records.",
            {"patch": (patch, arg("What changes on each."))} | selection(entity),
        ),
        "delete": input_of(
            f"{name}BulkDeleteInput", f"Several {what} records to delete.", selection(entity)
        ),
    }


def _expected_version() -> tuple[Any, Any]:
    sentence = "The version you read; the act is refused when it has changed since."
    return int | None, arg(sentence, default=None)
