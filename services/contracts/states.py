"""The states of contracts: the one place where a contract goes from one to another."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from core.codes import UserErrorCode
from core.errors import Path, UserError
from core.names import titled
from core.writes import Transaction
from models import metadata
from models.sale_enums import ContractStatus
from services.rules import contracts as rules

CONTRACT = metadata.tables["contract"]
_WORKSPACE = metadata.tables["workspace"]

_EVENTS = {
    "send": "sent",
    "sign": "signed",
    "complete": "fully_signed",
    "decline": "declined",
    "void": "voided",
    "reopen": "reopened",
    "activate": "activated",
    "expire": "expired",
}
"""How each edge is told."""


async def move(act: Transaction, contract: Any, verb: str, *, cause: str, **values: Any) -> Any:
    """Take a contract along an edge, which the log tells with its cause."""
    event = _EVENTS[verb]
    moved = {"status": ContractStatus[rules.EDGES[verb][1]], **values}
    (row,) = await act.update(CONTRACT, CONTRACT.c.id == contract.id, moved, event=event)
    act.emit(f"contract.{event}", "contract", contract.id, cause=cause)
    return row


async def move_all(
    act: Transaction, which: sa.ColumnElement[bool], verb: str, *, cause: str
) -> None:
    """Take all contracts along an edge that are in its beginning, in one statement."""
    begins, ends = rules.EDGES[verb]
    event = _EVENTS[verb]
    where = sa.and_(which, CONTRACT.c.status.in_(begins), CONTRACT.c.deleted_at.is_(None))
    for row in await act.update(CONTRACT, where, {"status": ContractStatus[ends]}, event=event):
        act.emit(f"contract.{event}", "contract", row["id"], cause=cause)


def refuse_unless(contract: Any, verb: str, path: Path = ("id",)) -> None:
    """Refuse what a contract does not take in its state, naming what it does."""
    if contract.status in rules.EDGES[verb][0]:
        return
    allowed = [one for one in rules.allowed(contract.status) if one in _ACTS]
    instead = " or ".join(f"`{_ACTS[one]}`" for one in allowed)
    message = f"{contract.number} is {titled(contract.status)}."
    if instead:
        message += f" What can be done with it is {instead}."
    raise UserError(UserErrorCode.INVALID_TRANSITION, message, path)


_ACTS = {
    "send": "contractSend",
    "complete": "contractUploadSigned",
    "void": "contractVoid",
    "reopen": "contractResend",
}


def refuse_unless_draft(contract: Any) -> None:
    """Refuse to write on a contract that has left our hands."""
    if contract.status != ContractStatus.DRAFT:
        message = f"{contract.number} is {titled(contract.status)}; only a Draft is written on."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("id",))


async def workspace(act: Transaction) -> Mapping[str, Any]:
    """The workspace, with what it has set."""
    (row,) = await act.fetch(
        sa.select(_WORKSPACE).where(_WORKSPACE.c.workspace_id == act.workspace)
    )
    found: Mapping[str, Any] = row
    return found
