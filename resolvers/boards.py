"""Boards as they are read: their columns, the figures and the cards of all columns at once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import sqlalchemy as sa

from auth.policy import readable, visible
from core.codes import DenialCode
from core.errors import Denied
from core.sql import Remembered, Rendered
from models.registry import REGISTRY, Field, Kind
from resolvers.executor import reading_of
from resolvers.pages import Page, page_of
from resolvers.plans.rendering import rendered
from resolvers.queries import answers, query
from resolvers.reading import Info, Reading, Seen
from schema.boards import BOARDS, Board, answered, figures_of
from services.conditions import Filtering, read_id
from services.figures import Figures, added, figures, summed
from services.rates import Home

_STATEMENTS = Remembered()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a board that is being read."""

    board: "Shown"
    value: str
    """What its cards hold: the id of a stage or status, or an enum's value."""
    fields: Mapping[str, Any]
    archived: bool = False


@dataclass(slots=True)
class Shown:
    """A board that is being read: its pipeline, if it has one, and its columns."""

    reading: Reading
    declared: Board
    filter: Mapping[str, Any] | None
    pipeline: Seen | None = None
    columns: list[Column] = field(default_factory=list)

    @property
    def event_cursor(self) -> str:
        """Where the log stood before the first statement, which brings it at the latest."""
        return str(self.reading.position)

    async def figures(self, reading: Reading, values: Sequence[str]) -> list[Figures]:
        """The figures of columns, one statement for all of them."""
        text = orjson.dumps(self.filter, default=str)
        key = ("figures", self.declared.name, text)
        found: list[Figures] = await reading.loader(key, self._batch(reading)).load_many(values)
        return found

    def _batch(self, reading: Reading) -> Callable[[Sequence[str]], Awaitable[list[Figures]]]:
        async def batch(values: Sequence[str]) -> list[Figures]:
            entity = self.declared.entity
            home = Home.of(reading.actor, reading.now)
            statement = self._statement(reading).with_values(wanted=list(values), **home.bound())
            own: dict[str, list[Any]] = {value: [] for value in values}
            for row in await reading.fetch(statement):
                own[row["k0"]].append(row)
            return [_named(entity, added(entity, rows, home)) for rows in own.values()]

        return batch

    def _statement(self, reading: Reading) -> Rendered:
        def make() -> sa.Select[Any]:
            entity = self.declared.entity
            rows = entity.table.alias("item")
            by = rows.c[self.declared.by]
            return figures(
                entity,
                rows,
                [by.label("k0")],
                by == sa.any_(sa.bindparam("wanted", None, type_=sa.ARRAY(by.type))),
                visible(entity, reading.actor, rows),
                Filtering(reading.actor, reading.now).where(entity, rows, self.filter),
            )

        if self.filter:
            return rendered(make())
        return _STATEMENTS.of((self.declared.name, reading.actor.permission_set), make)


def _named(entity: Any, sums: Figures) -> Figures:
    """The figures by the names a column has for them."""
    found: Figures = {"count": sums["count"]}
    for one in summed(entity):
        found[f"total_{one.name}"] = sums[f"sum_{one.name}"]
        found[f"weighted_{one.name}"] = sums.get(f"sum_weighted_{one.name}")
        found["unconverted"] = found.get("unconverted", []) + sums[f"unconverted_{one.name}"]
    return found


def cards_of(board: Board) -> Field:
    """The cards of a column, as the collection they are."""
    return Field(
        name="cards",
        kind=Kind.MANY,
        description="",
        target=board.card,
        by=board.by,
        order_by=("rank",),
    )


async def shown(reading: Reading, board: Board, arguments: Mapping[str, Any]) -> Shown | None:
    """A board with its columns; None when there is no such pipeline."""
    require_readable(reading, board)
    found = Shown(reading, board, arguments.get("filter"))
    if board.kind is not None:
        rows = await reading.fetch(stages(reading, board, arguments.get("pipelineId")))
        if not rows:
            return None
        found.pipeline = _seen("Pipeline", rows[0], "pipeline_")
        _add(found, [_seen("PipelineStage", row, "head_") for row in rows if row["head_id"]])
    elif board.is_enum:
        found.columns = [Column(found, value, {board.head: value}) for value in board.values()]
    else:
        entity = REGISTRY[board.target]
        table = entity.table
        ordered = sa.select(table).where(visible(entity, reading.actor, table))
        rows = await reading.fetch(ordered.order_by(table.c.position, table.c.id))
        _add(found, [Seen(entity, row) for row in rows])
    if any(column.archived for column in found.columns):
        sums = await found.figures(reading, [column.value for column in found.columns])
        found.columns = [
            column
            for column, own in zip(found.columns, sums, strict=True)
            if own["count"] or not column.archived
        ]
    return found


