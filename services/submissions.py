"""Submissions: what people send through a web form, and the record each makes or joins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import sqlalchemy as sa

from auth import credentials, rights, visitor_tokens
from auth.context import Context, acting, as_row
from auth.credentials import CredentialKind
from auth.custom_fields import NONE, CustomField
from auth.visit import Visit
from core.codes import UserErrorCode
from core.errors import Refusals, UserError
from core.limiter import Rate
from core.settings import from_environment
from models import metadata
from models.contacts import Contact
from models.enums import CaseOrigin, FormTarget, Origin
from models.forms import WebForm
from models.leads import Lead
from models.registry import REGISTRY, Field
from services import cases, contacts, custom_fields, leads, notifications, page_visits, records
from services.custom_values import Given
from services.forms import FORM, HONEYPOT, SENT_ID, fillable
from services.rules.forms import Form
from services.rules.leads import CLOSED
from services.values import LARGEST_INT, wire

FROM_IP = Rate(units=120, seconds=60)
OF_FORM_FROM_IP = Rate(units=10, seconds=60)
OF_FORM = Rate(units=600, seconds=60)

_SUBMISSION = metadata.tables["form_submission"]
_LEAD = metadata.tables["lead"]
_LONGEST_ID = 100
_LONGEST_VALUE = 50_000


class NoForm(Exception):
    """No form has this key, or it is archived."""


@dataclass(frozen=True, slots=True)
class Received:
    """Where whoever sent a form goes next, in which workspace; None: nowhere else."""

    workspace: str
    redirect_url: str | None
    visitor: str | None = None
    """What pages that are tracked know them by from here on."""


async def receive(visit: Visit, key: str, sent: Mapping[str, Any]) -> Received:
    """Take what was sent through a form: once for each submission id, and never from a robot."""
    await visit.take(f"forms:{visit.ip}", FROM_IP, of="submissions")
    form = await _form(visit, key)
    await visit.take(f"form:{form.id}:{visit.ip}", OF_FORM_FROM_IP, of="submissions")
    await visit.take(f"form:{form.id}", OF_FORM, of="submissions")
    received = Received(form.workspace_id, form.redirect_url)
    if str(sent.get(HONEYPOT) or "").strip():
        return received
    values, sent_id = _values(form, sent), _sent_id(sent)
    actor = await rights.of_system(visit.database, form.workspace_id, form.owner_id, id=form.id)
    try:
        async with acting(
            visit.database, actor, now=visit.now, request_id=visit.request_id, name="webFormSubmit"
        ) as ctx:
            about = await _keep(ctx, form, values, sent_id)
            return await _known(ctx, received, about)
    except UserError as error:
        raise _as_sent(form, [error]) from error
    except Refusals as several:
        raise _as_sent(form, several.errors) from several


async def _form(visit: Visit, key: str) -> WebForm:
    found = await credentials.find(visit.database, CredentialKind.FORM, key)
    if found is None:
        raise NoForm
    rows = await visit.database.fetch(
        found.workspace,
        sa.select(FORM).where(
            FORM.c.workspace_id == found.workspace,
            FORM.c.id == found.subject,
            FORM.c.archived_at.is_(None),
        ),
    )
    if not rows:
        raise NoForm
    return as_row(WebForm, rows[0])


def _sent_id(sent: Mapping[str, Any]) -> str | None:
    text = sent.get(SENT_ID)
    if text is None or text == "":
        return None
    if not isinstance(text, str) or len(text) > _LONGEST_ID or not text.isprintable():
        message = f"A submission's id is a text of at most {_LONGEST_ID} characters."
        raise UserError(UserErrorCode.INVALID_VALUE, message, (SENT_ID,))
    return text


def _values(form: WebForm, sent: Mapping[str, Any]) -> dict[str, str]:
    """What was filled in, by the names of the page's inputs; others are left aside."""
    noted = Form()
    values = {}
    for one in form.fields:
        name = one["name"]
        value = sent.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if value is not None and not isinstance(value, str):
            noted.refuse(UserErrorCode.INVALID_VALUE, "Send a text.", name)
        elif value and value.strip():
            if "\x00" in value or len(value) > _LONGEST_VALUE:
                noted.refuse(UserErrorCode.INVALID_VALUE, "Send a shorter, plain text.", name)
            values[name] = value.strip()
        elif one["required"]:
            noted.refuse(UserErrorCode.REQUIRED, f"Fill in “{one['label']}”.", name)
    noted.done()
    return values


