"""Inputs of acts that are written by hand, and what every mutation's input has."""

import dataclasses
from typing import Any, TypeVar, dataclass_transform

import strawberry
from strawberry import UNSET as UNSET  # noqa: PLC0414 - inputs say what is left out

T = TypeVar("T")

ID_OF = "id_of"
MAX_LENGTH = "max_length"


def arg(
    description: str,
    *,
    of: str = "",
    max_length: int | None = 200,
    **options: Any,
) -> Any:
    """A field of an input; `of` names the entity whose wire id it takes."""
    return strawberry.field(
        description=description, metadata={ID_OF: of, MAX_LENGTH: max_length}, **options
    )


@dataclass_transform(kw_only_default=True, field_specifiers=(arg,))
def act_input(cls: type[T]) -> type[T]:
    """Make a class a mutation's input; its docstring is the description."""
    return strawberry.input(cls, description=cls.__doc__)


def nested_input(cls: type | None = None, *, one_of: bool = False) -> Any:
    """Make a class a part of a mutation's input."""
    if cls is None:
        return lambda given: nested_input(given, one_of=one_of)
    return strawberry.input(cls, description=cls.__doc__, one_of=one_of or None)


@act_input
class MutationInput:
    """What every mutation's input has."""

    idempotency_key: str | None = arg(
        "Send the same key again to get the same answer without a second effect; kept 72 hours.",
        default=None,
        max_length=100,
    )


def notes(declared: dataclasses.Field[Any]) -> dict[str, Any]:
    """What `arg` noted on a field of an input."""
    return dict(declared.metadata)