def require_readable(reading: Reading, board: Board) -> None:
    """Deny a board whose cards the actor's role may not read."""
    if not readable(board.entity, reading.actor):
        message = (
            f"The role {reading.actor.role} may not read {board.entity.category};"
            " an Admin can grant it."
        )
        raise Denied(DenialCode.FORBIDDEN, message)


def _add(found: Shown, heads: Sequence[Seen]) -> None:
    board = found.declared
    for head in heads:
        fields = {board.head: head} | {name: head.row[source] for name, _, source in board.shown}
        archived = head.row["archived_at"] is not None
        found.columns.append(Column(found, head.row["id"], fields, archived))


def stages(reading: Reading, board: Board, pipeline_id: str | None) -> Rendered:
    """The stages of a pipeline in their order, each beside it; or it alone."""
    form = (board.name, pipeline_id is None, reading.actor.permission_set)
    statement = _STATEMENTS.of(
        form, lambda: _of_pipeline(reading, board, first=pipeline_id is None)
    )
    if pipeline_id is None:
        return statement
    return statement.with_values(pipeline=read_id(pipeline_id, "Pipeline"))


def _of_pipeline(reading: Reading, board: Board, *, first: bool) -> sa.Select[Any]:
    entity, stages = REGISTRY["Pipeline"], REGISTRY["PipelineStage"]
    pipeline, stage, other = entity.table.alias(), stages.table.alias(), entity.table.alias()
    wanted: Any = sa.bindparam("pipeline", None, type_=pipeline.c.id.type)
    if first:
        wanted = (
            sa.select(other.c.id)
            .where(
                visible(entity, reading.actor, other),
                other.c.kind == board.kind,
                other.c.archived_at.is_(None),
            )
            .order_by(other.c.position, other.c.id)
            .limit(1)
            .scalar_subquery()
        )
    of_it = sa.and_(stage.c.pipeline_id == pipeline.c.id, visible(stages, reading.actor, stage))
    return (
        sa.select(
            *(column.label(f"pipeline_{column.name}") for column in pipeline.c),
            *(column.label(f"head_{column.name}") for column in stage.c),
        )
        .select_from(pipeline.outerjoin(stage, of_it))
        .where(
            visible(entity, reading.actor, pipeline),
            pipeline.c.id == wanted,
            pipeline.c.kind == board.kind,
        )
        .order_by(stage.c.position, stage.c.id)
    )


def _seen(name: str, row: Mapping[str, Any], prefix: str) -> Seen:
    entity = REGISTRY[name]
    return Seen(entity, {column.name: row[prefix + column.name] for column in entity.table.c})


def _declare(board: Board) -> None:
    """Answer a board's fields one by one, as the executor asks for them."""

    @query(board.name, answered(board))
    async def whole(_root: Any, info: Info, **arguments: Any) -> Shown | None:
        return await shown(reading_of(info), board, arguments)

    if board.kind is not None:
        answers(board.type_name, "pipeline")(lambda found, _info: found.pipeline)
    for name in (board.head, *(name for name, _, _ in board.shown)):
        answers(board.column_name, name)(_head(name))
    for name in figures_of(board):
        answers(board.column_name, name)(_figure(name))

    @answers(board.column_name, "cards")
    async def cards(column: Column, info: Info, **arguments: Any) -> Page:
        asked = arguments | {"filter": column.board.filter}
        return await page_of(reading_of(info), cards_of(board), column.value, asked)


def _head(name: str) -> Callable[..., Any]:
    return lambda column, _info: column.fields[name]


def _figure(name: str) -> Callable[..., Any]:
    async def resolve(column: Column, info: Info) -> Any:
        (found,) = await column.board.figures(reading_of(info), [column.value])
        return found[name]

    return resolve


for _board in BOARDS.values():
    _declare(_board)
