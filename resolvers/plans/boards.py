"""Boards by plans: one statement for the columns, one for the figures, one for all cards."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from graphql import FieldNode, GraphQLField, GraphQLObjectType, get_named_type

from core.names import camel
from models.registry import REGISTRY
from resolvers.boards import Shown, cards_of, shown
from resolvers.plans.assembly import Program
from resolvers.plans.runtime import Fill, filled
from resolvers.plans.selection import Document, Joined
from resolvers.plans.sql import Run
from resolvers.plans.values import Records
from resolvers.plans.walks import NotCompiled
from schema.boards import Board, figures_of

Nodes = list[FieldNode]
Part = Callable[[Run, Shown], Awaitable[Any]]
"""What answers a field of the board."""
ColumnPart = Callable[[Run, Shown, Sequence[str]], Awaitable[Sequence[Any]]]
"""What answers a field of every column, whose values are given."""


class BoardPlan:
    """What an operation selects of a board."""

    def __init__(
        self, document: Document, board: Board, declared: GraphQLField, nodes: Nodes
    ) -> None:
        self._document = document
        self._board = board
        self._arguments = document.arguments(declared, nodes[0])
        kind = _object(declared)
        self._parts = {
            key: self._part(kind, own) for key, own in document.collected(kind, nodes).items()
        }

    async def answer(self, run: Run) -> dict[str, Any] | None:
        """What is selected of it; None when there is no such pipeline."""
        board = await shown(run.reading, self._board, self._arguments.of(run.variables))
        if board is None:
            return None
        found: dict[str, Any] = dict.fromkeys(self._parts)
        # The place of the log is known once something was read.
        for key in sorted(found, key=lambda key: self._parts[key] is _event_cursor):
            found[key] = await self._parts[key](run, board)
        return found

    def _part(self, kind: GraphQLObjectType, nodes: Nodes) -> Part:
        name = nodes[0].name.value
        if name == "__typename":
            return _always(kind.name)
        if name == "eventCursor":
            return _event_cursor
        if name == "columns":
            return self._columns(kind.fields[name], nodes)
        records = Records(self._document, nodes)

        async def pipeline(run: Run, board: Shown) -> Any:
            assert board.pipeline is not None  # noqa: S101 - boards of a pipeline have one
            wanted = [(REGISTRY["Pipeline"], board.pipeline.row["id"])]
            return _all_there(await records.found(run, wanted))[0]

        return pipeline

    def _columns(self, declared: GraphQLField, nodes: Nodes) -> Part:
        kind = _object(declared)
        parts = {
            key: self._column(kind, own)
            for key, own in self._document.collected(kind, nodes).items()
        }

        async def columns(run: Run, board: Shown) -> list[dict[str, Any]]:
            values = [column.value for column in board.columns]
            answered = [await part(run, board, values) for part in parts.values()]
            return [dict(zip(parts, own, strict=True)) for own in zip(*answered, strict=True)]

        return columns

    def _column(self, kind: GraphQLObjectType, nodes: Nodes) -> ColumnPart:
        name = nodes[0].name.value
        if name == "__typename":
            return _constant(kind.name)
        if name == "cards":
            return self._cards(kind.fields[name], nodes)
        python_name = kind.fields[name].extensions["strawberry-definition"].python_name
        if name == camel(self._board.head) and not self._board.is_enum:
            return self._heads(nodes)
        walk = self._document.walker.of(kind.fields[name].type, nodes, f"{kind.name}.{name}")

        async def figure(run: Run, board: Shown, values: Sequence[str]) -> Sequence[Any]:
            found = await board.figures(run.reading, values)
            return [walk(one[python_name]) for one in found]

        async def field(_run: Run, board: Shown, _values: Sequence[str]) -> Sequence[Any]:
            return [walk(column.fields[python_name]) for column in board.columns]

        return figure if python_name in figures_of(self._board) else field

    def _heads(self, nodes: Nodes) -> ColumnPart:
        records, entity = Records(self._document, nodes), REGISTRY[self._board.target]

        async def heads(run: Run, _board: Shown, values: Sequence[str]) -> Sequence[Any]:
            return _all_there(await records.found(run, [(entity, value) for value in values]))

        return heads

    def _cards(self, declared: GraphQLField, nodes: Nodes) -> ColumnPart:
        document, board = self._document, self._board
        chosen = document.listed(board.entity, cards_of(board), declared, nodes)
        program = Program()
        arguments = Joined.to(chosen.arguments, self._arguments)
        name = program.listed(replace(chosen, arguments=arguments))
        fill: Fill = program.compiled(name)

        async def cards(run: Run, _board: Shown, values: Sequence[str]) -> Sequence[Any]:
            found = await filled(fill, run, values)
            return [found[value] for value in values]

        return cards


def _all_there(found: list[Any]) -> list[Any]:
    if None in found:
        raise NotCompiled("board changed meanwhile")
    return found


def _object(declared: GraphQLField) -> GraphQLObjectType:
    kind = get_named_type(declared.type)
    assert isinstance(kind, GraphQLObjectType)  # noqa: S101 - of a board and its columns
    return kind


def _always(text: str) -> Part:
    async def constant(_run: Run, _board: Shown) -> str:
        return text

    return constant


def _constant(text: str) -> ColumnPart:
    async def constant(_run: Run, _board: Shown, values: Sequence[str]) -> Sequence[Any]:
        return [text] * len(values)

    return constant


async def _event_cursor(run: Run, board: Shown) -> str:
    await run.reading.begin()
    return board.event_cursor
