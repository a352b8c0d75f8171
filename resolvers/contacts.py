"""Contacts: the shared acts, and the companies they belong to."""

from typing import Any

from strawberry import UNSET

from auth.context import Context
from resolvers.crud import crud
from resolvers.mutation import mutation
from schema.contacts import (
    Contact,
    ContactCompanyAddInput,
    ContactCompanyInput,
    ContactCompanyRemoveInput,
)
from schema.inputs import arg
from services import contacts


def _choice(company: Any) -> contacts.CompanyChoice:
    create = None if company.create in (UNSET, None) else company.create.name
    connect = None if company.connect in (UNSET, None) else company.connect
    return contacts.CompanyChoice(connect=connect, create=create)


async def _update(
    ctx: Context,
    record_id: str,
    given: dict[str, Any],
    expected_version: int | None = None,
    company: Any = None,
    **_of_creation: Any,
) -> Any:
    row = await contacts.update(ctx, record_id, given, expected_version)
    return await contacts.join(ctx, record_id, _choice(company)) if company else row


async def _create(
    ctx: Context,
    given: dict[str, Any],
    *,
    company: Any = None,
    allow_duplicate: bool | None = None,
) -> Any:
    choice = _choice(company) if company else None
    return await contacts.create(ctx, given, company=choice, allow_duplicate=bool(allow_duplicate))


crud(
    Contact,
    create=_create,
    update=_update,
    restore=contacts.restore,
    match=("email",),
    extra={
        "company": (
            ContactCompanyInput | None,
            arg("The company they belong to, as their primary one.", default=UNSET),
        ),
        "allow_duplicate": (
            bool | None,
            arg("Create it even where another contact has this e-mail.", default=UNSET),
        ),
    },
)


@mutation(contact=Contact)
async def contact_company_add(ctx: Context, input: ContactCompanyAddInput) -> Any:
    """Let a contact belong to a company."""
    return await contacts.add_company(
        ctx, input.contact_id, input.company_id, primary=bool(input.primary)
    )


@mutation(contact=Contact)
async def contact_company_remove(ctx: Context, input: ContactCompanyRemoveInput) -> Any:
    """End a contact's belonging to a company."""
    return await contacts.remove_company(ctx, input.contact_id, input.company_id)
