"""Undo and the history of records, as the API shows them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

import strawberry

from core.codes import UserErrorCode
from models.enums import ChangeKind, ResyncReason
from schema import scalars
from schema.actors import Actor
from schema.core_fields import core
from schema.declare import Node, computed, derived
from schema.inputs import MutationInput, act_input, arg
from schema.refusals import UserError, refusal
from schema.values import PageInfo, described
from services import history


@act_input
class UndoInput(MutationInput):
    """Which act to take back."""

    operation_id: strawberry.ID = arg("The `operationId` its payload answered.")


@strawberry.type(description="An act that was taken back.")
class UndoneAct:
    """What was undone."""

    operation_id: strawberry.ID = described("The act that was undone.")
    act: str = described("What it was called, such as `contactUpdate`.")
    at: datetime = described("When it was done.")
    record_count: int = described("How many records came back to what they were.")
    records: list[Node] = described("Those of them you see, at most 100.")
    finished: bool = described(
        "Whether it is done; false while a worker undoes thousands: `undoPreview` tells when."
    )


@strawberry.type(description="A record that is not as the act left it.")
class UndoCollision:
    """What keeps an act from being undone."""

    record: Node | None = described("The record; null when it is out of your sight.")
    fields: list[str] = described("The fields that changed since, or what points at it since.")


@refusal(UserErrorCode.UNDO_COLLISION)
class UndoCollisionError(UserError):
    """Later acts changed what an act changed, or use what it made."""

    collisions: list[UndoCollision] = described("The records and their fields, at most 20.")


@strawberry.type(description="An act of yours, for a list of what can be undone.")
class OwnAct:
    """One of the viewer's acts."""

    operation_id: strawberry.ID = described("The act; undo takes it.")
    act: str | None = described("What it was called, such as `contactUpdate`.")
    at: datetime = described("When it was done.")
    record_count: int = described("How many changes of records it made.")
    undone_at: datetime | None = described("When it was undone; null when it was not.")
    undoable: bool = described(
        "Whether its kind and age let it be undone; `undoPreview` looks for collisions as well."
    )


@strawberry.type(description="What `undo` would answer now.")
class UndoPreview:
    """Whether an act can be undone."""

    operation_id: strawberry.ID = described("The act.")
    act: str | None = described("What it was called; null when there is no such act.")
    at: datetime | None = described("When it was done; null when there is no such act.")
    undone_at: datetime | None = described("When it was undone; null when it was not, or not yet.")
    refusal: UserError | None = described("Why it would be refused; null when it can be undone.")


@strawberry.type(description="A text, before or after a change.")
class HistoryText:
    """A text."""

    text: str = described(
        "The text; lists and objects as JSON. Of one of more than 2,000 characters in a field of"
        " many pages, such as a transcript, the first 1,000."
    )
    length: int = described("How many characters it has.")


@strawberry.type(description="A number, before or after a change.")
class HistoryNumber:
    """A number."""

    number: Decimal = described("The number.")


@strawberry.type(description="Yes or no, before or after a change.")
class HistoryFlag:
    """A flag."""

    flag: bool = described("Yes or no.")


@strawberry.type(description="A day, before or after a change.")
class HistoryDay:
    """A day."""

    day: date = described("The day.")


@strawberry.type(description="A moment, before or after a change.")
class HistoryMoment:
    """A moment."""

    moment: datetime = described("The moment.")


@strawberry.type(description="One of a closed list, before or after a change.")
class HistoryChoice:
    """A value of an enum."""

    choice: str = described("The enum's value.")


@strawberry.type(description="An amount, before or after a change.")
class HistoryMoney:
    """An amount of money."""

    money: derived("Money") = described("The amount and its currency.")  # type: ignore[valid-type]


@strawberry.type(description="A record a link leads to, before or after a change.")
class HistoryRecord:
    """A linked record."""

    record: Node | None = described("The record; null when it is gone or out of your sight.")


HistoryValue = Annotated[
    HistoryText
    | HistoryNumber
    | HistoryFlag
    | HistoryDay
    | HistoryMoment
    | HistoryChoice
    | HistoryMoney
    | HistoryRecord,
    strawberry.union("HistoryValue", description="A value of a field, by its type."),
]


@strawberry.type(description="A field of a record that an act changed.")
class FieldChange:
    """One changed field."""

    field: str = described("The field, as the API calls it; `customFields.key` for one's own.")
    before: HistoryValue | None = described("What it was; null where it was empty.")
    after: HistoryValue | None = described("What it became; null where it was emptied.")


@strawberry.type(description="An act that changed a record, and what it changed of it.")
class HistoryEntry:
    """One act."""

    at: datetime = described("When.")
    act: str | None = described(
        "The mutation, or `import`, `undo`, `purge`; null before it was kept."
    )
    event: str = described("What became of the record, such as `created` or `stage_changed`.")
    operation_id: strawberry.ID = described("The act; undo takes it.")
    actor: Actor | None = described("Who; null when out of your sight.")
    actor_name: str = described("The name of who did it, also of who has left.")
    changes: list[FieldChange] = described("The fields it changed, of those the API has.")


@strawberry.type(description="An act in a record's history.")
class HistoryEntryEdge:
    """An entry with its cursor."""

    cursor: scalars.Cursor = described("Its place in the event log; send it as `after`.")
    node: HistoryEntry = described("The act.")


@strawberry.type(description="A page of a record's history, newest first.")
class HistoryEntryConnection:
    """A page of acts."""

    edges: list[HistoryEntryEdge] = described("The page with its cursors.")
    nodes: list[HistoryEntry] = described("The page.")
    page_info: PageInfo = described("Where the page lies.")
    total_count: int = described("How many acts there are in all.")


core(
    "history",
    computed(
        "The acts that changed it, newest first, with each field before and after.",
        batch=history.pages,
        paged=True,
    ),
    HistoryEntryConnection,
)


@strawberry.type(description="What became of a record, or that it has to be removed from a copy.")
class Change:
    """A changed record or a tombstone."""

    cursor: scalars.Cursor = described("Its place in the event log.")
    at: datetime = described("When it last changed, within the page.")
    kind_of_change: ChangeKind = described("What became of it.")
    type: str = described("The record's type, such as `Contact`.")
    id: strawberry.ID = described("The record's id.")
    record: Node | None = described("The record as it is now; null for what is to be removed.")
    act: str | None = described("The act that changed it last.")
    operation_id: strawberry.ID = described("The id of that act.")


@strawberry.type(description="The records that changed behind a cursor, each once.")
class ChangePage:
    """A page of changes."""

    changes: list[Change] = described("In the order of their last change within the page.")
    cursor: scalars.Cursor = described("Where the page ends; send it as `after` next.")
    has_more: bool = described("Whether the log goes on behind it; a page may be empty even so.")
    resync: ResyncReason | None = described(
        "Why nothing can be told: read everything anew, then go on from `cursor`. Else null."
    )
