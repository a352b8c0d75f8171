"""Cases: the shared acts, and what happens to them on the board and off it."""

from typing import Any

import strawberry
from strawberry import UNSET

from auth.context import Context
from resolvers.crud import crud
from resolvers.custom_values import given_values
from resolvers.mutation import mutation
from schema import cases as given
from schema.cases import Case
from schema.deals import Deal
from schema.inputs import arg
from services import cases

crud(
    Case,
    create=cases.create,
    update=cases.update,
    restore=cases.restore,
    extra={
        "template_id": (
            strawberry.ID | None,
            arg("The template whose tasks it begins with.", of="CaseTemplate", default=UNSET),
        ),
    },
)


@mutation(case=Case)
async def case_move(ctx: Context, input: given.CaseMoveInput) -> Any:
    """Put a case into a column of the board, at a place in it."""
    return await cases.move(
        ctx,
        input.id,
        input.to_status_id,
        after=input.after_card_id,
        before=input.before_card_id,
        expected_version=input.expected_version,
    )


@mutation(case=Case)
async def case_resolve(ctx: Context, input: given.CaseResolveInput) -> Any:
    """Resolve a case: it goes to the first resolved status, and its clocks stop."""
    return await cases.resolve(ctx, input.id, expected_version=input.expected_version)


@mutation(case=Case)
async def case_reopen(ctx: Context, input: given.CaseReopenInput) -> Any:
    """Reopen a resolved case: its resolution clock goes on where it stopped."""
    return await cases.reopen(
        ctx, input.id, status_id=input.to_status_id, expected_version=input.expected_version
    )


@mutation(case=Case)
async def case_claim(ctx: Context, input: given.CaseClaimInput) -> Any:
    """Take a case that waits in a queue of yours; of several who try, one has it."""
    return await cases.claim(ctx, input.id)


@mutation(case=Case)
async def case_first_response_record(
    ctx: Context, input: given.CaseFirstResponseRecordInput
) -> Any:
    """Note that the customer was answered outside the CRM, such as by phone."""
    return await cases.record_first_response(
        ctx, input.id, at=input.responded_at, expected_version=input.expected_version
    )


@mutation(case=Case, deal=Deal)
async def case_convert_to_deal(ctx: Context, input: given.CaseConvertToDealInput) -> dict[str, Any]:
    """Open a deal for what a case asks for; the case stays, and each shows the other."""
    return await cases.convert_to_deal(
        ctx,
        input.id,
        stage_id=input.stage_id,
        name=input.name,
        value=input.value,
        close_date=input.close_date,
        custom=given_values(input.custom_fields),
        expected_version=input.expected_version,
    )
