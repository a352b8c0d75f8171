"""Contracts: the shared acts, their documents and templates, and how they are signed."""

from collections.abc import Sequence
from typing import Any

from auth.context import Context
from resolvers.crud import crud
from resolvers.imports import upload_uuid
from resolvers.mutation import mutation
from resolvers.queries import valued
from schema import contracts as given
from schema.contracts import Contract, ContractTemplate, MergeField
from schema.types import Answered
from services.contracts import generating, making, sending, signers, signing, templates
from services.rules import merge_fields

crud(
    Contract,
    create=making.create,
    update=making.update,
    without=frozenset({"delete", "restore", "upsert", "bulk"}),
)
crud(
    ContractTemplate,
    create=templates.create,
    update=templates.update,
    delete=templates.delete,
    restore=templates.restore,
    without=frozenset({"upsert", "bulk"}),
)


@valued(
    "contract_merge_fields",
    Answered(list[MergeField], "Every merge field that a template of contracts may have."),
)
async def contract_merge_fields(_reading: Any, _arguments: Any) -> list[dict[str, str]]:
    """The closed list of merge fields."""
    return [
        {"name": name, "description": description}
        for name, description in merge_fields.FIELDS.items()
    ]


@mutation(contract=Contract)
async def contract_signers_set(ctx: Context, input: given.ContractSignersSetInput) -> Any:
    """Name who signs a draft, in their order.

    Example: `contractSignersSet(input: {id: "ctr_01…", signers: [{name: "Jane Doe",
    email: "jane@example.com"}]}) {contract {signers {nodes {name}}}}`.
    """
    named = _named(input.signers)
    return await signers.replace(ctx, input.id, named, expected_version=input.expected_version)


@mutation(contract=Contract)
async def contract_generate_document(
    ctx: Context, input: given.ContractGenerateDocumentInput
) -> Any:
    """Make the document of a draft, its merge fields filled in; those without a value are named."""
    return await generating.generate(
        ctx, input.id, input.template_id, expected_version=input.expected_version
    )


@mutation(contract=Contract)
async def contract_send(ctx: Context, input: given.ContractSendInput) -> Any:
    """Send a draft for signature; sent twice, it is with its signers once.

    Example: `contractSend(input: {id: "ctr_01…"}) {contract {status statusLabel}}`.
    """
    return await sending.send(ctx, input.id, **_way(input))


@mutation(contract=Contract)
async def contract_resend(ctx: Context, input: given.ContractResendInput) -> Any:
    """Send a declined or void contract once more: by way of Draft, to be signed by all anew."""
    return await sending.resend(ctx, input.id, **_way(input))


@mutation(contract=Contract)
async def contract_reopen(ctx: Context, input: given.ContractReopenInput) -> Any:
    """Bring a declined or void contract back to Draft, to be changed before it is sent again."""
    return await sending.reopen(ctx, input.id, expected_version=input.expected_version)


@mutation(contract=Contract)
async def contract_void(ctx: Context, input: given.ContractVoidInput) -> Any:
    """Withdraw a contract from its signers; a signature service is told."""
    version = input.expected_version
    return await sending.void(ctx, input.id, input.reason, expected_version=version)


@mutation(contract=Contract)
async def contract_upload_signed(ctx: Context, input: given.ContractUploadSignedInput) -> Any:
    """Take the signed PDF of a contract: once all have signed, the deal is won and invoiced."""
    return await signing.upload(
        ctx,
        input.id,
        upload_uuid(input.upload_id),
        signed_on=input.signed_on,
        signer_ids=input.signer_ids,
        expected_version=input.expected_version,
    )


def _way(input: given.ContractSendInput) -> dict[str, Any]:
    return {
        "named": None if input.signers is None else _named(input.signers),
        "method": input.method,
        "message": input.message,
        "expected_version": input.expected_version,
    }


def _named(people: Sequence[given.ContractSignerInput]) -> list[signers.Signer]:
    return [signers.Signer(one.name, one.email, one.party) for one in people]
