"""Chains: which runs led to a run, so that workflows do not set each other off for ever."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from auth.actor import ActorKind
from core.events import Event
from core.writes import Transaction
from models import metadata
from models.automation_enums import WorkflowRunStatus as Status
from models.base import uuids
from services.workflows.queueing import Queued

Chain = Sequence[Mapping[str, Any]]
"""Runs, the first the first: each `{workflow_id, run_id, record_id}`."""

DEEPEST = 5
CIRCLE = "Workflows set each other off in a circle"
_ASKED_BY = "run:"
_RUN, _WORKFLOW = metadata.tables["workflow_run"], metadata.tables["workflow"]


def asked_by(run_id: str) -> str:
    """What the acts of a run are asked by: their events lead back to it."""
    return f"{_ASKED_BY}{run_id}"


def led_by(event: Event) -> str | None:
    """The run whose act an event tells of; None where it was no workflow's."""
    # Others choose what their requests are called: they could name any run.
    asked = event.request_id
    if event.author.kind != ActorKind.WORKFLOW or not asked.startswith(_ASKED_BY):
        return None
    try:
        return str(UUID(asked.removeprefix(_ASKED_BY)))
    except ValueError:
        return None


async def of_events(act: Transaction, events: Iterable[Event]) -> Mapping[str | None, Chain]:
    """The chains that runs set off by events belong to, by the runs that led to the events."""
    ids = {run_id for event in events if (run_id := led_by(event)) is not None}
    if not ids:
        return {}
    rows = await act.fetch(
        sa.select(_RUN.c.id, _RUN.c.workflow_id, _RUN.c.record_id, _RUN.c.chain).where(
            _RUN.c.workspace_id == act.workspace, _RUN.c.id == sa.any_(uuids(ids))
        )
    )
    return {row["id"]: extended(row) for row in rows}


def extended(run: Mapping[str, Any]) -> Chain:
    """The chain behind what a run does."""
    link = {
        "workflow_id": run["workflow_id"],
        "run_id": run["id"],
        "record_id": run["record_id"],
    }
    return [*run["chain"], link]


def goes_in_circles(chain: Chain, workflow_id: str, record_id: str | None) -> bool:
    """Whether a chain is too deep, or has brought a workflow to the same record before."""
    return len(chain) > DEEPEST or any(
        link["workflow_id"] == workflow_id and link.get("record_id") == record_id for link in chain
    )


async def named(act: Transaction, runs: list[Queued]) -> list[Queued]:
    """The runs, where those that go in a circle say through which workflows."""
    stopped = [one for one in runs if one.status == Status.LOOP_DETECTED and one.error == CIRCLE]
    if not stopped:
        return runs
    ids = {link["workflow_id"] for one in stopped for link in one.chain}
    ids |= {one.workflow_id for one in stopped}
    rows = await act.fetch(
        sa.select(_WORKFLOW.c.id, _WORKFLOW.c.name).where(
            _WORKFLOW.c.workspace_id == act.workspace,
            _WORKFLOW.c.id == sa.any_(uuids(ids)),
        )
    )
    names = {row["id"]: f"“{row['name']}”" for row in rows}
    for one in stopped:
        way = [*(link["workflow_id"] for link in one.chain), one.workflow_id]
        one.error = f"{CIRCLE}: {' → '.join(names.get(each, 'another') for each in way)}."
    return runs
