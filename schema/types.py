"""Builds Strawberry types from plain data, for everything that is derived."""

import inspect
import keyword
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, cast

import strawberry
from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLUnionType

from schema.enums import described


@dataclass(frozen=True, slots=True)
class Given:
    """One field or argument: its type, its description, and what it is when left out."""

    annotation: Any
    description: str
    default: Any = strawberry.UNSET
    required: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """One field of an output type, with the arguments it takes."""

    annotation: Any
    description: str
    arguments: dict[str, Given] = field(default_factory=dict)


def is_record(kind: Any) -> bool:
    """Whether a GraphQL type stands for records: an entity's, `Node`, or a union of entities'."""
    if isinstance(kind, GraphQLUnionType):
        return all(is_record(one) for one in kind.types)
    if isinstance(kind, GraphQLInterfaceType):
        return kind.name == "Node"
    interfaces = kind.interfaces if isinstance(kind, GraphQLObjectType) else ()
    return any(one.name == "Node" for one in interfaces)


def build_input(name: str, description: str, given: dict[str, Given]) -> type:
    """An input type whose fields are optional unless required."""
    cls = _empty(name, description)
    for key, one in given.items():
        options = {} if one.required else {"default": one.default}
        cls.__annotations__[python_name(key)] = (
            one.annotation if one.required else one.annotation | None
        )
        graphql_name = key if key != python_name(key) else None
        setattr(
            cls,
            python_name(key),
            strawberry.field(description=one.description, name=graphql_name, **options),
        )
    return strawberry.input(cls, description=description)


def build_type(
    name: str, description: str, answered: dict[str, Answered], *, bases: tuple[type, ...] = ()
) -> type:
    """An output type; its resolvers are attached from the registry's bindings."""
    cls = _empty(name, description, bases)
    for key, one in answered.items():
        made = taking(one)
        if key != python_name(key):
            made.graphql_name = key
        cls.__annotations__[python_name(key)] = one.annotation
        setattr(cls, python_name(key), made)
    return strawberry.type(cls, description=description)


def build_enum(name: str, description: str, values: dict[str, str]) -> type[StrEnum]:
    """An enum with a description for each value."""
    kind: Any = StrEnum(name, {value: value for value in values})  # type: ignore[misc]
    kind.__doc__ = description
    described(kind, values)
    return cast("type[StrEnum]", kind)


def taking(one: Answered) -> Any:
    """A field with arguments; what answers it is attached after the schema is built."""
    if not one.arguments:
        return strawberry.field(description=one.description)

    def unattached() -> None:
        """Stand where a binding's resolver will."""

    parameters = [
        inspect.Parameter(
            python_name(key),
            inspect.Parameter.KEYWORD_ONLY,
            annotation=Annotated[
                given.annotation if given.required else given.annotation | None,
                strawberry.argument(
                    description=given.description, name=None if key == python_name(key) else key
                ),
            ],
            default=inspect.Parameter.empty if given.required else given.default,
        )
        for key, given in one.arguments.items()
    ]
    unattached.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        parameters, return_annotation=one.annotation
    )
    unattached.__annotations__ = {"return": one.annotation}
    return strawberry.field(resolver=unattached, description=one.description)


def _empty(name: str, description: str, bases: tuple[type, ...] = ()) -> type:
    own = {"__annotations__": {}, "__doc__": description, "__module__": __name__}
    return type(name, bases, own)


def python_name(key: str) -> str:
    """The name of a field as an attribute: `import` is a word of Python's own."""
    return f"{key}_" if keyword.iskeyword(key) else key
