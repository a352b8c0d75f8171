"""Sequences: their steps, and who is in them."""

from typing import Any

from auth.context import Context
from models.registry import REGISTRY
from resolvers import refusals
from resolvers.mutation import mutation, register_result
from schema import sequences as given
from schema.inputs import UNSET
from schema.sequences import Sequence, SequenceEnrollment
from services import sequences

_DAY, _HOUR = 24 * 60, 60


def _steps(steps: Any) -> list[sequences.Step]:
    return [
        sequences.Step(
            wait_minutes=one.wait_days * _DAY + one.wait_hours * _HOUR + one.wait_minutes,
            template_id=one.template_id,
            title=one.title,
            description=one.description,
        )
        for one in steps
    ]


@mutation(sequence=Sequence)
async def sequence_create(ctx: Context, input: given.SequenceCreateInput) -> Any:
    """Make a sequence of timed e-mails and tasks."""
    return await sequences.create(ctx, name=input.name, steps=_steps(input.steps))


@mutation(sequence=Sequence)
async def sequence_update(ctx: Context, input: given.SequenceUpdateInput) -> Any:
    """Rename a sequence or replace its steps."""
    return await sequences.update(
        ctx,
        input.id,
        name=None if input.name is UNSET else input.name,
        steps=_steps(input.steps) if input.steps not in (UNSET, None) else None,
        expected_version=input.expected_version,
    )


@mutation(sequence=Sequence)
async def sequence_archive(ctx: Context, input: given.SequenceArchiveInput) -> Any:
    """Use a sequence no more; who is in it gets nothing more of it."""
    return await sequences.archive(ctx, input.id, expected_version=input.expected_version)


@mutation(results=register_result(REGISTRY["SequenceEnrollment"]))
async def sequence_enroll(ctx: Context, input: given.SequenceEnrollInput) -> Any:
    """Let contacts and leads begin a sequence, once each, with a result for each of them."""
    outcomes = await sequences.enroll_many(
        ctx,
        input.sequence_id,
        contact_ids=input.contact_ids,
        lead_ids=input.lead_ids,
        owner_id=input.owner_id,
        explain=refusals.of_constraint,
    )
    return {"results": outcomes}


@mutation(sequence_enrollment=SequenceEnrollment)
async def sequence_unenroll(ctx: Context, input: given.SequenceUnenrollInput) -> Any:
    """Take a contact or lead out of a sequence; they can not begin it again."""
    return await sequences.unenroll(ctx, input.id)
