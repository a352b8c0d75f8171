"""Signers: who signs a contract, for whom, and in which order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from auth.context import Context, as_row
from core.codes import UserErrorCode
from core.errors import UserError
from core.writes import Transaction
from models import metadata
from models.contracts import ContractSigner
from models.registry import REGISTRY
from models.sale_enums import SignerParty, SignerStatus
from services import records
from services.contracts import states
from services.contracts.states import CONTRACT
from services.rules.forms import Form

SIGNER = metadata.tables["contract_signer"]
MOST = 20
LONGEST_NAME = 120
_CONTACT = metadata.tables["contact"]
_USER = metadata.tables["user"]


@dataclass(frozen=True, slots=True)
class Signer:
    """Someone who is to sign."""

    name: str
    email: str | None
    party: SignerParty


async def replace(
    ctx: Context,
    contract_id: str,
    signers: Sequence[Signer],
    *,
    expected_version: int | None = None,
) -> Any:
    """Name who signs a draft, in their order, in place of those named before."""
    entity = REGISTRY["Contract"]
    records.may_write(ctx, entity)
    contract = await records.locked(ctx, entity, contract_id, expected_version)
    states.refuse_unless_draft(contract)
    await write(ctx, contract_id, signers)
    where = CONTRACT.c.id == contract_id
    return (await ctx.act.update(CONTRACT, where, {}, event="signers_set"))[0]


async def write(ctx: Context, contract_id: str, signers: Sequence[Signer]) -> None:
    """Put signers in place of those a contract has."""
    checked = _checked(signers)
    await ctx.act.delete(SIGNER, SIGNER.c.contract_id == contract_id)
    await _insert(ctx, contract_id, checked)


async def name_usual(
    ctx: Context, contract_id: str, contact_id: str | None, user_id: str | None
) -> list[Signer]:
    """Let the contact sign for the customer, and then a user for us."""
    usual = []
    for table, record_id, party in (
        (_CONTACT, contact_id, SignerParty.CUSTOMER),
        (_USER, user_id, SignerParty.COMPANY),
    ):
        if record_id is not None:
            (person,) = await ctx.act.fetch(
                sa.select(table.c.name, table.c.email).where(
                    table.c.workspace_id == ctx.workspace_id, table.c.id == record_id
                )
            )
            usual.append(Signer(person["name"], person["email"], party))
    await _insert(ctx, contract_id, usual)
    return usual


async def of(act: Transaction, contract_id: str, *, lock: bool = False) -> list[ContractSigner]:
    """Who signs a contract, in order."""
    statement = (
        sa.select(SIGNER)
        .where(SIGNER.c.workspace_id == act.workspace, SIGNER.c.contract_id == contract_id)
        .order_by(SIGNER.c.position)
    )
    rows = await act.fetch(statement.with_for_update() if lock else statement)
    return [as_row(ContractSigner, row) for row in rows]


async def begin_anew(act: Transaction, contract_id: str) -> None:
    """Forget what the signers of a contract did: it is to be signed again."""
    did = {"viewed_at", "signed_at", "declined_at", "decline_reason"}
    values = dict.fromkeys(did) | {"status": SignerStatus.PENDING}
    await act.update(SIGNER, SIGNER.c.contract_id == contract_id, values, event="asked_again")


async def _insert(ctx: Context, contract_id: str, signers: Sequence[Signer]) -> None:
    rows = [
        {
            "contract_id": contract_id,
            "position": position,
            "name": one.name,
            "email": one.email,
            "party": one.party,
            "status": SignerStatus.PENDING,
        }
        for position, one in enumerate(signers, start=1)
    ]
    if rows:
        await ctx.act.insert_many(SIGNER, rows)


def _checked(signers: Sequence[Signer]) -> list[Signer]:
    """Signers in their normal form; every refusal is told at its place."""
    if not signers:
        raise UserError(UserErrorCode.REQUIRED, "Name who signs.", ("signers",))
    if len(signers) > MOST:
        message = f"A contract has at most {MOST} signers."
        raise UserError(UserErrorCode.TOO_MANY, message, ("signers",))
    whole, found, taken = Form(), [], set()
    for at, one in enumerate(signers):
        form = Form()
        name = form.text("name", one.name, longest=LONGEST_NAME)
        email = form.email("email", one.email) if (one.email or "").strip() else None  # type: ignore[arg-type]
        if email is not None and email.casefold() in taken:
            message = "Two signers have this address: signatures are told apart by it."
            form.refuse(UserErrorCode.INVALID_VALUE, message, "email")
        if email is not None:
            taken.add(email.casefold())
        found.append(Signer(name, email, one.party))
        whole.refusals += [refusal.at("signers", at) for refusal in form.refusals]
    whole.done()
    return found
