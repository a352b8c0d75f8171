"""Signatures: what a provider tells and what is uploaded, and the contract they complete."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError
from models import metadata
from models.base import uuids
from models.contracts import Contract, ContractSigner, Envelope
from models.registry import REGISTRY
from models.sale_enums import ContractStatus, EnvelopeState, SignatureMethod, SignerStatus
from services import files, records
from services.contracts import envelopes, signers, states
from services.contracts.signers import SIGNER
from services.rules import contracts as rules
from services.rules.tasks import day_of

EVENT = metadata.tables["signature_event"]
_WITH_SIGNERS = frozenset({ContractStatus.SENT_FOR_SIGNATURE, ContractStatus.PARTIALLY_SIGNED})
_ENDS = {
    "complete": EnvelopeState.COMPLETED,
    "decline": EnvelopeState.DECLINED,
    "void": EnvelopeState.VOIDED,
}


async def upload(
    ctx: Context,
    contract_id: str,
    upload_id: str,
    *,
    signed_on: date | None = None,
    signer_ids: Sequence[str] | None = None,
    expected_version: int | None = None,
) -> Any:
    """Take a signed PDF as the signatures of all, or of some, of a contract's signers."""
    entity = REGISTRY["Contract"]
    records.may_write(ctx, entity)
    contract: Any = await records.locked(ctx, entity, contract_id, expected_version)
    named = await signers.of(ctx.act, contract_id, lock=True)
    signing = _chosen(named, signer_ids)
    file = await files.attach_signed(ctx, ("contract", contract_id), upload_id)
    states.refuse_unless(contract, "complete")
    signed_at = _moment(ctx, signed_on)
    rest = [one for one in named if one not in signing and one.status != SignerStatus.SIGNED]
    if rest and contract.method == SignatureMethod.SERVICE:
        message = "The signature service collects these signatures; upload the copy signed by all."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("signerIds",))
    values = {"status": SignerStatus.SIGNED, "signed_at": signed_at}
    await _mark(ctx, [one.id for one in signing], values, event="signed")
    cause = f"signed copy uploaded, signed by {_listed(signing)}"
    if rest:
        return await states.move(ctx.act, contract, "sign", cause=cause, signed_file_id=file.id)
    await envelopes.withdraw(ctx.act, contract_id, "It was signed on paper.")
    own = {"signed_file_id": file.id, "method": SignatureMethod.UPLOAD}
    return await _complete(ctx, contract, signed_at, cause, **own)


async def apply(ctx: Context, contract: Any, envelope: Envelope, cause: str) -> None:
    """Bring a contract, kept from others, to where everything told of its envelope puts it.

    What is told of an envelope that has ended changes its signers at most.
    """
    told = await ctx.act.fetch(
        sa.select(EVENT)
        .where(EVENT.c.workspace_id == ctx.workspace_id, EVENT.c.envelope_id == envelope.id)
        .order_by(EVENT.c.happened_at, EVENT.c.event_id)
    )
    named = await signers.of(ctx.act, contract.id, lock=True)
    found = rules.standing(
        [one.email or "" for one in named],
        [
            rules.Told(one["kind"], one["happened_at"], one["signer_email"], one["detail"])
            for one in told
        ],
    )
    opened, signed = await _note(ctx, named, found.signers)
    if contract.status not in _WITH_SIGNERS:
        return
    if found.verb in _ENDS:
        await _end(ctx, contract, found, cause)
    elif signed:
        await states.move(ctx.act, contract, "sign", cause=f"signed by {_listed(signed)}")
    elif opened:
        who = _listed(opened)
        ctx.act.emit("contract.viewed", "contract", contract.id, cause=f"opened by {who}")


async def _end(ctx: Context, contract: Any, found: rules.Envelope, cause: str) -> None:
    verb = str(found.verb)
    await envelopes.end(ctx.act, contract.id, _ENDS[verb])
    if verb == "complete":
        await _complete(ctx, contract, found.at or ctx.now, cause)
        return
    values = {"status_reason": found.reason}
    await states.move(ctx.act, contract, verb, cause=_with(cause, found.reason), **values)


async def _complete(
    ctx: Context, contract: Contract, signed_at: datetime, cause: str, **values: Any
) -> Any:
    """All have signed: what follows (the deal, the invoice) is the chain's, by the event."""
    signed_on = day_of(signed_at, ctx.actor.time_zone)
    facts = {
        "signed_at": signed_at,
        "starts_on": rules.in_force_from(contract.starts_on, contract.ends_on, signed_on),
        "status_reason": None,
    }
    return await states.move(ctx.act, contract, "complete", cause=cause, **facts, **values)


async def _note(
    ctx: Context, named: Sequence[ContractSigner], found: Mapping[str, rules.Standing]
) -> tuple[list[ContractSigner], list[ContractSigner]]:
    """Write down where signers stand; those who are seen to have opened it, and to have signed."""
    opened, signed = [], []
    alike: dict[tuple[Any, ...], list[str]] = {}
    for one in named:
        now = found[(one.email or "").casefold()]
        facts = (now.status, now.viewed_at, now.signed_at, now.declined_at, now.decline_reason)
        if facts == (one.status, one.viewed_at, one.signed_at, one.declined_at, one.decline_reason):
            continue
        alike.setdefault(facts, []).append(one.id)
        if now.viewed_at and one.viewed_at is None:
            opened.append(one)
        if now.signed_at and one.signed_at is None:
            signed.append(one)
    names = ("status", "viewed_at", "signed_at", "declined_at", "decline_reason")
    for facts, ids in alike.items():
        event = "viewed" if facts[0] == SignerStatus.PENDING else facts[0].lower()
        await _mark(ctx, ids, dict(zip(names, facts, strict=True)), event=event)
    return opened, signed


async def _mark(ctx: Context, ids: Sequence[str], values: Mapping[str, Any], event: str) -> None:
    if ids:
        chosen = uuids(ids)
        await ctx.act.update(SIGNER, SIGNER.c.id == sa.any_(chosen), values, event=event)


def _chosen(named: Sequence[ContractSigner], ids: Sequence[str] | None) -> list[ContractSigner]:
    """Those of the signers who are said to have signed, and have not been before."""
    open_ones = [one for one in named if one.status != SignerStatus.SIGNED]
    if ids is None:
        return open_ones
    known = {one.id: one for one in open_ones}
    for at, one in enumerate(ids):
        if one not in known:
            message = "This is no signer of the contract who has still to sign."
            raise UserError(UserErrorCode.NOT_FOUND, message, ("signerIds", at))
    if not ids:
        raise UserError(UserErrorCode.REQUIRED, "Name who has signed.", ("signerIds",))
    return [known[one] for one in dict.fromkeys(ids)]


def _moment(ctx: Context, signed_on: date | None) -> datetime:
    """When it was signed: now, or at noon of an earlier day."""
    today = ctx.today
    if signed_on is None or signed_on == today:
        return ctx.now
    if signed_on > today:
        message = "It cannot have been signed on a day to come."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("signedOn",))
    return datetime.combine(signed_on, time(12), ZoneInfo(ctx.actor.time_zone))


def _listed(people: Iterable[ContractSigner]) -> str:
    return ", ".join(one.name for one in people) or "everybody"


def _with(cause: str, reason: str | None) -> str:
    return f"{cause}: {reason}" if reason else cause
