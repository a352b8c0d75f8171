"""Contacts: at least one way to reach them, one contact an address, companies they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import asyncpg
import sqlalchemy as sa

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import Refusals, UserError
from models import metadata
from models.companies import Company
from models.contacts import Contact
from models.enums import Origin
from models.registry import REGISTRY, pointer
from services import records

CONTACT = metadata.tables["contact"]
MEMBERSHIP = metadata.tables["contact_company"]


@dataclass(frozen=True, slots=True)
class CompanyChoice:
    """The company a contact is created in: one that exists, or a new one of this name."""

    connect: str | None = None
    create: str | None = None


async def create(
    ctx: Context,
    given: Mapping[str, Any],
    *,
    company: CompanyChoice | None = None,
    origin: Origin = Origin.MANUAL,
    allow_duplicate: bool = False,
) -> Any:
    """Create a contact, and with it the company it belongs to if one is named."""
    entity = REGISTRY["Contact"]
    records.may_write(ctx, entity)
    _require_reachable(given)
    primary = await _company(ctx, company) if company else None
    values = dict(given) | {"status": given.get("status") or "LEAD"}
    try:
        async with ctx.act.savepoint():
            row = await records.create(
                ctx, entity, values, origin=origin, duplicate_allowed=allow_duplicate
            )
    except asyncpg.UniqueViolationError as error:
        raise await _duplicate(ctx, error, given.get("email")) from error
    if primary is None:
        return row
    await ctx.act.insert(MEMBERSHIP, {"contact_id": row["id"], "company_id": primary})
    changed = {"primary_company_id": primary}
    return (await ctx.act.update(CONTACT, CONTACT.c.id == row["id"], changed))[0]


async def update(
    ctx: Context, record_id: str, given: Mapping[str, Any], expected_version: int | None = None
) -> Any:
    """Change a contact's fields; an address that another contact has is refused."""
    try:
        async with ctx.act.savepoint():
            return await records.update(
                ctx, REGISTRY["Contact"], record_id, given, expected_version
            )
    except asyncpg.UniqueViolationError as error:
        raise await _duplicate(ctx, error, given.get("email")) from error


async def restore(ctx: Context, record_id: str) -> Any:
    """Bring a deleted contact back, unless another has taken its address."""
    entity = REGISTRY["Contact"]
    row: Any = await ctx.get(Contact, record_id, deleted=True)
    try:
        async with ctx.act.savepoint():
            return await records.restore(ctx, entity, record_id)
    except asyncpg.UniqueViolationError as error:
        raise await _duplicate(ctx, error, row.email, path="id") from error


async def add_company(
    ctx: Context, contact_id: str, company_id: str, *, primary: bool = False
) -> Any:
    """Let a contact belong to a company; doing it again changes nothing but `primary`."""
    entity = REGISTRY["Contact"]
    records.may_write(ctx, entity)
    row: Any = await ctx.get(Contact, contact_id, path=("contactId",), lock=True)
    await ctx.get(Company, company_id, path=("companyId",))
    if not await _membership(ctx, contact_id, company_id):
        await ctx.act.insert(MEMBERSHIP, {"contact_id": contact_id, "company_id": company_id})
    if primary and row.primary_company_id != company_id:
        changed = {"primary_company_id": company_id}
        return (await ctx.act.update(CONTACT, CONTACT.c.id == contact_id, changed))[0]
    return row


async def join(ctx: Context, contact_id: str, company: CompanyChoice) -> Any:
    """Make a company the primary one of a contact that exists."""
    return await add_company(ctx, contact_id, await _company(ctx, company), primary=True)


async def remove_company(ctx: Context, contact_id: str, company_id: str) -> Any:
    """End a contact's belonging to a company; it is no longer the primary one either."""
    entity = REGISTRY["Contact"]
    records.may_write(ctx, entity)
    row: Any = await ctx.get(Contact, contact_id, path=("contactId",), lock=True)
    if not await _membership(ctx, contact_id, company_id):
        message = "The contact does not belong to this company."
        raise UserError(UserErrorCode.NOT_FOUND, message, ("companyId",))
    changed: Any = row
    if row.primary_company_id == company_id:
        where = CONTACT.c.id == contact_id
        changed = (await ctx.act.update(CONTACT, where, {"primary_company_id": None}))[0]
    await ctx.act.delete(
        MEMBERSHIP,
        sa.and_(MEMBERSHIP.c.contact_id == contact_id, MEMBERSHIP.c.company_id == company_id),
    )
    return changed


async def merged(ctx: Context, contact_id: str, email: str | None) -> dict[str, Any]:
    """What else a contact has after a merge: the only one with an address is its holder."""
    holder = await by_email(ctx, email) if email else None
    return {"duplicate_allowed": holder not in {None, contact_id}}


async def by_email(ctx: Context, email: str) -> str | None:
    """The contact that holds an address in this workspace, whoever may see it."""
    rows = await ctx.act.fetch(
        sa.select(CONTACT.c.id).where(
            CONTACT.c.workspace_id == ctx.workspace_id,
            CONTACT.c.email_key == sa.func.fold(email),
            CONTACT.c.deleted_at.is_(None),
            sa.not_(CONTACT.c.duplicate_allowed),
        )
    )
    return rows[0]["id"] if rows else None


def _require_reachable(given: Mapping[str, Any]) -> None:
    missing = [
        UserError(UserErrorCode.REQUIRED, "Fill this in.", (path,))
        for name, path in (("first_name", "firstName"), ("last_name", "lastName"))
        if not str(given.get(name) or "").strip()
    ]
    if not any(str(given.get(name) or "").strip() for name in ("email", "phone")):
        message = "Give an e-mail address or a phone number."
        missing.append(UserError(UserErrorCode.EMAIL_OR_PHONE_REQUIRED, message, ("email",)))
    if missing:
        raise Refusals(missing)


async def _company(ctx: Context, choice: CompanyChoice) -> str:
    if choice.connect:
        await ctx.get(Company, choice.connect, path=("company", "connect"))
        return choice.connect
    try:
        row = await records.create(ctx, REGISTRY["Company"], {"name": choice.create})
    except Refusals as refused:
        paths = [error.at("company", "create") for error in refused.errors]
        raise Refusals(paths) from refused
    return str(row["id"])


async def _membership(ctx: Context, contact_id: str, company_id: str) -> bool:
    rows = await ctx.act.fetch(
        sa.select(MEMBERSHIP.c.id).where(
            MEMBERSHIP.c.workspace_id == ctx.workspace_id,
            MEMBERSHIP.c.contact_id == contact_id,
            MEMBERSHIP.c.company_id == company_id,
        )
    )
    return bool(rows)


async def _duplicate(
    ctx: Context, error: asyncpg.UniqueViolationError, email: str | None, path: str = "email"
) -> BaseException:
    if error.constraint_name != "contact_email_taken" or not email:
        return cast("BaseException", error)
    existing = await by_email(ctx, email.strip())
    return UserError(
        UserErrorCode.DUPLICATE_EMAIL,
        "A contact with this e-mail address exists.",
        (path,),
        existing=pointer("Contact", existing),
    )
