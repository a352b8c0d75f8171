"""Runs of workflows taken in hand, and what workflows would do, as they are sent and answered."""

from datetime import datetime

import strawberry

from models.automation_enums import WorkflowAction
from schema.declare import Node
from schema.inputs import MutationInput, act_input, arg
from schema.values import described


@act_input
class WorkflowRunRetryInput(MutationInput):
    """Which run goes on, and from where."""

    id: strawberry.ID = arg("The run.", of="WorkflowRun")
    from_step: str | None = arg(
        "The path of the step to begin again with, such as `0` or `1.then.0`; the one that failed"
        " when left out.",
        default=None,
        max_length=200,
    )


@act_input
class WorkflowRunCancelInput(MutationInput):
    """Which run is called off."""

    id: strawberry.ID = arg("The run.", of="WorkflowRun")


@strawberry.type(description="What a step would do.")
class WorkflowDryStep:
    """A step of a rehearsal."""

    path: str = described("Which step.")
    action: WorkflowAction = described("What it does.")
    after_minutes: int = described("How long after the event, by the waits before it.")
    input: str = described("What would go in, merge fields filled in, as JSON.")
    problem: str | None = described("Why it would fail, as far as that can be told.")


@strawberry.type(description="One time the workflow would have been set off.")
class WorkflowDryEvent:
    """An event of a rehearsal."""

    at: datetime = described("When it happened.")
    event_type: str = described("The event, such as `lead.created`.")
    record: Node | None = described("The record, as it is now; null where it is gone.")
    fits: bool = described("Whether the record and the payload fit the conditions now.")
    steps: list[WorkflowDryStep] = described("What it would do; told of the latest fifty that fit.")


@strawberry.type(description="What a workflow would have done with the events of the last days.")
class WorkflowDryRun:
    """A rehearsal; nothing of it was done."""

    since: datetime = described("From when on events were looked at.")
    looked_at: int = described("How many events it was held against.")
    complete: bool = described("Whether those were all of these days; else they were the latest.")
    set_off: int = described("How many would have set it off.")
    fitting: int = described("How many of those fit the conditions now.")
    events: list[WorkflowDryEvent] = described("The latest that would have, at most 500.")
