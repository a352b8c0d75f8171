"""Quote to cash: what follows by itself when a contract is made, is signed, or a deal is won."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from auth import rights
from auth.context import Context
from core.errors import Refusals, UserError
from core.events import Event
from core.writes import Transaction
from models import metadata
from models.contracts import Contract
from models.deals import Deal
from models.enums import StageCategory
from models.sale_enums import ContractStatus
from services import deals, notifications
from services.contracts import sending, states, terms
from services.contracts.states import CONTRACT
from services.invoices import making

ACT = "quoteToCash"
CREATED, SIGNED, WON = "contract.created", "contract.fully_signed", "deal.won"
_DEAL, _STAGE = metadata.tables["deal"], metadata.tables["pipeline_stage"]


async def follow(act: Transaction, events: Sequence[Event]) -> None:
    """Do what follows from some events, in their order and in one transaction."""
    act.name = ACT
    for event in events:
        actor = await rights.of_system_in(act, None, id=event.record_id)
        ctx = Context(actor, act)
        await _STEPS[event.type](ctx, event.record_id)
        await notifications.tell(ctx)


async def _made(ctx: Context, contract_id: str) -> None:
    """A contract that came of a quote goes out by itself, where the workspace wants it to."""
    workspace = await states.workspace(ctx.act)
    contract = await _contract(ctx, contract_id)
    if contract is None or contract.quote_id is None or not workspace["contract_auto_send"]:
        return
    if contract.status != ContractStatus.DRAFT or contract.status_reason is not None:
        return
    try:
        async with ctx.act.savepoint():
            await sending.dispatch(ctx, contract, cause="sent by itself, as the workspace has set")
    except (UserError, Refusals) as refused:
        where = CONTRACT.c.id == contract_id
        await ctx.act.update(CONTRACT, where, {"status_reason": str(refused)})


async def _signed(ctx: Context, contract_id: str) -> None:
    """A signed contract is in force from its day; one that came of a quote wins and invoices.

    One that was made by hand, such as an NDA, says nothing about the sale.
    """
    contract = await _contract(ctx, contract_id)
    if contract is None:
        return
    await terms.activate(ctx.act, ctx.today, CONTRACT.c.id == contract_id)
    if contract.quote_id is None:
        return
    cause = f"contract {contract.number} fully signed"
    await _win(ctx, contract.deal_id, cause)
    await making.of_quote(ctx, contract.quote_id, cause=cause)


async def _won(ctx: Context, deal_id: str) -> None:
    """The accepted quotes of a deal that was won by hand are invoiced, where that is set."""
    workspace = await states.workspace(ctx.act)
    if not workspace["invoice_won_deals"]:
        return
    for quote in await making.accepted(ctx, deal_id):
        await making.of_quote(ctx, quote["id"], cause="deal won")


async def _win(ctx: Context, deal_id: str | None, cause: str) -> None:
    """Win a deal, whatever gates stand before: the log says that they were passed by."""
    found = await ctx.find(Deal, [deal_id]) if deal_id else []
    if not found:
        return
    stages = await ctx.act.fetch(
        sa.select(_STAGE.c.id, _STAGE.c.category)
        .where(
            _STAGE.c.workspace_id == ctx.workspace_id,
            _STAGE.c.pipeline_id == found[0].pipeline_id,
            sa.or_(_STAGE.c.id == found[0].stage_id, _STAGE.c.archived_at.is_(None)),
        )
        .order_by(_STAGE.c.position)
    )
    won = [row["id"] for row in stages if row["category"] == StageCategory.WON]
    if not won or found[0].stage_id in won:
        return
    await deals.move(ctx, found[0].id, won[0], bypass_gates=True)
    ctx.act.emit("deal.won", "deal", found[0].id, cause=cause)


async def _contract(ctx: Context, contract_id: str) -> Any:
    found = await ctx.find(Contract, [contract_id], lock=True)
    return found[0] if found else None


_STEPS = {CREATED: _made, SIGNED: _signed, WON: _won}
EVENTS = tuple(_STEPS)
"""The types of events that something follows from."""
