"""Leads: the shared acts, moving, giving up and converting."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry import UNSET

from auth.context import Context
from models.registry import REGISTRY
from resolvers.crud import crud, written
from resolvers.custom_values import given_values
from resolvers.mutation import mutation
from resolvers.queries import valued
from resolvers.reading import Reading
from schema.companies import Company
from schema.contacts import Contact
from schema.deals import Deal
from schema.inputs import arg
from schema.leads import (
    Lead,
    LeadClaimInput,
    LeadConvertInput,
    LeadConvertPreview,
    LeadDealInput,
    LeadDisqualifyInput,
    LeadMoveInput,
)
from schema.types import Answered, Given
from services import conversion, leads
from services.conditions import read_id

crud(
    Lead,
    create=leads.create,
    update=leads.update,
    restore=leads.restore,
    match=("email",),
    extra={
        "pipeline_id": (
            strawberry.ID | None,
            arg("The pipeline; the first one when left out.", of="Pipeline", default=UNSET),
        ),
        "stage_id": (
            strawberry.ID | None,
            arg(
                "The stage; the pipeline's first when left out.", of="PipelineStage", default=UNSET
            ),
        ),
    },
)


@mutation(lead=Lead)
async def lead_move(ctx: Context, input: LeadMoveInput) -> Any:
    """Move a lead to another status or stage, or to another place in its column.

    A lead moves freely among NEW, CONTACTED, QUALIFIED and DISQUALIFIED (which takes a reason);
    `leadConvert` converts it.
    """
    return await leads.move(
        ctx,
        input.id,
        status=input.to_status,
        stage_id=input.to_stage_id,
        after=input.after_card_id,
        before=input.before_card_id,
        reason=input.reason,
        expected_version=input.expected_version,
    )


@mutation(lead=Lead)
async def lead_claim(ctx: Context, input: LeadClaimInput) -> Any:
    """Take a lead that waits in a queue of yours; of several who try, one has it."""
    return await leads.claim(ctx, input.id)


@mutation(lead=Lead)
async def lead_disqualify(ctx: Context, input: LeadDisqualifyInput) -> Any:
    """Give a lead up for a reason; `leadMove` brings it back."""
    return await leads.disqualify(ctx, input.id, input.reason, input.expected_version)


@mutation(lead=Lead, contact=Contact, company=Company, deal=Deal)
async def lead_convert(ctx: Context, input: LeadConvertInput) -> dict[str, Any]:
    """Turn a lead into a contact, a company or both, with a deal if one is wanted: all or nothing.

    What belongs to the lead goes to the contact, else to the company. Where a contact has the
    lead's e-mail address already, DUPLICATE_EMAIL names it: connect it instead.
    """
    done = await conversion.convert(
        ctx,
        input.id,
        contact=_choice("Contact", input.contact),
        company=_choice("Company", input.company),
        deal=_deal(input.deal) if input.deal else None,
        expected_version=input.expected_version,
    )
    return {
        "lead": done.lead,
        "contact": done.contact_id,
        "company": done.company_id,
        "deal": done.deal_id,
    }


def _choice(name: str, given: Any) -> conversion.Choice | None:
    if given is None:
        return None
    if given.connect not in (UNSET, None):
        return conversion.Choice(connect=given.connect)
    return conversion.Choice(create=written(REGISTRY[name], given.create))


def _deal(given: LeadDealInput) -> conversion.NewDeal:
    values: dict[str, Any] = {
        "name": given.name,
        "value": given.value,
        "close_date": given.close_date,
    }
    if given.custom_fields is not UNSET:
        values["custom_fields"] = given_values(given.custom_fields)
    return conversion.NewDeal(values, given.pipeline_id, given.stage_id)


@valued(
    "lead_convert_preview",
    Answered(
        LeadConvertPreview | None,
        "The contacts and companies a lead may already be; null when it is out of your sight.",
        {"id": Given(strawberry.ID, "Id of the lead.", required=True)},
    ),
)
async def lead_convert_preview(reading: Reading, arguments: Mapping[str, Any]) -> Any:
    """What could be connected instead of created."""
    return await conversion.candidates(reading, read_id(arguments["id"], "Lead"))
