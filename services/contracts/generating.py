"""Documents of contracts: a template's text with its merge fields filled in."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError
from models import metadata
from models.contracts import Contract, ContractTemplate
from models.registry import REGISTRY
from services import records
from services.contracts import merge_values, states
from services.contracts.states import CONTRACT
from services.rules import merge_fields

TEMPLATE = metadata.tables["contract_template"]


async def generate(
    ctx: Context,
    contract_id: str,
    template_id: str | None = None,
    *,
    expected_version: int | None = None,
) -> Any:
    """Make the document of a draft, of a template or of the standard one of its type."""
    entity = REGISTRY["Contract"]
    records.may_write(ctx, entity)
    contract = await records.locked(ctx, entity, contract_id, expected_version)
    states.refuse_unless_draft(contract)
    return await write(ctx, contract, template_id)


async def write(ctx: Context, contract: Contract, template_id: str | None = None) -> Any:
    """Put the document on a draft that is kept from others."""
    values = await document(ctx, contract, template_id)
    where = CONTRACT.c.id == contract.id
    return (await ctx.act.update(CONTRACT, where, values, event="document_generated"))[0]


async def document(
    ctx: Context, contract: Contract, template_id: str | None = None
) -> dict[str, Any]:
    """The columns of a contract that hold its document."""
    if template_id is None:
        template = await _standard(ctx, contract.type)
    else:
        chosen = await ctx.get(ContractTemplate, template_id, path=("templateId",))
        template = {"id": chosen.id, "body": chosen.body}
    used = set(merge_fields.used(template["body"]))
    values = await merge_values.of(ctx, contract, used)
    lacking = merge_fields.missing(template["body"], values)
    if lacking:
        raise UserError(
            UserErrorCode.MERGE_FIELDS_MISSING,
            f"These merge fields have no value: {', '.join(lacking)}.",
            ("templateId",),
            fields=lacking,
        )
    return {
        "template_id": template["id"],
        "body": merge_fields.merged(template["body"], values),
        "status_reason": None,
    }


async def _standard(ctx: Context, kind: str) -> Mapping[str, Any]:
    """The template that contracts of a type begin with."""
    rows = await ctx.act.fetch(
        sa.select(TEMPLATE.c.id, TEMPLATE.c.body).where(
            TEMPLATE.c.workspace_id == ctx.workspace_id,
            TEMPLATE.c.type == kind,
            TEMPLATE.c.is_default,
            TEMPLATE.c.deleted_at.is_(None),
        )
    )
    if not rows:
        message = f"No template is the standard one of contracts of the type {kind}."
        raise UserError(UserErrorCode.NOT_FOUND, message, ("templateId",))
    found: Mapping[str, Any] = rows[0]
    return found
