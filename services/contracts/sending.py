"""Sending contracts to be signed, withdrawing them, and beginning again."""

from collections.abc import Sequence
from typing import Any

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError
from models.contracts import Contract, ContractSigner
from models.registry import REGISTRY
from models.sale_enums import ContractStatus, SignatureMethod
from services import outbox, records
from services.contracts import envelopes, generating, providers, signers, states
from services.contracts.signers import Signer
from services.rules.forms import Form

LONGEST_REASON = 1000
LONGEST_MESSAGE = 5000


async def send(
    ctx: Context,
    contract_id: str,
    *,
    named: Sequence[Signer] | None = None,
    method: SignatureMethod | None = None,
    message: str | None = None,
    expected_version: int | None = None,
) -> Any:
    """Send a draft to its signers; pressed twice it is sent once."""
    contract = await _locked(ctx, contract_id, expected_version)
    again = contract.status == ContractStatus.SENT_FOR_SIGNATURE and named is None
    if again and method in {None, contract.method}:
        return contract
    return await dispatch(
        ctx, contract, named=named, method=method, message=message, cause="sent by hand"
    )


async def resend(
    ctx: Context,
    contract_id: str,
    *,
    named: Sequence[Signer] | None = None,
    method: SignatureMethod | None = None,
    message: str | None = None,
    expected_version: int | None = None,
) -> Any:
    """Bring a declined or void contract back to Draft and send it anew, to be signed by all."""
    reopened = await reopen(ctx, contract_id, expected_version=expected_version)
    # Each edge is an event of its own: the way back to Draft is told before the way out.
    await ctx.act.finish()
    contract = await ctx.get(Contract, reopened["id"], lock=True)
    return await dispatch(
        ctx, contract, named=named, method=method, message=message, cause="sent again"
    )


async def reopen(ctx: Context, contract_id: str, *, expected_version: int | None = None) -> Any:
    """Bring a declined or void contract back to Draft, where it can be changed."""
    contract = await _locked(ctx, contract_id, expected_version)
    states.refuse_unless(contract, "reopen")
    await signers.begin_anew(ctx.act, contract_id)
    forgotten = ("status_reason", "method", "sent_at", "signed_at", "signed_file_id")
    values: dict[str, Any] = dict.fromkeys(forgotten)
    return await states.move(ctx.act, contract, "reopen", cause="to be sent again", **values)


async def void(
    ctx: Context, contract_id: str, reason: str, *, expected_version: int | None = None
) -> Any:
    """Withdraw a contract from its signers."""
    contract = await _locked(ctx, contract_id, expected_version)
    states.refuse_unless(contract, "void")
    form = Form()
    text = form.text("reason", reason, longest=LONGEST_REASON)
    form.done()
    await envelopes.withdraw(ctx.act, contract_id, text)
    return await states.move(
        ctx.act, contract, "void", cause=f"withdrawn: {text}", status_reason=text
    )


async def dispatch(
    ctx: Context,
    contract: Any,
    *,
    named: Sequence[Signer] | None = None,
    method: SignatureMethod | None = None,
    message: str | None = None,
    cause: str,
) -> Any:
    """Let a draft, kept from others, go out to its signers: by the service, or by mail."""
    states.refuse_unless(contract, "send")
    chosen = method or providers.usual()
    if chosen == SignatureMethod.DOCUSIGN:
        text = "DocuSign is not connected. " + providers.NOT_CONNECTED
        raise UserError(UserErrorCode.INTEGRATION_NOT_CONNECTED, text, ("method",))
    if chosen == SignatureMethod.SERVICE:
        providers.require_connected()
    if named is not None:
        await signers.write(ctx, contract.id, named)
    signing = await signers.of(ctx.act, contract.id)
    if not signing:
        raise UserError(UserErrorCode.REQUIRED, "Name who signs.", ("signers",))
    values: dict[str, Any] = {"sent_at": ctx.now, "method": chosen, "status_reason": None}
    if contract.body is None:
        values |= await generating.document(ctx, contract)
    if chosen == SignatureMethod.SERVICE:
        _require_addresses(signing)
        await envelopes.begin(ctx.act, contract.id, chosen)
    else:
        await _mail(ctx, contract, signing, message)
    return await states.move(ctx.act, contract, "send", cause=cause, **values)


def obstacle(named: Sequence[Signer]) -> str | None:
    """What keeps a contract from going out by itself; None where nothing does."""
    if providers.connected() is None:
        return providers.NOT_CONNECTED
    for one in named:
        if not one.email:
            return f"{one.name} has no e-mail address."
    return None if named else "Nobody is named who signs."


def _require_addresses(signing: Sequence[ContractSigner]) -> None:
    form = Form()
    for at, one in enumerate(signing):
        if not one.email:
            text = f"{one.name} has no e-mail address; the signature service writes to it."
            form.refuse(UserErrorCode.REQUIRED, text, "signers", at, "email")
    form.done()


async def _mail(
    ctx: Context, contract: Contract, signing: Sequence[ContractSigner], message: str | None
) -> None:
    """Write to each signer who has an address; the others are handed the paper."""
    form = Form()
    words = form.optional_text("message", message, longest=LONGEST_MESSAGE)
    form.done()
    workspace = await states.workspace(ctx.act)
    for one in signing:
        if not one.email:
            continue
        text = words or (
            f"please sign “{contract.title}” ({contract.number}), which is attached, and send the"
            " signed copy back by answering this mail."
        )
        await outbox.write(
            ctx,
            kind="CONTRACT_SENT",
            recipients=[one.email],
            subject=f"{workspace['name']}: {contract.title} ({contract.number}) to sign",
            text=f"Hello {one.name},\n\n{text}\n\n{workspace['name']}",
            about=("contract", contract.id),
            with_document=True,
            owner_id=contract.owner_id,
        )


async def _locked(ctx: Context, contract_id: str, expected_version: int | None) -> Any:
    entity = REGISTRY["Contract"]
    records.may_write(ctx, entity)
    return await records.locked(ctx, entity, contract_id, expected_version)