async def _keep(
    ctx: Context, form: WebForm, values: dict[str, str], sent_id: str | None
) -> Mapping[str, Any]:
    """Make or join the record, and keep what was sent; an id that is known changes nothing.

    Answers the records it is about by the columns that name them.
    """
    kept = {"form_id": form.id, "sent_id": sent_id, "values": values}
    try:
        async with ctx.act.savepoint():
            submission = await ctx.act.insert(_SUBMISSION, kept)
    except asyncpg.UniqueViolationError:
        return await _kept(ctx, form, sent_id)
    given = _by_entity(ctx, form, values)
    made = await _MAKE[FormTarget[form.target]](ctx, form, given)
    await ctx.act.update(_SUBMISSION, _SUBMISSION.c.id == submission["id"], made)
    for column, record_id in made.items():
        table = column.removesuffix("_id")
        facts = {"form": form.id, "submission": submission["id"]}
        ctx.act.emit(f"{table}.form_submitted", table, record_id, **facts)
    await notifications.tell(ctx)
    return made


async def _kept(ctx: Context, form: WebForm, sent_id: str | None) -> Mapping[str, Any]:
    """What a submission with this id was about."""
    rows = await ctx.act.fetch(
        sa.select(_SUBMISSION).where(
            _SUBMISSION.c.workspace_id == ctx.workspace_id,
            _SUBMISSION.c.form_id == form.id,
            _SUBMISSION.c.sent_id == sent_id,
        )
    )
    return dict(rows[0])


async def _known(ctx: Context, received: Received, about: Mapping[str, Any]) -> Received:
    """The same with what tracked pages know the sender by, where the workspace has any."""
    whose = [(kind, about.get(f"{kind}_id")) for kind in visitor_tokens.KINDS]
    kind, record_id = next((one for one in whose if one[1]), ("", None))
    sites = await page_visits.sites(ctx) if record_id else []
    if not sites:
        return received
    visitor = visitor_tokens.token(ctx.workspace_id, kind, str(record_id))
    url = received.redirect_url
    led = visitor_tokens.carried(url, visitor, sites) if url else None
    return Received(received.workspace, led, visitor)


