"""Templates of contracts: written by Admins, one of each type the standard one."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from auth.roles import Category
from core.codes import UserErrorCode
from core.errors import UserError
from core.writes import Transaction
from models.registry import REGISTRY
from models.sale_enums import ContractType
from models.standard_contracts import STANDARD
from services import records
from services.contracts.generating import TEMPLATE
from services.rules import merge_fields

LONGEST_BODY = 100_000


async def seed(act: Transaction) -> None:
    """Give a fresh workspace the templates it begins with."""
    rows = [
        {"name": one.name, "type": ContractType[one.type], "is_default": True, "body": one.body}
        for one in STANDARD
    ]
    await act.insert_many(TEMPLATE, rows)


async def create(ctx: Context, given: Mapping[str, Any]) -> Any:
    """Write a template; as the standard one of its type it takes the place of the other."""
    ctx.require(Category.ADMIN)
    _check(given)
    if given.get("is_default"):
        await _yield_place(ctx, given["type"])
    values = {name: value for name, value in given.items() if value is not None}
    return await records.create(ctx, REGISTRY["ContractTemplate"], values)


async def update(
    ctx: Context, record_id: str, given: Mapping[str, Any], expected_version: int | None = None
) -> Any:
    """Change a template; documents that were made of it stay as they are."""
    ctx.require(Category.ADMIN)
    entity = REGISTRY["ContractTemplate"]
    template = await records.locked(ctx, entity, record_id, expected_version)
    _check(given)
    if given.get("is_default") or (template.is_default and given.get("is_default") is None):
        await _yield_place(ctx, given.get("type") or template.type, but=record_id)
    return await records.update(ctx, entity, record_id, given, expected_version)


async def delete(ctx: Context, record_id: str, expected_version: int | None = None) -> Any:
    """Delete a template; what it made stays."""
    ctx.require(Category.ADMIN)
    return await records.delete(ctx, REGISTRY["ContractTemplate"], record_id, expected_version)


async def restore(ctx: Context, record_id: str) -> Any:
    """Bring a template back, as one among others."""
    ctx.require(Category.ADMIN)
    return await records.restore(ctx, REGISTRY["ContractTemplate"], record_id, is_default=False)


async def used_fields(_reading: Any, rows: Any) -> list[list[str]]:
    """The merge fields of each template, in their order."""
    return [merge_fields.used(row["body"]) for row in rows]


async def _yield_place(ctx: Context, kind: str, but: str | None = None) -> None:
    """Let the standard template of a type be one among others."""
    other = sa.and_(
        TEMPLATE.c.type == kind,
        TEMPLATE.c.is_default,
        TEMPLATE.c.deleted_at.is_(None),
        TEMPLATE.c.id.is_distinct_from(but),
    )
    await ctx.act.update(TEMPLATE, other, {"is_default": False})


def _check(given: Mapping[str, Any]) -> None:
    body = given.get("body")
    if not body:
        return
    strange = merge_fields.unknown(body)
    if strange:
        message = (
            f"No merge field is called {', '.join(strange)}."
            " `contractMergeFields` lists those there are."
        )
        raise UserError(UserErrorCode.INVALID_MERGE_FIELD, message, ("body",), fields=strange)
