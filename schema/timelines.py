"""Timelines: everything that happened about a record, as one list of several types."""

from datetime import datetime
from typing import Annotated

import strawberry

from models.enums import InboxChannel, TimelineKind
from schema.actors import Actor
from schema.core_fields import core
from schema.declare import Node, computed, feed
from schema.history import FieldChange
from schema.scalars import Cursor
from schema.types import Answered, Given, build_type
from schema.values import PageInfo, described
from services import activity_figures


@strawberry.interface(description="One item of a timeline or an inbox.")
class TimelineItem:
    """What all items have."""

    id: strawberry.ID = described("Its id; that of the record, where it is one.")
    at: datetime = described("When it happened; a list of items comes by it, latest first.")


@strawberry.type(description="An act on the record itself, from the event log.")
class TimelineEvent(TimelineItem):
    """What was done to a record, by whom."""

    event: str = described("What happened, such as `deal.stage_changed`.")
    act: str | None = described("The mutation, or `import`, `undo`; null before it was kept.")
    actor: Actor | None = described("Who; null when out of your sight.")
    actor_name: str = described("The name of who did it, also of who has left.")
    operation_id: strawberry.ID = described("The act; undo takes it.")
    changes: list[FieldChange] = described("The fields that changed, as `history` tells them.")


@strawberry.type(description="A deal, case or task that was begun about the record.")
class TimelineRecord(TimelineItem):
    """A record in the timeline of another one, at the moment it was created."""

    record_kind: TimelineKind = described("What it is: DEAL, CASE or TASK.")
    record: Node | None = described("The record.")


VALUES = (TimelineEvent, TimelineRecord)
"""Items that are no records."""

MOST_STATEMENTS = 1 + len(TimelineKind)
"""A page of items costs one statement, and one for each kind that is on it."""

_ITEM = Annotated["TimelineItem", strawberry.lazy("schema.timelines")]

TimelineItemEdge = build_type(
    "TimelineItemEdge",
    "An item in a list of items.",
    {
        "cursor": Answered(Cursor, "Its place in the list; send it as `after`."),
        "node": Answered(_ITEM, "The item."),
    },
)

TimelineItemConnection = build_type(
    "TimelineItemConnection",
    "A page of items, latest first.",
    {
        "edges": Answered(list[TimelineItemEdge], "The page with its cursors."),  # type: ignore[valid-type]
        "nodes": Answered(list[_ITEM], "The page."),
        "page_info": Answered(PageInfo, "Where the page lies."),
        "total_count": Answered(int, "How many there are in all; costs a count."),
    },
)


def page(**more: Given) -> dict[str, Given]:
    """The arguments of a list of items."""
    # The bounds are those of all lists; what derives these imports what entities are made of.
    return {
        "first": Given(int, "How many, at most 100; 25 when null.", 25),
        "after": Given(Cursor, "Only those behind this cursor."),
        **more,
    }


CHANNELS = {"channels": Given(list[InboxChannel], "Only these channels; all when null.")}

core(
    "timeline",
    feed(
        "Everything about it: activities, what was done to it, and the deals, cases and tasks"
        " that were begun for it; latest first.",
        page(kinds=Given(list[TimelineKind], "Only items of these kinds; all when null.")),
    ),
    TimelineItemConnection,
)

core(
    "last_activity_at",
    computed(
        "When it was last written, called, met or talked about; what is to come does not count.",
        batch=activity_figures.last_activities,
        needs=("id",),
    ),
    datetime | None,
)
