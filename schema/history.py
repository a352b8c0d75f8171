"""Undo and the history of records, as the API shows them."""

from datetime import datetime

import strawberry

from core.codes import UserErrorCode
from schema.declare import Node
from schema.inputs import MutationInput, act_input, arg
from schema.refusals import UserError, refusal
from schema.values import described


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


@strawberry.type(description="A record that is not as the act left it.")
class UndoCollision:
    """What keeps an act from being undone."""

    record: Node | None = described("The record; null when it is out of your sight.")
    fields: list[str] = described("The fields that changed since, or what points at it since.")


@refusal(UserErrorCode.UNDO_COLLISION)
class UndoCollisionError(UserError):
    """Later acts changed what an act changed, or use what it made."""

    collisions: list[UndoCollision] = described("The records and their fields, at most 20.")
