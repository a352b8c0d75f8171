"""Inputs of acts that are written by hand, and what every mutation's input has."""

import dataclasses
from typing import Any, TypeVar, dataclass_transform

import strawberry
from strawberry import UNSET as UNSET  # noqa: PLC0414 - inputs say what is left out

T = TypeVar("T")

ID_OF = "id_of"
RECORD = "Record"
"""As `of`: takes ids of core records of any kind, and hands on pairs of table and id."""
AS_IS = "as_is"
MAX_LENGTH = "max_length"


def arg(
    description: str,
    *,
    of: str = "",
    as_is: bool = False,
    max_length: int | None = 200,
    **options: Any,
) -> Any:
    """A field of an input; `of` names the entity whose wire id it takes.

    `as_is` is the id of a record that was merged away left to the act to make something of.
    """
    noted = {ID_OF: of, AS_IS: as_is, MAX_LENGTH: max_length}
    return strawberry.field(description=description, metadata=noted, **options)


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
