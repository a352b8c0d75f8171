"""Root fields and fields of value types that are written by hand."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from core.names import camel
from models.registry import REGISTRY, Field
from resolvers.executor import reading_of
from resolvers.pages import page_of
from resolvers.reading import Info, Reading
from schema.declare import derived
from schema.derive import page_arguments
from schema.types import Answered

Value = Callable[[Reading, Mapping[str, Any]], Awaitable[Any]]

QUERIES: dict[str, Answered] = {}
VALUED: dict[str, Value] = {}
"""Root fields whose values plans take as they are, by their names on the wire."""
OWN_LISTS: dict[str, Field] = {}
"""Root fields (by wire name) that list a collection of the viewer's user."""
_RESOLVERS: dict[tuple[str, str], Callable[..., Any]] = {}


def query(name: str, answered: Answered) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add a root field (snake_case name) answered by `resolve(root, info, **arguments)`."""

    def declare(resolve: Callable[..., Any]) -> Callable[..., Any]:
        if name in QUERIES:
            message = f"The query {name} is declared twice."
            raise TypeError(message)
        QUERIES[name] = answered
        _RESOLVERS["Query", name] = resolve
        return resolve

    return declare


def valued(name: str, answered: Answered) -> Callable[[Value], Value]:
    """Add a root field answered by a value object: `of(reading, arguments)`, for plans as well."""

    def declare(of: Value) -> Value:
        def resolve(_root: Any, info: Info, **arguments: Any) -> Awaitable[Any]:
            return of(reading_of(info), arguments)

        query(name, answered)(resolve)
        VALUED[camel(name)] = of
        return of

    return declare


def own_list(name: str, description: str, collection: str) -> None:
    """Add a root field (snake_case name) with a collection of the user who is signed in."""
    field = OWN_LISTS[camel(name)] = REGISTRY["User"].fields[collection]
    arguments = page_arguments(REGISTRY[field.target])

    @query(name, Answered(derived(f"{field.target}Connection"), description, arguments))
    def resolve(_root: Any, info: Any, **given: Any) -> Any:
        reading = reading_of(info)
        return page_of(reading, field, reading.actor.user_id, given)


def answers(kind: str, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Answer a field (snake_case name) of a value type written by hand."""

    def declare(resolve: Callable[..., Any]) -> Callable[..., Any]:
        _RESOLVERS[kind, name] = resolve
        return resolve

    return declare


def is_answered(kind: str, name: str) -> bool:
    """Whether a field (snake_case name) of a value type has a resolver written by hand."""
    return (kind, name) in _RESOLVERS


def attach_queries(type_map: Mapping[str, Any]) -> None:
    """Give the hand-written root fields their resolvers."""
    for (kind, name), resolve in _RESOLVERS.items():
        type_map[kind].fields[camel(name)].resolve = resolve
