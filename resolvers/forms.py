"""Web forms: made, changed, archived and reopened."""

from collections.abc import Sequence
from typing import Any

from auth.context import Context
from resolvers.mutation import mutation
from schema import forms as given
from schema.forms import WebForm
from schema.inputs import UNSET
from services import forms


@mutation(web_form=WebForm)
async def web_form_create(ctx: Context, input: given.WebFormCreateInput) -> Any:
    """Make a form for a web page; the page sends what is filled in to its `url`.

    A form of leads fills `lastName`; one of contacts `firstName`, `lastName` and `email` or
    `phone`; one of cases `subject`, `contact.firstName`, `contact.lastName` and `contact.email`.
    """
    return await forms.create(
        ctx,
        name=input.name,
        target=input.target,
        fields=_asked(input.fields),
        owner_id=input.owner_id,
        team_id=input.team_id,
        redirect_url=input.redirect_url,
    )


@mutation(web_form=WebForm)
async def web_form_update(ctx: Context, input: given.WebFormUpdateInput) -> Any:
    """Change a form; pages send to the same address as before."""
    named = ("name", "owner_id", "team_id", "redirect_url")
    values = {one: getattr(input, one) for one in named if getattr(input, one) is not UNSET}
    if input.fields is not UNSET:
        values["fields"] = _asked(input.fields or ())
    return await forms.update(ctx, input.id, values, input.expected_version)


@mutation(web_form=WebForm)
async def web_form_archive(ctx: Context, input: given.WebFormArchiveInput) -> Any:
    """Take no more submissions by a form; its address answers 404."""
    return await forms.archive(ctx, input.id, input.expected_version)


@mutation(web_form=WebForm)
async def web_form_reopen(ctx: Context, input: given.WebFormReopenInput) -> Any:
    """Take submissions by a form again, at the same address."""
    return await forms.reopen(ctx, input.id, input.expected_version)


def _asked(inputs: Sequence[given.WebFormFieldInput]) -> list[forms.Asked]:
    return [
        forms.Asked(
            name=one.name.strip(),
            field=one.field.strip(),
            label=one.label,
            required=bool(one.required),
        )
        for one in inputs
    ]
