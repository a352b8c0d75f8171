"""Conversion: a lead becomes a contact, a company or both, and a deal if one is wanted."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from auth.policy import visible
from core.codes import UserErrorCode
from core.errors import Refusals, UserError
from models import metadata
from models.base import Uuid
from models.companies import Company
from models.contacts import Contact
from models.deals import Pipeline, PipelineStage
from models.enums import ContactStatus, LeadStatus
from models.leads import Lead
from models.registry import REGISTRY, pointer
from services import boards, contacts, custom_fields, deals, leads, pointers, records
from services.rules.leads import domain

HISTORY = ("task",)
"""Tables of what belongs to a lead and goes with it: each points at a lead or what it became."""
_OFFERED = 10
_ADDRESS = ("street", "city", "state", "postcode", "country")


@dataclass(frozen=True, slots=True)
class Choice:
    """A record that exists, or the values of a new one beyond what the lead knows."""

    connect: str | None = None
    create: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class NewDeal:
    """A deal to open, and the stage it starts in."""

    given: Mapping[str, Any]
    pipeline_id: str | None = None
    stage_id: str | None = None


@dataclass(frozen=True, slots=True)
class Converted:
    """A converted lead, and the ids of what it became."""

    lead: Any
    contact_id: str | None
    company_id: str | None
    deal_id: str | None


async def convert(
    ctx: Context,
    lead_id: str,
    *,
    contact: Choice | None,
    company: Choice | None,
    deal: NewDeal | None = None,
    expected_version: int | None = None,
) -> Converted:
    """Turn a lead into what is chosen, all of it or nothing; its history goes with it."""
    if deal is not None and deal.pipeline_id is not None:
        await ctx.get(Pipeline, deal.pipeline_id, path=("deal", "pipelineId"))
    if deal is not None and deal.stage_id is not None:
        await ctx.get(PipelineStage, deal.stage_id, path=("deal", "stageId"))
    lead, stage, rank = await _convertible(ctx, lead_id, expected_version)
    if contact is None and company is None:
        message = "Say what the lead becomes: a contact, a company or both."
        raise UserError(UserErrorCode.CONVERT_TARGET_REQUIRED, message, ("contact",))
    company_id = await _company(ctx, lead, company) if company else None
    contact_id = await _contact(ctx, lead, contact, company_id) if contact else None
    deal_id = await _deal(ctx, lead, deal, contact_id, company_id) if deal else None
    await _hand_over(ctx, lead_id, contact_id, company_id)
    row = await leads.enter(
        ctx,
        lead,
        stage,
        rank=rank,
        converted_at=ctx.now,
        converted_by_id=ctx.actor.user_id,
        converted_contact_id=contact_id,
        converted_company_id=company_id,
        converted_deal_id=deal_id,
    )
    ctx.act.emit("lead.converted", "lead", lead_id)
    return Converted(row, contact_id, company_id, deal_id)


async def candidates(reading: Any, lead_id: str) -> dict[str, Any] | None:
    """The contacts and companies in sight that a lead may already be; None without the lead."""
    lead = await reading.record(REGISTRY["Lead"], lead_id)
    if lead is None:
        return None
    email, place = lead.row["email"], domain(lead.row["website"])
    domains = [one for one in (place, (email or "").rpartition("@")[2]) if one]
    company, contact = metadata.tables["company"], metadata.tables["contact"]
    same_name = sa.and_(
        company.c.name_key != "", company.c.name_key == lead.row["company_name_key"]
    )
    of_domain = company.c.domain_key.in_([sa.func.fold(one) for one in domains])
    same_email = sa.and_(contact.c.email_key != "", contact.c.email_key == lead.row["email_key"])
    return {
        "lead": pointer("Lead", lead_id),
        "contacts": await _offered(reading, "Contact", same_email),
        "companies": await _offered(reading, "Company", sa.or_(same_name, of_domain)),
    }


async def _offered(reading: Any, name: str, condition: sa.ColumnElement[bool]) -> list[Any]:
    entity = REGISTRY[name]
    rows = await reading.fetch(
        sa.select(entity.table.c.id)
        .where(visible(entity, reading.actor, entity.table), condition)
        .order_by(entity.table.c.id)
        .limit(_OFFERED)
    )
    return [pointer(name, row["id"]) for row in rows]


async def _convertible(
    ctx: Context, lead_id: str, expected_version: int | None
) -> tuple[Any, Any, str]:
    """The lead, kept from others, with the stage and the place it will have."""
    entity = REGISTRY["Lead"]
    records.may_write(ctx, entity)
    seen: Any = await ctx.get(Lead, lead_id)
    _refuse_converted(seen)
    stage = await leads.stage_of(ctx, seen.pipeline_id, LeadStatus.CONVERTED)
    # The column before the card, as every act on a board takes them.
    rank = await boards.top(ctx, leads.LEAD, leads.LEAD.c.stage_id, stage.id)
    lead: Any = await ctx.get(Lead, lead_id, lock=True)
    _refuse_converted(lead)
    if lead.status == LeadStatus.DISQUALIFIED:
        message = "The lead is disqualified; move it to NEW, CONTACTED or QUALIFIED first."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("id",))
    await records.locked(ctx, entity, lead_id, expected_version)
    return lead, stage, rank


def _refuse_converted(lead: Any) -> None:
    if lead.status == LeadStatus.CONVERTED:
        raise UserError(
            UserErrorCode.ALREADY_CONVERTED,
            "The lead was converted before.",
            ("id",),
            contact=pointer("Contact", lead.converted_contact_id),
            company=pointer("Company", lead.converted_company_id),
            deal=pointer("Deal", lead.converted_deal_id),
        )


async def _company(ctx: Context, lead: Any, choice: Choice) -> str:
    if choice.connect is not None:
        await ctx.get(Company, choice.connect, path=("company", "connect"), lock=True)
        return choice.connect
    known = {
        "name": lead.company_name,
        "domain": domain(lead.website),
        "industry": lead.industry,
        "employee_count": lead.employee_count,
        "owner": lead.owner_id,
    } | {name: getattr(lead, name) for name in _ADDRESS}
    with _within("company", "create"):
        own = custom_fields.handed_on(ctx, lead, "company", choice.create)
        row = await records.create(ctx, REGISTRY["Company"], _filled(known, choice.create) | own)
    return str(row["id"])


async def _contact(ctx: Context, lead: Any, choice: Choice, company_id: str | None) -> str:
    if choice.connect is not None:
        found: Any = await ctx.get(Contact, choice.connect, path=("contact", "connect"), lock=True)
        contact_id, primary = choice.connect, found.primary_company_id is None
    else:
        known = {
            name: getattr(lead, name)
            for name in ("first_name", "last_name", "job_title", "email", "phone")
        } | {"owner": lead.owner_id, "status": ContactStatus.PROSPECT}
        with _within("contact", "create"):
            values = _filled(known, choice.create)
            values |= custom_fields.handed_on(ctx, lead, "contact", choice.create)
            row = await contacts.create(ctx, values, origin=lead.origin)
        contact_id, primary = str(row["id"]), True
    if company_id is not None:
        await contacts.add_company(ctx, contact_id, company_id, primary=primary)
    return contact_id


async def _deal(
    ctx: Context, lead: Any, wanted: NewDeal, contact_id: str | None, company_id: str | None
) -> str:
    known = {
        "name": lead.company_name or lead.name,
        "contact": contact_id,
        "company": company_id,
        "owner": lead.owner_id,
    }
    with _within("deal"):
        row = await deals.create(
            ctx,
            _filled(known, wanted.given) | custom_fields.handed_on(ctx, lead, "deal", wanted.given),
            pipeline_id=wanted.pipeline_id,
            stage_id=wanted.stage_id,
        )
    return str(row["id"])


async def _hand_over(
    ctx: Context, lead_id: str, contact_id: str | None, company_id: str | None
) -> None:
    """Nothing is lost: what belonged to the lead belongs to the contact, else to the company."""
    heir = {"contact_id": contact_id} if contact_id else {"company_id": company_id}
    for name in HISTORY:
        table = metadata.tables[name]
        of_lead = table.c.lead_id == sa.literal(lead_id, Uuid)
        await ctx.act.update(table, of_lead, {"lead_id": None} | heir)
    record, kind = (contact_id, "contact") if contact_id else (company_id, "company")
    assert record is not None  # noqa: S101 - a lead becomes one of them at least
    await pointers.move(ctx, [lead_id], record, kind)


def _filled(known: Mapping[str, Any], given: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the lead knows, under what is said now; what nobody knows is left out."""
    values = dict(known) | {name: one for name, one in (given or {}).items() if one is not None}
    return {name: value for name, value in values.items() if value is not None}


@contextmanager
def _within(*path: str) -> Iterator[None]:
    """Refusals as seen from the whole input."""
    try:
        yield
    except UserError as error:
        raise error.at(*path) from error
    except Refusals as several:
        raise Refusals([error.at(*path) for error in several.errors]) from several
