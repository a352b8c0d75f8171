"""Making contracts: of an accepted quote, or by hand; and what of a draft is changed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError
from core.ids import new_id
from models import metadata
from models.contacts import Contact
from models.contracts import Contract
from models.deals import Deal
from models.quotes import Quote
from models.registry import REGISTRY
from models.sale_enums import ContractStatus, ContractType
from services import numbers, records
from services.contracts import generating, sending, signers, states
from services.contracts.states import CONTRACT
from services.rules.numbers import Numbered

_DEAL = metadata.tables["deal"]
_ALWAYS = frozenset({"owner", "custom_fields"})
"""What of a contract may be changed whatever its state."""


async def of_quote(ctx: Context, quote: Quote) -> Any:
    """The draft contract of a quote that is being accepted, in the acceptance's transaction.

    It is nobody's own act: whoever may accept the quote gets the contract, whatever they see.
    """
    workspace = await states.workspace(ctx.act)
    deal_owner = await _deal_owner(ctx, quote.deal_id)
    contract = Contract(
        id=new_id(),
        number=await _number(ctx),
        status=ContractStatus.DRAFT,
        title=quote.title,
        type=ContractType[workspace["contract_type"]],
        deal_id=quote.deal_id,
        quote_id=quote.id,
        contact_id=quote.contact_id,
        company_id=quote.company_id,
        owner_id=quote.owner_id or deal_owner,
        currency=quote.currency,
        value_amount=quote.total_amount,
    )
    try:
        document = await generating.document(ctx, contract)
    except UserError as refused:
        document = {"status_reason": refused.message}
    row = await ctx.act.insert(CONTRACT, _columns(contract) | document)
    ours = workspace["contract_signer_id"] or deal_owner or quote.owner_id
    named = await signers.name_usual(ctx, contract.id, quote.contact_id, ours)
    if workspace["contract_auto_send"] and not document["status_reason"]:
        reason = sending.obstacle(named)
        if reason is not None:
            where = CONTRACT.c.id == contract.id
            row = (await ctx.act.update(CONTRACT, where, {"status_reason": reason}))[0]
    cause = f"quote {quote.number} accepted"
    ctx.act.emit("contract.created", "contract", contract.id, cause=cause)
    return row


async def create(ctx: Context, given: Mapping[str, Any]) -> Any:
    """Make a contract by hand, for a deal or a contact; what is left out is theirs."""
    entity = REGISTRY["Contract"]
    records.may_write(ctx, entity)
    values = {name: value for name, value in given.items() if value is not None}
    deal: Any = None
    if "deal" in values:
        deal = await ctx.get(Deal, values["deal"], path=("dealId",))
        values = _of_deal(deal) | values
    if "contact" not in values:
        message = "Name the deal or the contact it is with."
        raise UserError(UserErrorCode.REQUIRED, message, ("contactId",))
    contact: Any = await ctx.get(Contact, values["contact"], path=("contactId",))
    values.setdefault("company", contact.primary_company_id)
    if not values.get("title"):
        raise UserError(UserErrorCode.REQUIRED, "Say what it is about.", ("title",))
    _check_days(values.get("starts_on"), values.get("ends_on"))
    workspace = await states.workspace(ctx.act)
    values.setdefault("type", ContractType[workspace["contract_type"]])
    defaults: dict[str, Any] = {}
    if "value" not in values:
        defaults = {
            "currency": deal.value_currency if deal else ctx.actor.currency,
            "value_amount": deal.value_amount if deal else 0,
        }
    row = await records.create(
        ctx,
        entity,
        {name: value for name, value in values.items() if value is not None},
        number=await _number(ctx),
        status=ContractStatus.DRAFT,
        **defaults,
    )
    ours = workspace["contract_signer_id"] or row["owner_id"]
    await signers.name_usual(ctx, row["id"], contact.id, ours)
    ctx.act.emit("contract.created", "contract", row["id"], cause="made by hand")
    return row


async def update(
    ctx: Context, record_id: str, given: Mapping[str, Any], expected_version: int | None = None
) -> Any:
    """Change a draft; of others only who looks after it, and fields of the workspace's own."""
    entity = REGISTRY["Contract"]
    records.may_write(ctx, entity)
    contract = await records.locked(ctx, entity, record_id, expected_version)
    if set(given) - _ALWAYS:
        states.refuse_unless_draft(contract)
    _check_days(given.get("starts_on", contract.starts_on), given.get("ends_on", contract.ends_on))
    return await records.update(ctx, entity, record_id, given, expected_version)


def _check_days(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        message = "The last day lies before the first."
        raise UserError(UserErrorCode.INVALID_DATE_RANGE, message, ("endsOn",))


def _of_deal(deal: Any) -> dict[str, Any]:
    """What a contract takes over from its deal."""
    return {
        "title": deal.name,
        "contact": deal.contact_id,
        "company": deal.company_id,
        "owner": deal.owner_id,
    }


async def _number(ctx: Context) -> str:
    year = ctx.today.year
    (number,) = await numbers.take(ctx.act, Numbered.CONTRACT, year)
    return number


async def _deal_owner(ctx: Context, deal_id: str) -> str | None:
    rows = await ctx.act.fetch(
        sa.select(_DEAL.c.owner_id).where(
            _DEAL.c.workspace_id == ctx.workspace_id, _DEAL.c.id == deal_id
        )
    )
    return str(rows[0]["owner_id"]) if rows and rows[0]["owner_id"] else None


def _columns(contract: Contract) -> dict[str, Any]:
    """The columns of a contract that the database does not fill in."""
    stored = (column.name for column in CONTRACT.c if column.computed is None)
    return {name: value for name in stored if (value := getattr(contract, name)) is not None}
