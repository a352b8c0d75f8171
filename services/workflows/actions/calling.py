"""Steps that reach beyond us: webhooks, text messages, chat. They run outside of any act.

What is to be sent is made ready within an act; it is sent under a key by which it counts once.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from connectors import webhooks
from core import clock
from core.codes import UserErrorCode
from core.db import Database
from core.errors import UserError
from core.names import camel
from core.settings import from_environment
from models.registry import Entity, Kind
from services import messaging
from services.workflows import signing
from services.workflows.actions.doing import Doing, wire
from services.workflows.actions.telling import number

_LONGEST_BODY = 256 * 1024
_LONGEST_SHOWN = 2_000


@dataclass(frozen=True, slots=True)
class Around:
    """What sending has of the process it happens in."""

    database: Database
    workspace: str
    key: str
    """By which the target counts what comes twice as one."""


Send = Callable[[Around], Awaitable[Mapping[str, Any]]]


async def call_webhook(doing: Doing) -> Send:
    """Make a request to an address, with the record or what the step says."""
    step = doing.step
    url = (await doing.text("url") or "").strip()
    headers = {
        one["name"]: await doing.filled("headers", str(one["value"]))
        for one in step.get("headers") or ()
    }
    body = await _body(doing)
    doing.said["headers"] = sorted(headers)
    allowed = from_environment().webhook_hosts
    if sentence := webhooks.flaw(url, allowed):
        raise UserError(UserErrorCode.INVALID_VALUE, sentence, ("url",))
    workflow_id = doing.run["workflow_id"]

    async def send(around: Around) -> Mapping[str, Any]:
        request = webhooks.Call(
            method=step.get("method") or "POST",
            url=url,
            key=around.key,
            body=body,
            headers=headers,
        )
        # By real time: whoever checks the signature does not know the test clock.
        answer = await webhooks.call(request, signing.secret(workflow_id), clock.now(), allowed)
        return {"status": answer.status, "answer": answer.body[:_LONGEST_SHOWN]}

    return send


async def _body(doing: Doing) -> bytes:
    if doing.step.get("method") in {"GET", "DELETE"} and doing.step.get("body") is None:
        return b""
    text = await doing.text("body")
    if text is None:
        record = None if doing.entity is None else shown(doing.entity, await doing.record())
        told = {
            "workflow": {
                "id": wire("Workflow", doing.run["workflow_id"]),
                "name": doing.definition.name,
            },
            "run": wire("WorkflowRun", doing.run["id"]),
            "event": doing.run["event_type"],
            "record": record,
            "payload": doing.run["payload"],
        }
        body = orjson.dumps(told, default=str)
    else:
        body = text.encode()
    if len(body) > _LONGEST_BODY:
        message = f"What is sent has at most {_LONGEST_BODY // 1024} kB."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("body",))
    return body


def shown(entity: Entity, record: Any) -> dict[str, Any]:
    """A record as a target reads it, by the names of the API."""
    told: dict[str, Any] = {"id": wire(entity.name, record.id), "type": entity.name}
    for field in entity.fields.values():
        if field.kind is Kind.LINK:
            linked = getattr(record, field.columns[0])
            told[f"{camel(field.name)}Id"] = wire(field.target, linked)
        elif field.kind is Kind.MONEY:
            amount, currency = (getattr(record, column) for column in field.columns)
            money = {"amount": str(amount), "currency": currency}
            told[camel(field.name)] = None if amount is None else money
        elif field.kind is Kind.COLUMN and field.name != "rank":
            told[camel(field.name)] = _plain(getattr(record, field.columns[0]))
    if "custom" in entity.table.c:
        told["customFields"] = record.custom
    return told


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


async def send_sms(doing: Doing) -> Send:
    """Send a text message to the record's person or to a number."""
    text, to = await doing.text("text") or "", await number(doing)

    async def send(around: Around) -> Mapping[str, Any]:
        service = await messaging.sms(around.database, around.workspace)
        return {"message": await service.send(to, text, key=around.key)}

    return send


def _posting(name: str) -> Callable[[Doing], Awaitable[Send]]:
    async def prepare(doing: Doing) -> Send:
        channel, text = await doing.text("channel") or "", await doing.text("text") or ""

        async def send(around: Around) -> Mapping[str, Any]:
            service = await messaging.chat(around.database, around.workspace, name)
            return {"message": await service.post(channel, text, key=around.key)}

        return send

    return prepare


send_slack_message = _posting("Slack")
send_teams_message = _posting("Microsoft Teams")
