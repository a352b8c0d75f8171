"""What comes in at the addresses of workflows: each delivery is one run."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import sqlalchemy as sa

from auth import credentials, rights
from auth.actor import Actor, ActorKind
from auth.context import Context, as_row
from auth.credentials import CredentialKind
from auth.policy import visible
from auth.visit import Visit
from core.codes import DenialCode
from core.errors import Denied, UserError
from core.events import Author
from core.ids import decode, encode
from core.limiter import Rate
from core.writes import Transaction, transaction
from models import metadata
from models.automation_enums import WorkflowRunStatus as Status
from models.automation_enums import WorkflowTrigger as Trigger
from models.enums import CoreEntity
from models.registry import REGISTRY, Entity
from models.workflows import Workflow
from services.custom_values import entity_of
from services.rules import payload_conditions
from services.workflows import matching, queueing
from services.workflows.queueing import Queued

FROM_IP = Rate(units=600, seconds=60)
OF_WORKFLOW = Rate(units=600, seconds=60)
_WORKFLOW, _RUN = metadata.tables["workflow"], metadata.tables["workflow_run"]
_LONGEST_ID = 200


class Rejected(Exception):
    """What was sent is not taken; the message says why, in a status of HTTP's."""

    status = 400


class NoHook(Rejected):
    """No workflow has this address."""

    status = 404


class Inactive(Rejected):
    """The workflow is not set off at the moment."""

    status = 409


_NO_HOOK = "No workflow has this address."


@dataclass(frozen=True, slots=True)
class Received:
    """The run a delivery is, in which workspace."""

    workspace: str
    run_id: str


async def receive(visit: Visit, key: str, body: bytes, delivery: str | None) -> Received:
    """Take a delivery in; the same one again is the same run."""
    await visit.take(f"hooks:{visit.ip}", FROM_IP, of="deliveries")
    found = await credentials.find(visit.database, CredentialKind.WORKFLOW, key)
    if found is None:
        raise NoHook(_NO_HOOK)
    await visit.take(f"hook:{found.subject}", OF_WORKFLOW, of="deliveries")
    if delivery is not None and (len(delivery) > _LONGEST_ID or not delivery.isprintable()):
        message = f"The id of a delivery is a text of at most {_LONGEST_ID} characters."
        raise Denied(DenialCode.BAD_REQUEST, message)
    payload = _read(body)
    async with transaction(
        visit.database,
        workspace=found.workspace,
        author=Author(ActorKind.WORKFLOW, found.subject),
        now=visit.now,
        request_id=visit.request_id,
        act="workflowHook",
    ) as act:
        workflow = await _workflow(act, found.subject)
        run_id = await _queue(act, workflow, payload, delivery)
    return Received(found.workspace, encode(REGISTRY["WorkflowRun"].prefix, run_id))


def _read(body: bytes) -> dict[str, Any]:
    """The payload: one JSON object, of what the database can keep."""
    try:
        payload = orjson.loads(body)
    except ValueError as error:
        raise Denied(DenialCode.BAD_REQUEST, "The body is no JSON.") from error
    if not isinstance(payload, dict):
        raise Denied(DenialCode.BAD_REQUEST, "Send one JSON object.")
    if b"\\u0000" in body:
        message = "A payload must not hold NUL characters."
        raise Denied(DenialCode.BAD_REQUEST, message)
    return payload


async def _workflow(act: Transaction, workflow_id: str) -> Workflow:
    rows = await act.fetch(
        sa.select(_WORKFLOW).where(
            _WORKFLOW.c.workspace_id == act.workspace,
            _WORKFLOW.c.id == workflow_id,
            _WORKFLOW.c.trigger == Trigger.WEBHOOK_RECEIVED,
            _WORKFLOW.c.archived_at.is_(None),
        )
    )
    if not rows:
        raise NoHook(_NO_HOOK)
    workflow = as_row(Workflow, rows[0])
    if not workflow.active or workflow.problem is not None:
        raise Inactive("The workflow is not active; what comes meanwhile is not kept.")
    return workflow


async def _queue(act: Transaction, workflow: Workflow, payload: Any, delivery: str | None) -> str:
    run = Queued(
        workflow_id=workflow.id,
        revision=workflow.revision,
        key="hook:",
        event_type="webhook.received",
        payload=payload,
    )
    run.key += run.id if delivery is None else _folded(delivery)
    actor = await rights.of_workflow_in(act, workflow.owner_id, id=workflow.id)
    try:
        async with act.savepoint():
            await _look(Context(actor, act), workflow, run)
    except (UserError, asyncpg.DataError) as error:
        row = {"id": workflow.id, "name": workflow.name}
        await matching.break_off(act, actor, row, str(error))
        run.end(Status.FAILED, str(error))
    await matching.stop_floods(act, [run])
    if await queueing.add(act, [run]):
        return run.id
    (known,) = await act.fetch(
        sa.select(_RUN.c.id).where(
            _RUN.c.workspace_id == act.workspace,
            _RUN.c.workflow_id == workflow.id,
            _RUN.c.key == run.key,
        )
    )
    return str(known["id"])


def _folded(delivery: str) -> str:
    """A delivery's id, as long as a key may be."""
    return hashlib.sha256(delivery.encode()).hexdigest()


async def _look(ctx: Context, workflow: Workflow, run: Queued) -> None:
    """Find the record the payload is about, and see whether both fit the conditions."""
    if workflow.record_type is not None:
        kind = workflow.record_type
        entity = entity_of(CoreEntity[kind])
        named = payload_conditions.value_at(run.payload, workflow.settings.get("record_path") or "")
        run.record_kind = entity.table.name
        run.record_id = await _record(ctx.act, ctx.actor, entity, named)
        if run.record_id is None:
            run.record_kind = None
            run.end(Status.SKIPPED, f"The payload leads to no {entity.noun or entity.name}.")
            return
    if not payload_conditions.fits(workflow.payload_conditions, run.payload):
        run.end(Status.SKIPPED, "The payload did not fit the conditions.")
    elif workflow.conditions is not None and run.record_id is not None:
        fitting = await matching.fitting(
            ctx.act, ctx.actor, str(workflow.record_type), workflow.conditions, [run.record_id]
        )
        if not fitting:
            run.end(Status.SKIPPED, matching.NOT_FITTING)


async def _record(act: Transaction, actor: Actor, entity: Entity, named: Any) -> str | None:
    """The record a payload names: by its id, a contact's or lead's by the e-mail address too."""
    if not isinstance(named, str) or "\x00" in named:
        return None
    table = entity.table
    record_id = _id(entity, named.strip())
    if record_id is not None:
        which = table.c.id == record_id
    elif "@" in named and "email_key" in table.c:
        which = table.c.email_key == sa.func.fold(named.strip())
    else:
        return None
    rows = await act.fetch(
        sa.select(table.c.id)
        .where(visible(entity, actor, table), which)
        .order_by(table.c.id.desc())
        .limit(1),
        actor.bound,
    )
    return rows[0]["id"] if rows else None


def _id(entity: Entity, text: str) -> str | None:
    decoded = decode(text)
    if decoded is not None:
        return decoded[1] if decoded[0] == entity.prefix else None
    try:
        return str(UUID(text))
    except ValueError:
        return None


def delivery_of(headers: Mapping[str, str]) -> str | None:
    """What a sender calls a delivery, so that sending it again changes nothing."""
    return next((headers[name] for name in _DELIVERY if headers.get(name)), None)


_DELIVERY = ("idempotency-key", "webhook-id", "x-github-delivery")