def _by_entity(ctx: Context, form: WebForm, values: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """What was filled in as values of fields, for each entity."""
    noted = Form()
    known = fillable(form.target, ctx.actor.custom)
    given: dict[str, dict[str, Any]] = {}
    for one in form.fields:
        if one["name"] in values and one["field"] in known:
            entity, field = known[one["field"]]
            text = values[one["name"]]
            if isinstance(field, CustomField):
                own = given.setdefault(entity, {}).setdefault(custom_fields.NAME, [])
                own.append(Given(field.key, None, text, (one["field"],)))
                continue
            value = _whole(noted, one["field"], text) if field.scalar == "Int" else text
            given.setdefault(entity, {})[field.name] = value
    noted.done()
    return given


def _whole(noted: Form, name: str, text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= LARGEST_INT:
        return int(text)
    noted.refuse(UserErrorCode.INVALID_VALUE, "Send a whole number.", name)
    return 0


async def _contact(ctx: Context, _form: WebForm, given: Mapping[str, Any]) -> dict[str, str]:
    return {"contact_id": await _person(ctx, given.get("Contact", {}))}


async def _person(ctx: Context, values: dict[str, Any]) -> str:
    """The contact with this address, who learns what was not known of them, or a new one."""
    email = values.get("email")
    known = await contacts.by_email(ctx, email) if email else None
    if known is None:
        try:
            row = await contacts.create(ctx, values, origin=Origin.WEB_FORM)
        except UserError as error:
            if error.code is not UserErrorCode.DUPLICATE_EMAIL:
                raise
            # Somebody else has just made it.
            known = await contacts.by_email(ctx, email or "")
        else:
            return str(row["id"])
    assert known is not None  # noqa: S101 - the address is taken by it
    return await _learn(ctx, Contact, known, values)


async def _lead(ctx: Context, form: WebForm, given: Mapping[str, Any]) -> dict[str, str]:
    """The open lead with this address, or a new one."""
    values = given.get("Lead", {})
    email = values.get("email")
    if email:
        await records.in_turn(ctx, "lead.email_key", email.casefold())
        rows = await ctx.act.fetch(
            sa.select(_LEAD.c.id)
            .where(
                _LEAD.c.workspace_id == ctx.workspace_id,
                _LEAD.c.email_key == sa.func.fold(email),
                _LEAD.c.status.not_in(CLOSED),
                _LEAD.c.deleted_at.is_(None),
            )
            .order_by(_LEAD.c.id)
            .limit(1)
        )
        if rows:
            return {"lead_id": await _learn(ctx, Lead, rows[0]["id"], values)}
    row = await leads.create(ctx, values, origin=Origin.WEB_FORM, form_id=form.id)
    return {"lead_id": str(row["id"])}


async def _case(ctx: Context, form: WebForm, given: Mapping[str, Any]) -> dict[str, str]:
    contact_id = await _person(ctx, given.get("Contact", {}))
    values = given.get("Case", {}) | {"contact": contact_id}
    if form.team_id:
        values["queue"] = form.team_id
    elif form.owner_id:
        values["owner"] = ctx.actor.user_id
    row = await cases.create(ctx, values, origin=CaseOrigin.WEB_FORM)
    return {"contact_id": contact_id, "case_id": str(row["id"])}


async def _learn(ctx: Context, kind: Any, record_id: str, values: Mapping[str, Any]) -> str:
    """Fill in what is empty on a record; nobody outside changes what is known."""
    entity = REGISTRY.of_table(kind.__tablename__)
    row: Any = await ctx.get(kind, record_id, lock=True)
    await records.checked(ctx, entity, values, row)
    empty = {
        name: value
        for name, value in values.items()
        if name != custom_fields.NAME and getattr(row, entity.fields[name].columns[0]) in {None, ""}
    }
    own = [one for one in values.get(custom_fields.NAME) or () if one.key not in row.custom]
    if own:
        empty[custom_fields.NAME] = own
    if empty:
        await records.update(ctx, entity, record_id, empty)
    return record_id


_MAKE = {FormTarget.CONTACT: _contact, FormTarget.LEAD: _lead, FormTarget.CASE: _case}


def _as_sent(form: WebForm, errors: list[UserError]) -> Refusals:
    """Refusals at the names of the page's inputs."""
    names: dict[Any, str] = {}
    for one in form.fields:
        _, field = fillable(form.target, NONE).get(one["field"], ("", None))
        names[one["field"]] = one["name"]
        if isinstance(field, Field):
            names.setdefault(wire(field), one["name"])
    return Refusals(
        [
            UserError(error.code, error.message, (names.get(error.path[0], error.path[0]),))
            if error.path
            else error
            for error in errors
        ]
    )


async def urls(_reading: Any, rows: Sequence[Any]) -> Sequence[str]:
    """The address of each form."""
    base = from_environment().base_url
    return [f"{base}/forms/{row['key']}" for row in rows]


async def filled(_reading: Any, rows: Sequence[Any]) -> Sequence[list[dict[str, str]]]:
    """What each submission says, input by input."""
    return [
        [{"name": name, "value": value} for name, value in row["values"].items()] for row in rows
    ]
