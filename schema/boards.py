"""Boards: cards in columns, one short declaration for each kind of card."""

from dataclasses import dataclass
from typing import Any

import strawberry

from core.choices import named
from core.names import pascal, spaced
from models.enums import PipelineKind
from models.registry import REGISTRY, Entity
from schema import cases, deals, leads, projects, tasks  # noqa: F401 - what boards show is declared first
from schema.declare import derived
from schema.derive import DEFAULT_FIRST, HOW_MANY
from schema.scalars import Cursor
from schema.types import Answered, Given, build_type
from services.figures import summed

MOST_COLUMNS = 20
"""How many columns a board is priced with; there may be more."""


@dataclass(frozen=True, slots=True)
class Board:
    """What a board shows: whose records its cards are, and what its columns stand for."""

    name: str
    """Of its root field, in snake_case."""
    card: str
    """The entity of its cards."""
    by: str
    """The cards' column that says which column of the board they are in."""
    head: str
    """The field of a column that says what it stands for."""
    target: str
    """What that is: an entity, or an enum."""
    kind: PipelineKind | None = None
    """Boards of a pipeline's stages: of which kind of pipeline."""
    chosen: bool = False
    """Whether the pipeline must be named; otherwise the first is shown."""
    shown: tuple[tuple[str, str, str], ...] = ()
    """More fields of a column: name, enum, and the column of its head's row."""

    @property
    def entity(self) -> Entity:
        """The entity of its cards."""
        return REGISTRY[self.card]

    @property
    def type_name(self) -> str:
        """The type of the root field."""
        return pascal(self.name)

    @property
    def column_name(self) -> str:
        """The type of its columns."""
        return f"{self.type_name}Column"

    @property
    def is_enum(self) -> bool:
        """Whether its columns stand for the values of an enum."""
        return self.target not in REGISTRY

    def values(self) -> list[Any]:
        """The values of the enum, in their order."""
        return list(named(self.target))


def _of_stages(name: str, card: str, kind: PipelineKind, **rest: Any) -> Board:
    return Board(name, card, "stage_id", "stage", "PipelineStage", kind, **rest)


_LEAD_STATUS = (("status", "LeadStatus", "lead_status"),)

BOARDS = {
    board.type_name: board
    for board in (
        _of_stages("pipeline_board", "Deal", PipelineKind.DEAL, chosen=True),
        _of_stages(
            "lead_board",
            "Lead",
            PipelineKind.LEAD,
            shown=(("status", "LeadStatus", "lead_status"),),
        ),
        _of_stages("project_board", "Project", PipelineKind.PROJECT),
        Board("case_board", "Case", "status_id", "status", "CaseStatus"),
        Board("task_board", "Task", "status", "status", "TaskStatus"),
    )
}


def answered(board: Board) -> Answered:
    """The root field of a board, with its types."""
    what = spaced(board.card)
    fields = (
        {}
        if board.kind is None
        else {
            "pipeline": Answered(derived("Pipeline"), "The pipeline whose stages are its columns.")
        }
    )
    fields |= {
        "event_cursor": Answered(
            Cursor, "Where the event log stood before the board was read; what follows is later."
        ),
        "columns": Answered(
            list[_column(board)],  # type: ignore[misc]
            "Its columns in their order; one that is archived is there while it holds cards.",
        ),
    }
    kind = build_type(board.type_name, f"The {what} records you see, in columns.", fields)
    arguments = {
        "filter": Given(
            derived(f"{board.card}Filter"), f"Which {what} records: for cards, counts and sums."
        ),
    }
    if board.kind is not None:
        which = "The pipeline." if board.chosen else "The pipeline; the first when left out."
        arguments["pipeline_id"] = Given(strawberry.ID, which, required=board.chosen)
    null = "" if board.kind is None else "; null when there is no such pipeline"
    return Answered(
        kind if board.kind is None else kind | None,
        f"The board of the {what} records you see, with their counts{null}.",
        arguments,
    )


def _column(board: Board) -> Any:
    what = spaced(board.card)
    head = named(board.target) if board.is_enum else derived(board.target)
    fields = {board.head: Answered(head, "What the column stands for.")}
    for name, kind, _ in board.shown:
        fields[name] = Answered(named(kind) | None, f"The {name} of its cards.")
    fields |= figures_of(board)
    fields["cards"] = Answered(
        derived(f"{board.card}Connection"),
        "Its cards from the top.",
        {
            "first": Given(int, HOW_MANY, DEFAULT_FIRST),
            "after": Given(Cursor, "Only those below this cursor."),
        },
    )
    return build_type(board.column_name, f"A column of {what} cards.", fields)


def figures_of(board: Board) -> dict[str, Answered]:
    """The figures of a column, by name."""
    fields = {"count": Answered(int, "How many cards it holds.")}
    for field in summed(board.entity):
        sentence = f"in the workspace's currency: {field.description}"
        fields[f"total_{field.name}"] = Answered(derived("Money"), f"Sum {sentence}")
        if field.weight:
            fields[f"weighted_{field.name}"] = Answered(
                derived("Money"), f"Sum of what is to be expected, {sentence}"
            )
        fields["unconverted"] = Answered(
            list[derived("Money")],  # type: ignore[misc]
            "Sums that have no exchange rate and are left out, by currency.",
        )
    return fields
