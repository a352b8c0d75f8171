"""What feeds tell: events of boards and records, and the states of what runs."""

from datetime import datetime
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Annotated, Any

import strawberry

from core.choices import named
from core.names import camel, pascal, spaced
from models.enums import ImportStatus, ResyncReason, TimelineKind
from schema.actors import Actor
from schema.boards import Board, figures_of
from schema.declare import Node, derived
from schema.enums import described as described_enum
from schema.scalars import Cursor
from schema.timelines import TimelineItem
from schema.types import Answered, Given, build_type
from schema.values import described

MAX_RECORDS = 100
MAX_BEATS = 86_400


class CardRemovedReason(StrEnum):
    """Why a card or record is gone from what is watched."""

    MOVED_PIPELINE = "MOVED_PIPELINE"
    DELETED = "DELETED"
    FILTERED_OUT = "FILTERED_OUT"
    NO_LONGER_VISIBLE = "NO_LONGER_VISIBLE"
    MERGED = "MERGED"


described_enum(
    CardRemovedReason,
    {
        "MOVED_PIPELINE": "It is in another pipeline.",
        "DELETED": "It was deleted.",
        "FILTERED_OUT": "It does not fit the filter any more.",
        "NO_LONGER_VISIBLE": "It is out of your sight.",
        "MERGED": "It became a part of another record.",
    },
)


class ActivityRemovedReason(StrEnum):
    """Why an item is gone from a timeline."""

    DELETED = "DELETED"
    UNLINKED = "UNLINKED"
    NO_LONGER_VISIBLE = "NO_LONGER_VISIBLE"


described_enum(
    ActivityRemovedReason,
    {
        "DELETED": "It was deleted.",
        "UNLINKED": "It is not about the record any more.",
        "NO_LONGER_VISIBLE": "It is out of your sight.",
    },
)


@strawberry.interface(description="What every event of a board has.")
class BoardEvent:
    """An event's place and origin."""

    cursor: Cursor = described("Send the last one you processed as `after` to go on from there.")
    at: datetime = described("When it happened.")
    actor: Actor | None = described("Who did it; null when out of your sight.")
    operation_id: strawberry.ID | None = described("The act it belongs to.")


@strawberry.type(description="Read the snapshot again; the feed goes on behind it.")
class ResyncRequired(BoardEvent):
    """Instead of silent loss."""

    reason: ResyncReason = described("Why.")


ORIGIN = {
    "cursor": Answered(Cursor, "Send the last one you processed as `after` to go on from there."),
    "at": Answered(datetime, "When it happened."),
    "actor": Answered(Actor | None, "Who did it; null when out of your sight."),
    "operation_id": Answered(strawberry.ID | None, "The act it belongs to."),
}
AFTER = Given(Cursor, "The last cursor you have: `eventCursor` of the snapshot, or an event's.")
CHANGED = Answered(list[str], "The fields that changed; empty where a linked record did.")


def prefix(board: Board) -> str:
    """What the names of a board's event types begin with; the pipelines' were first."""
    return "" if board.card == "Deal" else board.card


def heads_name(board: Board) -> str:
    """The field with all heads of a board's columns."""
    return f"{board.head}s" if board.head == "stage" else f"{board.head}es"


def column_field(board: Board) -> tuple[str, Any]:
    """The field (snake_case) that says which column of a board is meant, and its type."""
    if board.is_enum:
        return board.head, named(board.target)
    return f"{board.head}_id", strawberry.ID


def _event(name: str, description: str, answered: dict[str, Answered]) -> type:
    return build_type(name, description, answered, bases=(BoardEvent,))


def _kinds(board: Board) -> list[type]:
    """The types of what happens on a board."""
    what, begin = spaced(board.card), prefix(board)
    name, kind = column_field(board)
    column = {name: Answered(kind, "The column.")}
    made = [
        _event(
            f"{begin}CardUpserted",
            f"A {what} came onto the board, moved or changed: here it is as it is now.",
            {"card": Answered(derived(board.card), f"The {what}.")}
            | {name: Answered(kind, "The column it is in.")}
            | {
                "rank": Answered(str, "Its place there; cards are in the order of their ranks."),
                "after_card_id": Answered(
                    strawberry.ID | None, "The card directly above it; null at the top."
                ),
                "changed": CHANGED,
            },
        ),
        _event(
            f"{begin}CardRemoved",
            f"A {what} left the board.",
            {"card_id": Answered(strawberry.ID, f"The {what}.")}
            | {name: Answered(kind, "The column it was in.")}
            | {"reason": Answered(CardRemovedReason, "Why.")},
        ),
        _event(
            f"{begin}ColumnTotalsChanged",
            "A column's figures as they are now: values, not differences.",
            column | figures_of(board),
        ),
    ]
    if not board.is_enum:
        several = heads_name(board)
        made.append(
            _event(
                f"{begin}{pascal(several)}Changed",
                "The columns themselves changed: here they are in their order.",
                {
                    several: Answered(
                        list[derived(board.target)],  # type: ignore[misc]
                        "What the columns stand for, archived ones included.",
                    )
                },
            )
        )
    return made


