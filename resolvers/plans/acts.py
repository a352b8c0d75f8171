"""Mutations: each act is carried out, then its payload is answered as a query would be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from graphql import FieldNode, GraphQLField, located_error
from graphql.execution.values import VariableValues
from graphql.pyutils import Path

from resolvers.plans.selection import Arguments, Document
from resolvers.plans.values import Carrying
from resolvers.plans.walks import NotCompiled
from resolvers.reading import Reading


class Context(Protocol):
    """What acts are given of a request: who asks, and what was done for them already."""

    reading: Reading | None
    acted: dict[str, Any]
    """The payloads of what was carried out, by response key: nothing is done twice."""


@dataclass(frozen=True, slots=True)
class _Asking:
    """What an act's resolver reads of the executor's own `info`."""

    context: Context
    path: Path


@dataclass(frozen=True, slots=True)
class Act:
    """One root field of a mutation."""

    key: str
    declared: GraphQLField
    nodes: list[FieldNode]
    arguments: Arguments
    carrying: Carrying

    async def carry_out(self, context: Context, variables: VariableValues) -> Any:
        """Do it; what goes wrong is an error of this field, as the executor has it."""
        path = Path(None, self.key, "Mutation")
        try:
            arguments = self.arguments.of(variables)
            resolve: Any = self.declared.resolve
            return await resolve(None, _Asking(context, path), **arguments)
        except Exception as error:
            raise located_error(error, self.nodes, path.as_list()) from error


Acts = Mapping[str, Act | str]
"""The root fields of a mutation, in the order of being carried out; texts are constants."""


def compiled(document: Document) -> Acts:
    """The acts of an operation, each with the plan of its payload."""
    fields: dict[str, Act | str] = {}
    for key, nodes in document.roots().items():
        name = nodes[0].name.value
        if name == "__typename":
            fields[key] = document.root.name
        elif name.startswith("__"):
            raise NotCompiled("introspection")
        else:
            declared = document.root.fields[name]
            arguments = document.arguments(declared, nodes[0])
            carrying = Carrying(document, declared.type, nodes)
            fields[key] = Act(key, declared, nodes, arguments, carrying)
    return fields
