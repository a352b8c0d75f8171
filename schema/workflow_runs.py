"""Runs of workflows taken in hand, as they are sent."""

import strawberry

from schema.inputs import MutationInput, act_input, arg


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
