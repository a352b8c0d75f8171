"""What signature services tell by webhook: proved, kept once, and applied to the contract."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from auth import rights
from auth.context import Context, acting, as_row
from connectors.signatures import is_genuine
from core import clock
from core.db import Database
from core.ids import decode
from core.settings import from_environment
from models.contracts import Contract, Envelope
from models.sale_enums import SignatureEventKind
from services.contracts import envelopes, providers, signing
from services.contracts.envelopes import ENVELOPE

LONGEST_ID = 200
LONGEST_DETAIL = 1000
ACT = "signatureEvent"
_NONE = "There is no such envelope."


class Rejected(Exception):
    """What was sent is not taken; the message says why, in a status of HTTP's."""

    status = 400


class NotProved(Rejected):
    """Nobody who holds the secret has sent this, or not in these minutes."""

    status = 401


class NotUnderstood(Rejected):
    """The body is not what a service tells."""


class NoEnvelope(Rejected):
    """The workspace has no such envelope."""

    status = 404


@dataclass(frozen=True, slots=True)
class Told:
    """One thing a service tells of an envelope."""

    id: str
    reference: str
    kind: SignatureEventKind
    at: datetime
    signer: str | None
    detail: str | None


async def receive(
    database: Database,
    workspace_id: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    now: datetime,
    request_id: str,
) -> str:
    """Take what a service tells; told again it changes nothing. The workspace it is about."""
    settings = from_environment()
    workspace = decode(workspace_id)
    if not settings.signature_secret or workspace is None or workspace[0] != "ten":
        raise NoEnvelope(_NONE)
    path = providers.path(workspace[1])
    # By real time: a signature's minutes do not follow the test clock.
    if not is_genuine(settings.signature_secret, path, body, headers, clock.now()):
        raise NotProved("The signature is not ours, or too old.")
    told = _read(body)
    envelope = await _envelope(database, workspace[1], told.reference)
    actor = await rights.of_system(database, workspace[1], None, id=envelope.contract_id)
    async with acting(database, actor, now=now, request_id=request_id, name=ACT) as ctx:
        await _take(ctx, envelope, told)
    return workspace[1]


def _read(body: bytes) -> Told:
    try:
        given = orjson.loads(body)
    except ValueError as error:
        raise NotUnderstood("The body is no JSON.") from error
    if not isinstance(given, dict):
        raise NotUnderstood("Send one JSON object.")
    try:
        at = datetime.fromisoformat(_text(given, "at", LONGEST_ID))
    except ValueError as error:
        raise NotUnderstood("`at` is a moment with its offset, in ISO 8601.") from error
    if at.tzinfo is None:
        raise NotUnderstood("`at` is a moment with its offset, in ISO 8601.")
    kind = _text(given, "kind", LONGEST_ID)
    if kind not in SignatureEventKind.__members__:
        known = ", ".join(SignatureEventKind.__members__)
        raise NotUnderstood(f"`kind` is one of {known}.")
    return Told(
        id=_text(given, "id", LONGEST_ID),
        reference=_text(given, "reference", LONGEST_ID),
        kind=SignatureEventKind[kind],
        at=at,
        signer=_optional(given, "signer", LONGEST_ID),
        detail=_optional(given, "detail", LONGEST_DETAIL),
    )


def _text(given: Mapping[str, Any], name: str, longest: int) -> str:
    value = _optional(given, name, longest)
    if not value:
        raise NotUnderstood(f"`{name}` is missing.")
    return value


def _optional(given: Mapping[str, Any], name: str, longest: int) -> str | None:
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > longest or "\x00" in value:
        raise NotUnderstood(f"`{name}` is a text of at most {longest} characters.")
    return value


async def _envelope(database: Database, workspace: str, reference: str) -> Envelope:
    try:
        rows = await database.fetch(
            workspace,
            sa.select(ENVELOPE).where(
                ENVELOPE.c.workspace_id == workspace, ENVELOPE.c.id == str(UUID(reference))
            ),
        )
    except ValueError:
        raise NoEnvelope(_NONE) from None
    if not rows:
        raise NoEnvelope(_NONE)
    return as_row(Envelope, rows[0])


async def _take(ctx: Context, envelope: Envelope, told: Told) -> None:
    """Keep what was told, and apply it where its envelope is the one that is out."""
    # The contract first: whoever sends, withdraws or completes it holds it, too.
    contract: Any = await ctx.get(Contract, envelope.contract_id, lock=True)
    kept = insert(signing.EVENT).values(
        workspace_id=ctx.workspace_id,
        provider=envelope.method,
        event_id=told.id,
        envelope_id=envelope.id,
        kind=told.kind,
        signer_email=told.signer,
        detail=told.detail,
        happened_at=told.at,
        received_at=ctx.now,
    )
    fresh = await ctx.act.fetch(kept.on_conflict_do_nothing().returning(signing.EVENT.c.event_id))
    latest = await envelopes.current(ctx.act, contract.id)
    is_out = latest is not None and latest.id == envelope.id and contract.method == envelope.method
    if fresh and is_out:
        await signing.apply(ctx, contract, envelope, _cause(told))


def _cause(told: Told) -> str:
    said = {
        SignatureEventKind.DECLINED: f"declined by {told.signer or 'a signer'}",
        SignatureEventKind.VOIDED: "withdrawn at the signature service",
    }
    return said.get(told.kind, "signed by all, as the signature service tells")
