"""Web forms: which fields a page asks for, and which fields of a record those fill."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from auth import credentials
from auth.context import Context
from auth.credentials import CredentialKind
from auth.custom_fields import CustomField, CustomFields
from auth.roles import Category
from core.codes import UserErrorCode
from core.errors import UserError
from core.ids import new_id
from core.names import camel
from models import metadata
from models.enums import CustomFieldType, FormTarget, UserStatus
from models.forms import WebForm
from models.people import Team, User
from models.registry import REGISTRY, Field, Kind, Write
from services import records
from services.rules.forms import Form

FORM = metadata.tables["web_form"]
HONEYPOT = "_homepage"
"""An input that people do not see; whoever fills it in is no person."""
SENT_ID = "_submission"
"""An input for an id of the page's own: sending the same one again changes nothing."""
MOST_FIELDS = 50

_LONGEST_NAME = 120
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.:\[\]-]{0,59}")
_SCALARS = frozenset({"String", "EmailAddress", "PhoneNumber", "Int"})
_OF_CONTACT = "contact."
_NEEDED = {
    FormTarget.CONTACT: ("firstName", "lastName"),
    FormTarget.LEAD: ("lastName",),
    FormTarget.CASE: ("subject", "contact.firstName", "contact.lastName", "contact.email"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """An input of a page, and the field it fills, as an Admin says it."""

    name: str
    field: str
    label: str | None = None
    required: bool = False


def fillable(target: str, own: CustomFields) -> Mapping[str, tuple[str, Field | CustomField]]:
    """What the inputs of a form can fill: entity and field, by the name clients write."""
    if target == FormTarget.CONTACT:
        return _fields_of("Contact", own)
    if target == FormTarget.LEAD:
        return _fields_of("Lead", own)
    return _fields_of("Case", own) | _fields_of("Contact", own, _OF_CONTACT)


async def create(
    ctx: Context,
    *,
    name: str,
    target: FormTarget,
    fields: Sequence[Asked],
    owner_id: str | None = None,
    team_id: str | None = None,
    redirect_url: str | None = None,
) -> Any:
    """Make a form; the key in its address is part of the page and no secret."""
    ctx.require(Category.ADMIN)
    if target != FormTarget.CASE:
        owner_id = owner_id or ctx.actor.user_id
    await _check_people(ctx, target, owner_id, team_id)
    columns = _checked(ctx, target, {"name": name, "fields": fields, "redirect_url": redirect_url})
    form_id = new_id()
    key = await credentials.issue(ctx.act, CredentialKind.FORM, form_id)
    people = {"owner_id": owner_id, "team_id": team_id}
    return await ctx.act.insert(
        FORM, {"id": form_id, "key": key, "target": target} | columns | people
    )


async def update(
    ctx: Context, form_id: str, given: Mapping[str, Any], expected_version: int | None = None
) -> Any:
    """Change a form; pages that use it send to the same address."""
    ctx.require(Category.ADMIN)
    if not given:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Name at least one field to change.")
    form: WebForm = await records.locked(ctx, REGISTRY["WebForm"], form_id, expected_version)
    people = {name: given[name] for name in ("owner_id", "team_id") if name in given}
    rest = {name: value for name, value in given.items() if name not in people}
    await _check_people(ctx, form.target, people.get("owner_id"), people.get("team_id"))
    values = _checked(ctx, form.target, rest) | people
    if form.target != FormTarget.CASE and values.get("owner_id", form.owner_id) is None:
        message = "What this form makes belongs to somebody: name an owner."
        raise UserError(UserErrorCode.REQUIRED, message, ("ownerId",))
    changed = {name: value for name, value in values.items() if getattr(form, name) != value}
    if not changed:
        return form
    return (await ctx.act.update(FORM, FORM.c.id == form_id, changed))[0]


async def archive(ctx: Context, form_id: str, expected_version: int | None = None) -> Any:
    """Take no more submissions; what came in stays."""
    return await _set_archived(ctx, form_id, expected_version, archived=True)


async def reopen(ctx: Context, form_id: str, expected_version: int | None = None) -> Any:
    """Take submissions again, at the same address."""
    return await _set_archived(ctx, form_id, expected_version, archived=False)


async def _set_archived(
    ctx: Context, form_id: str, expected_version: int | None, *, archived: bool
) -> Any:
    ctx.require(Category.ADMIN)
    form: WebForm = await records.locked(ctx, REGISTRY["WebForm"], form_id, expected_version)
    if (form.archived_at is not None) is archived:
        return form
    changed = {"archived_at": ctx.now if archived else None}
    event = "archived" if archived else "reopened"
    return (await ctx.act.update(FORM, FORM.c.id == form_id, changed, event=event))[0]


def _fields_of(
    name: str, own: CustomFields, prefix: str = ""
) -> dict[str, tuple[str, Field | CustomField]]:
    custom = own.of(REGISTRY[name].table.name)
    made: dict[str, tuple[str, Field | CustomField]] = {
        f"{prefix}customFields.{key}": (name, field)
        for key, field in custom.items()
        if field.type is not CustomFieldType.LOOKUP
    }
    return {
        prefix + camel(field.name): (name, field)
        for field in REGISTRY[name].fields.values()
        if field.kind is Kind.COLUMN and field.write is not Write.NEVER and field.scalar in _SCALARS
    } | made


def _checked(ctx: Context, target: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The columns for a form's name, inputs and redirect; all refusals are told at once."""
    form = Form()
    columns = dict(given)
    if "name" in given:
        columns["name"] = form.text("name", given["name"] or "", longest=_LONGEST_NAME)
    if "redirect_url" in given:
        columns["redirect_url"] = _url(form, given["redirect_url"])
    if "fields" in given:
        columns["fields"] = _inputs(ctx, form, target, given["fields"] or ())
    form.done()
    return columns


def _url(form: Form, given: str | None) -> str | None:
    text = form.optional_text("redirectUrl", given, longest=2000)
    if text is None:
        return None
    try:
        parts = urlsplit(text)
        known = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        known = False
    if not known or any(sign.isspace() for sign in text) or not text.isascii():
        message = "Send an address that begins with https:// or http://."
        form.refuse(UserErrorCode.INVALID_VALUE, message, "redirectUrl")
    return text


def _inputs(ctx: Context, form: Form, target: str, given: Sequence[Asked]) -> list[dict[str, Any]]:
    """The inputs as they are stored, each checked at its own path."""
    if len(given) > MOST_FIELDS:
        message = f"A form has at most {MOST_FIELDS} inputs."
        form.refuse(UserErrorCode.TOO_MANY, message, "fields")
        return []
    known = fillable(target, ctx.actor.custom)
    for at, one in enumerate(given):
        _check_input(form, known, at, one, given[:at])
    filled = {one.field for one in given}
    needed = _NEEDED[FormTarget[target]]
    missing = [one for one in needed if one not in filled]
    if target == FormTarget.CONTACT and not filled & {"email", "phone"}:
        missing.append("email")
    if missing:
        message = f"The form must fill {', '.join(missing)} too."
        form.refuse(UserErrorCode.REQUIRED, message, "fields")
    return [
        {
            "name": one.name,
            "label": (one.label or "").strip() or one.name,
            "field": one.field,
            "required": one.required or one.field in needed,
        }
        for one in given
    ]


def _check_input(
    form: Form, known: Mapping[str, Any], at: int, one: Asked, earlier: Sequence[Asked]
) -> None:
    place = ("fields", at)
    if not _NAME.fullmatch(one.name):
        message = "A name begins with a letter; letters, digits and _ . : - [ ] follow."
        form.refuse(UserErrorCode.INVALID_VALUE, message, *place, "name")
    if any(one.name == other.name for other in earlier):
        form.refuse(UserErrorCode.DUPLICATE, "Two inputs have this name.", *place, "name")
    if one.field not in known:
        message = f"No such field; an input can fill {', '.join(known)}."
        form.refuse(UserErrorCode.INVALID_VALUE, message, *place, "field")
    if any(one.field == other.field for other in earlier):
        form.refuse(UserErrorCode.DUPLICATE, "Two inputs fill this field.", *place, "field")


async def _check_people(
    ctx: Context, target: str, owner_id: str | None, team_id: str | None
) -> None:
    if owner_id is not None:
        owner: Any = await ctx.get(User, owner_id, path=("ownerId",))
        if owner.status != UserStatus.ACTIVE:
            message = "This user has left the workspace; choose an active one."
            raise UserError(UserErrorCode.INVALID_VALUE, message, ("ownerId",))
    if team_id is not None:
        await ctx.get(Team, team_id, path=("teamId",))
        if target != FormTarget.CASE:
            message = "Only cases wait in the queue of a team; name an owner."
            raise UserError(UserErrorCode.INVALID_VALUE, message, ("teamId",))
