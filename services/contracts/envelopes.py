"""Envelopes: contracts handed to a signature provider by a worker, once each."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from auth import rights
from auth.context import Context, acting, as_row
from connectors.signatures import Outgoing, Provider, Refused, Signer
from core.ids import new_id
from core.writes import Transaction
from models import metadata
from models.contracts import Contract, Envelope
from models.sale_enums import ContractStatus, EnvelopeState, SignatureMethod
from services import due_work, effects
from services.contracts import copies, providers, signers
from services.contracts.states import CONTRACT
from services.documents import rendering, storing
from services.documents.press import Unprintable
from services.documents.rendering import Surroundings

ENVELOPE = metadata.tables["envelope"]
DUE = "envelope"
"""The kind of work that brings a provider and an envelope into line."""
_OPEN = (EnvelopeState.QUEUED, EnvelopeState.SENT)
_WITH_SIGNERS = (ContractStatus.SENT_FOR_SIGNATURE, ContractStatus.PARTIALLY_SIGNED)


async def begin(act: Transaction, contract_id: str, method: SignatureMethod) -> None:
    """Let a worker hand a contract, which is kept from others, to a provider."""
    ((last,),) = await act.fetch(
        sa.select(sa.func.coalesce(sa.func.max(ENVELOPE.c.serial), 0)).where(
            ENVELOPE.c.workspace_id == act.workspace, ENVELOPE.c.contract_id == contract_id
        )
    )
    values = {
        "id": new_id(),
        "contract_id": contract_id,
        "serial": last + 1,
        "method": method,
        "state": EnvelopeState.QUEUED,
        "created_at": act.now,
    }
    await act.insert(ENVELOPE, values)
    await due_work.enqueue(act, DUE, values["id"])


async def current(act: Transaction, contract_id: str) -> Envelope | None:
    """The last envelope of a contract."""
    rows = await act.fetch(
        sa.select(ENVELOPE)
        .where(ENVELOPE.c.workspace_id == act.workspace, ENVELOPE.c.contract_id == contract_id)
        .order_by(ENVELOPE.c.serial.desc())
        .limit(1)
    )
    return as_row(Envelope, rows[0]) if rows else None


async def withdraw(act: Transaction, contract_id: str, reason: str) -> None:
    """Let the open envelope of a contract be void; a worker tells the provider."""
    await _close(act, contract_id, state=EnvelopeState.VOIDED, void_reason=reason)


async def end(act: Transaction, contract_id: str, state: EnvelopeState) -> None:
    """Note how an envelope has ended; a worker fetches the copy of one that is signed."""
    await _close(act, contract_id, state=state, void_told_at=act.now)


async def _close(act: Transaction, contract_id: str, **values: Any) -> None:
    rows = await act.fetch(
        sa.update(ENVELOPE)
        .where(
            ENVELOPE.c.workspace_id == act.workspace,
            ENVELOPE.c.contract_id == contract_id,
            ENVELOPE.c.state.in_(_OPEN),
        )
        .values(**values)
        .returning(ENVELOPE.c.id)
    )
    if rows and values["state"] in {EnvelopeState.VOIDED, EnvelopeState.COMPLETED}:
        await due_work.enqueue(act, DUE, rows[0]["id"])


async def carry(
    around: Surroundings, workspace: str, envelope_id: str, *, now: datetime, request_id: str
) -> None:
    """Do with the provider what an envelope asks for; doing it again changes nothing."""
    provider = providers.connected()
    if provider is None:
        raise LookupError(providers.NOT_CONNECTED)
    work = _Carrying(
        around=around,
        workspace=workspace,
        provider=provider,
        now=now,
        request_id=request_id,
    )
    await work.do(envelope_id)


async def give_up(act: Transaction, envelope_id: str, error: str) -> None:
    """Say on the contract that the provider could not be brought to take it."""
    is_it = sa.and_(ENVELOPE.c.workspace_id == act.workspace, ENVELOPE.c.id == envelope_id)
    waits = sa.exists().where(
        is_it, ENVELOPE.c.contract_id == CONTRACT.c.id, ENVELOPE.c.state == EnvelopeState.QUEUED
    )
    # The contract first: whoever withdraws it takes it before its envelope.
    where = sa.and_(waits, CONTRACT.c.status.in_(_WITH_SIGNERS))
    reason = f"The signature service did not take it: {error}"
    await act.update(CONTRACT, where, {"status_reason": reason}, event="not_delivered")
    failed = sa.update(ENVELOPE).where(is_it, ENVELOPE.c.state == EnvelopeState.QUEUED)
    await act.fetch(failed.values(state=EnvelopeState.FAILED, error=error))


async def _read(act: Transaction, envelope_id: str) -> Envelope | None:
    rows = await act.fetch(
        sa.select(ENVELOPE)
        .where(ENVELOPE.c.workspace_id == act.workspace, ENVELOPE.c.id == envelope_id)
        .with_for_update()
    )
    return as_row(Envelope, rows[0]) if rows else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Carrying:
    """One try of a worker."""

    around: Surroundings
    workspace: str
    provider: Provider
    now: datetime
    request_id: str

    async def do(self, envelope_id: str) -> None:
        """Hand over what waits, withdraw what is void, fetch the copy of what is signed."""
        envelope = await self._found(envelope_id)
        if envelope is None:
            return
        if envelope.state == EnvelopeState.QUEUED:
            envelope = await self._hand_over(envelope)
        if envelope.state == EnvelopeState.VOIDED and envelope.void_told_at is None:
            await self._withdraw(envelope)
        if envelope.state == EnvelopeState.COMPLETED:
            await self._fetch_copy(envelope)

    async def _hand_over(self, envelope: Envelope) -> Envelope:
        try:
            if envelope.request is None:
                envelope.request = await self._request(envelope)
                # Noted before the call: what may have reached the provider is withdrawn there, too.
                await self._set(envelope.id, {"request": envelope.request})
            provider_id = await self._sent(envelope)
        except (Refused, Unprintable) as refused:
            async with self._acting(envelope.contract_id) as ctx:
                await give_up(ctx.act, envelope.id, str(refused))
            return await self._found(envelope.id) or envelope
        async with self._acting(envelope.contract_id) as ctx:
            key = f"envelope:{envelope.contract_id}:{envelope.serial}"
            latest = await _read(ctx.act, envelope.id)
            if latest is not None and await effects.first(ctx.act, key):
                values: dict[str, Any] = {"provider_id": provider_id}
                if latest.state == EnvelopeState.QUEUED:
                    values["state"] = EnvelopeState.SENT
                await self._write(ctx.act, envelope.id, values)
        return await self._found(envelope.id) or envelope

    async def _request(self, envelope: Envelope) -> dict[str, Any]:
        """What the provider is asked: the contract as it is, and who signs it."""
        contract_id = envelope.contract_id
        async with self._acting(contract_id) as ctx:
            contract: Any = await ctx.get(Contract, contract_id)
            named = await signers.of(ctx.act, contract_id)
        paper = await rendering.current(
            self.around, self.workspace, "contract", contract_id, self.request_id
        )
        return {
            "title": f"{contract.number} {contract.title}",
            "file_name": f"{contract.number}.pdf",
            "sha256": paper["sha256"],
            "signers": [
                {"name": one.name, "email": one.email, "party": one.party, "order": order}
                for order, one in enumerate(named, start=1)
            ],
        }

    async def _sent(self, envelope: Envelope) -> str:
        """Send an envelope as it was first asked for; the provider's name for it."""
        asked = envelope.request or {}
        content = await storing.content(self.around.files, self.workspace, asked["sha256"])
        outgoing = Outgoing(
            reference=envelope.id,
            callback=providers.callback(self.workspace),
            title=asked["title"],
            file_name=asked["file_name"],
            document=content,
            signers=[Signer(**one) for one in asked["signers"]],
        )
        return await self.provider.send(outgoing)

    async def _withdraw(self, envelope: Envelope) -> None:
        if envelope.request is not None:
            # What was refused or has ended there cannot be withdrawn, and need not be.
            with suppress(Refused):
                # Sent again it only answers the name it has there.
                provider_id = envelope.provider_id or await self._sent(envelope)
                await self.provider.void(provider_id, envelope.void_reason or "")
        await self._set(envelope.id, {"void_told_at": self.now})

    async def _fetch_copy(self, envelope: Envelope) -> None:
        if envelope.provider_id is None:
            return
        content = await self.provider.signed_copy(envelope.provider_id)
        async with self._acting(envelope.contract_id) as ctx:
            contract: Any = await ctx.get(Contract, envelope.contract_id, lock=True)
            if contract.signed_file_id is None:
                await copies.keep(ctx, self.around.files, contract, content)

    @asynccontextmanager
    async def _acting(self, contract_id: str) -> AsyncIterator[Context]:
        """An act of the system, set to work by a contract."""
        actor = await rights.of_system(self.around.database, self.workspace, None, id=contract_id)
        async with acting(
            self.around.database, actor, now=self.now, request_id=self.request_id, name=DUE
        ) as ctx:
            yield ctx

    async def _found(self, envelope_id: str) -> Envelope | None:
        rows = await self.around.database.fetch(
            self.workspace,
            sa.select(ENVELOPE).where(
                ENVELOPE.c.workspace_id == self.workspace, ENVELOPE.c.id == envelope_id
            ),
        )
        return as_row(Envelope, rows[0]) if rows else None

    async def _set(self, envelope_id: str, values: dict[str, Any]) -> None:
        async with self.around.database.writing(self.workspace) as writing:
            await self._write(writing, envelope_id, values)

    async def _write(self, writing: Any, envelope_id: str, values: dict[str, Any]) -> None:
        await writing.fetch(
            sa.update(ENVELOPE)
            .where(ENVELOPE.c.workspace_id == self.workspace, ENVELOPE.c.id == envelope_id)
            .values(**values)
        )