def of_board(board: Board) -> Answered:
    """The root field that tells what happens on a board, with its types."""
    what = spaced(board.card)
    arguments = {
        "filter": Given(derived(f"{board.card}Filter"), "The filter of the snapshot."),
        "after": AFTER,
    }
    if board.kind is not None:
        which = "The pipeline." if board.chosen else "The pipeline; the first when left out."
        arguments["pipeline_id"] = Given(strawberry.ID, which, required=board.chosen)
    return Answered(
        union_of(
            [*_kinds(board), ResyncRequired],
            f"{board.type_name}Event",
            f"What happens on a board of {what} records.",
        ),
        f"What happens on `{camel(board.name)}` after its snapshot. Resume with the last cursor;"
        " loss is never silent.",
        arguments,
    )


_RECORD_CHANGED = build_type(
    "RecordChanged",
    "A record was made, changed or came into your sight.",
    ORIGIN | {"record": Answered(Node, "The record as it is now."), "changed": CHANGED},
)
_RECORD_REMOVED = build_type(
    "RecordRemoved",
    "A record was deleted or left your sight.",
    ORIGIN
    | {
        "record_id": Answered(strawberry.ID, "The record."),
        "reason": Answered(CardRemovedReason, "Why."),
    },
)


def union_of(kinds: list[type], name: str, description: str) -> Any:
    """A union of the types of what a feed tells."""
    union = strawberry.union(name, description=description)
    return Annotated[reduce(or_, kinds), union]


_RECORD_EVENT = union_of(
    [_RECORD_CHANGED, _RECORD_REMOVED, ResyncRequired], "RecordEvent", "What happens to records."
)


ImportProgress = build_type(
    "ImportProgress",
    "An import's counts, told whenever they change.",
    {
        "status": Answered(ImportStatus, "What it is doing."),
        "total_rows": Answered(int, "How many rows the file has."),
        "done_rows": Answered(int, "How many rows were worked off."),
        "created_rows": Answered(int, "How many rows made a new record."),
        "updated_rows": Answered(int, "How many rows fitted a record that exists."),
        "failed_rows": Answered(int, "How many rows were not brought in."),
        "import": Answered(derived("Import"), "The import itself."),
    },
)

RECORD_EVENTS = Answered(
    _RECORD_EVENT,
    "What happens to some records; those out of your sight are as silent as those that do not"
    " exist. Resume with the last cursor.",
    {
        "ids": Given(list[strawberry.ID], f"At most {MAX_RECORDS} ids.", required=True),
        "after": AFTER,
    },
)
IMPORT_PROGRESS = Answered(
    ImportProgress,
    "How far an import is, until it ends; ends at once where you have no such import.",
    {"id": Given(strawberry.ID, "The import.", required=True)},
)
HEARTBEAT = Answered(
    int,
    "A number a second, from 1 on: to probe a connection.",
    {"count": Given(int, f"How many, at most {MAX_BEATS:,}; without end when left out.")},
)

_ACTIVITY_UPSERTED = build_type(
    "ActivityUpserted",
    "An item came into the timeline or changed: here it is as it is now.",
    ORIGIN | {"item": Answered(TimelineItem, "The item."), "changed": CHANGED},
)
_ACTIVITY_REMOVED = build_type(
    "ActivityRemoved",
    "An item left the timeline.",
    ORIGIN
    | {
        "item_id": Answered(strawberry.ID, "The item."),
        "reason": Answered(ActivityRemovedReason, "Why."),
    },
)
ACTIVITY_EVENTS = Answered(
    union_of(
        [_ACTIVITY_UPSERTED, _ACTIVITY_REMOVED, ResyncRequired],
        "ActivityEvent",
        "What happens in the timeline of a record.",
    ),
    "What happens in the `timeline` of a record; one out of your sight is as silent as one that"
    " does not exist. Resume with the last cursor; loss is never silent.",
    {
        "record_id": Given(strawberry.ID, "The record.", required=True),
        "kinds": Given(list[TimelineKind], "Only items of these kinds; all when null."),
        "after": AFTER,
    },
)

TOUCHED: dict[str, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    "Project": (("Task", "project", ("progressPercent",)),),
}
"""Entities that show something of others: whose, by which link of theirs, and what it changes."""
