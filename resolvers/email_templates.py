"""Templates of e-mails: kept, and looked at with a record filled in."""

from collections.abc import Mapping
from typing import Any

from auth.context import Context
from core.codes import DenialCode
from core.errors import Denied
from models.registry import REGISTRY
from resolvers.mutation import mutation
from resolvers.queries import valued
from resolvers.reading import Reading
from schema import email_templates as given
from schema.email_templates import EmailTemplate
from schema.inputs import UNSET
from services import email_templates, merge_values
from services.conditions import read_id

_NAMED = ("name", "record_type", "subject", "body")


@mutation(email_template=EmailTemplate)
async def email_template_create(ctx: Context, input: given.EmailTemplateCreateInput) -> Any:
    """Make a template of e-mails: for who may manage a team.

    `emailMergeFields` lists the fields it may name.
    """
    return await email_templates.create(
        ctx,
        name=input.name,
        record_type=input.record_type,
        subject=input.subject,
        body=input.body,
    )


@mutation(email_template=EmailTemplate)
async def email_template_update(ctx: Context, input: given.EmailTemplateUpdateInput) -> Any:
    """Change a template; mails that were sent stay as they are."""
    values = {one: getattr(input, one) for one in _NAMED if getattr(input, one) is not UNSET}
    return await email_templates.update(ctx, input.id, values, input.expected_version)


@mutation(email_template=EmailTemplate)
async def email_template_archive(ctx: Context, input: given.EmailTemplateArchiveInput) -> Any:
    """Offer a template no more."""
    return await email_templates.archive(ctx, input.id, input.expected_version)


@valued("email_template_preview", given.PREVIEW)
async def _preview(reading: Reading, arguments: Mapping[str, Any]) -> Any:
    about = arguments.get("recordId")
    return await email_templates.preview(
        reading,
        read_id(arguments["id"], "EmailTemplate"),
        _record(about) if about else None,
    )


@valued("email_merge_fields", given.MERGE_FIELDS)
async def _merge_fields(reading: Reading, arguments: Mapping[str, Any]) -> list[str]:
    kind = arguments.get("recordType")
    entity = REGISTRY.of_table(str(kind).lower()) if kind else None
    return sorted(merge_values.names(entity, reading.actor.custom))


def _record(wire_id: str) -> tuple[str, str]:
    """The table and the id of a record."""
    record_id = read_id(wire_id, "")
    entity = REGISTRY.of_prefix(wire_id.partition("_")[0])
    if entity is None or not entity.core:
        message = "Send the id of a record of the template's kind."
        raise Denied(DenialCode.INVALID_ID, message)
    return entity.table.name, record_id
