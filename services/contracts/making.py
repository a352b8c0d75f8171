"""Making contracts: of an accepted quote, or by hand."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from auth.context import Context
from core.ids import new_id
from models import metadata
from models.enums import ContractStatus, ContractType, SignerParty, SignerStatus
from models.quotes import Quote
from services import numbers
from services.rules.numbers import Numbered

CONTRACT = metadata.tables["contract"]
SIGNER = metadata.tables["contract_signer"]
_DEAL = metadata.tables["deal"]
_CONTACT = metadata.tables["contact"]
_USER = metadata.tables["user"]
_WORKSPACE = metadata.tables["workspace"]


async def of_quote(ctx: Context, quote: Quote) -> Any:
    """The draft contract of a quote that is being accepted, in the acceptance's transaction.

    It is nobody's own act: whoever may accept the quote gets the contract, whatever they see.
    """
    setting = await settings(ctx)
    deal_owner = await _deal_owner(ctx, quote.deal_id)
    row = await _insert(
        ctx,
        {
            "title": quote.title,
            "type": setting["contract_type"],
            "deal_id": quote.deal_id,
            "quote_id": quote.id,
            "contact_id": quote.contact_id,
            "company_id": quote.company_id,
            "owner_id": quote.owner_id or deal_owner,
            "currency": quote.currency,
            "value_amount": quote.total_amount,
        },
    )
    ours = setting["contract_signer_id"] or deal_owner or quote.owner_id
    await _name_signers(ctx, row["id"], quote.contact_id, ours)
    cause = f"quote {quote.number} accepted"
    ctx.act.emit("contract.created", "contract", row["id"], cause=cause)
    return row


def today(ctx: Context) -> date:
    """The day it is where the workspace is."""
    return ctx.now.astimezone(ZoneInfo(ctx.actor.time_zone)).date()


async def settings(ctx: Context) -> Mapping[str, Any]:
    """What the workspace has set for contracts."""
    (row,) = await ctx.act.fetch(
        sa.select(
            _WORKSPACE.c.contract_type,
            _WORKSPACE.c.contract_auto_send,
            _WORKSPACE.c.contract_signer_id,
        ).where(_WORKSPACE.c.workspace_id == ctx.workspace_id)
    )
    found: Mapping[str, Any] = row
    return found


async def _insert(ctx: Context, values: Mapping[str, Any]) -> Any:
    year = today(ctx).year
    (number,) = await numbers.take(ctx.act, Numbered.CONTRACT, year)
    drafted = {
        "id": new_id(),
        "number": number,
        "status": ContractStatus.DRAFT,
        "type": ContractType.MSA,
    }
    return await ctx.act.insert(CONTRACT, drafted | dict(values))


async def _deal_owner(ctx: Context, deal_id: str) -> str | None:
    rows = await ctx.act.fetch(
        sa.select(_DEAL.c.owner_id).where(
            _DEAL.c.workspace_id == ctx.workspace_id, _DEAL.c.id == deal_id
        )
    )
    return str(rows[0]["owner_id"]) if rows and rows[0]["owner_id"] else None


async def _name_signers(
    ctx: Context, contract_id: str, contact_id: str | None, user_id: str | None
) -> None:
    """The customer signs first, then we do."""
    people = []
    for table, record_id, party in (
        (_CONTACT, contact_id, SignerParty.CUSTOMER),
        (_USER, user_id, SignerParty.COMPANY),
    ):
        if record_id is None:
            continue
        rows = await ctx.act.fetch(
            sa.select(table.c.first_name, table.c.last_name, table.c.email).where(
                table.c.workspace_id == ctx.workspace_id, table.c.id == record_id
            )
        )
        people += [(row, party) for row in rows]
    await ctx.act.insert_many(
        SIGNER,
        [
            {
                "contract_id": contract_id,
                "position": position,
                "name": " ".join(part for part in (row["first_name"], row["last_name"]) if part),
                "email": row["email"],
                "party": party,
                "status": SignerStatus.PENDING,
            }
            for position, (row, party) in enumerate(people, start=1)
        ],
    )
