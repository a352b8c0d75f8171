"""Scores of leads, as the API shows them: what signals are worth, and what they have added."""

from datetime import datetime
from decimal import Decimal

import strawberry

from auth.roles import Category
from models import scoring as rows
from models.automation_enums import LeadSignal
from models.registry import Scope
from schema.declare import Node, column, entity
from schema.inputs import UNSET, MutationInput, act_input, arg
from schema.values import described


@strawberry.type(description="What the signals of one kind add to a lead's score.")
class LeadScoreSignal:
    """One line of a score's breakdown."""

    signal: LeadSignal = described("The kind of signal.")
    count: int = described("How many there were.")
    points: Decimal = described("What they add by now: older ones count less.")
    last_at: datetime = described("When the latest was.")


@entity(
    rows.LeadScoreWeight,
    prefix="lsw",
    plural="leadScoreWeights",
    category=Category.LEADS,
    scope=Scope.WORKSPACE,
)
class LeadScoreWeight(Node):
    """What a kind of signal adds to a lead's score, and how fast that fades."""

    signal: LeadSignal = column("The kind of signal.", filter=True, order=True)
    points: int = column("What one signal adds.")
    most: int = column("What all signals of the kind add together at most.")
    half_life_days: int | None = column(
        "After how many days a signal counts half; null where it does not fade."
    )


@act_input
class LeadScoreWeightUpdateInput(MutationInput):
    """What a kind of signal is worth from now on; fields left out stay."""

    id: strawberry.ID = arg("The weight.", of="LeadScoreWeight")
    points: int | None = arg("What one signal adds, from 0 to 100.", default=UNSET)
    most: int | None = arg("What all of the kind add at most, from 0 to 100.", default=UNSET)
    half_life_days: int | None = arg(
        "After how many days one counts half; null where it is not to fade.", default=UNSET
    )
    expected_version: int | None = arg(
        "The version you read; the act is refused when it has changed since.", default=None
    )
