"""Background work as administrators see it: what waits, what runs, what was given up."""

import datetime as dt

import strawberry

from auth.roles import Category
from models import background as rows
from models.enums import DeadLetterState
from models.registry import Scope
from schema.declare import Node, column, entity
from schema.inputs import MutationInput, act_input, arg


@entity(
    rows.DeadLetter,
    prefix="dead",
    plural="deadLetters",
    category=Category.ADMIN,
    scope=Scope.WORKSPACE,
)
class DeadLetter(Node):
    """Background work that was tried several times and given up; it waits to be seen to."""

    kind: str = column("The job, or the consumer of events, it was for.", filter=True)
    error: str = column("What went wrong the last time.", max_length=500)
    attempts: int = column("How often it was tried.")
    state: DeadLetterState = column("Whether somebody has seen to it.", filter=True, group=True)


@act_input
class DeadLetterReplayInput(MutationInput):
    """What to begin again."""

    id: strawberry.ID = arg("Id of the dead letter.", of="DeadLetter")


@act_input
class DeadLetterDiscardInput(MutationInput):
    """What to let go."""

    id: strawberry.ID = arg("Id of the dead letter.", of="DeadLetter")


@act_input
class DeadLetterReplayAllInput(MutationInput):
    """What to begin again."""

    kind: str = arg("The job, or the consumer of events, whose letters are meant.")


@strawberry.type(description="Background work of one kind: what waits, runs and was given up.")
class JobQueue:
    """The workspace's own; the house's recurring work is nobody's."""

    kind: str = strawberry.field(description="The job.")
    waiting: int = strawberry.field(description="How much is due, and waits for its turn.")
    running: int = strawberry.field(description="How much was handed to a worker.")
    oldest_due_at: dt.datetime | None = strawberry.field(
        description="Since when the oldest that waits is due; null when none does."
    )
    failed_lately: int = strawberry.field(description="How much was given up in 24 hours.")
