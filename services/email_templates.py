"""Templates of e-mails: subject and body in Liquid, checked when they are saved."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auth.context import Context, acting
from auth.roles import TEAM_MANAGERS, Category, Level
from core.codes import DenialCode, UserErrorCode
from core.errors import Denied, UserError, not_found
from models import metadata
from models.correspondence import EmailTemplate
from models.enums import CoreEntity
from models.registry import REGISTRY, Entity
from services import merge_values, records
from services.outbox import one_line
from services.rules import liquid, mail_html
from services.rules.forms import Form

TEMPLATE = metadata.tables["email_template"]
LONGEST_NAME, LONGEST_SUBJECT = 120, 500


@dataclass(frozen=True, slots=True)
class Filled:
    """A template filled in for a record."""

    subject: str
    html: str
    text: str


async def create(
    ctx: Context, *, name: str, record_type: CoreEntity | None, subject: str, body: str
) -> Any:
    """Make a template."""
    _require_keeper(ctx)
    given = {"name": name, "subject": subject, "body": body}
    return await ctx.act.insert(
        TEMPLATE, _checked(ctx, given, record_type) | {"record_type": record_type}
    )


async def update(
    ctx: Context, template_id: str, given: Mapping[str, Any], expected_version: int | None = None
) -> Any:
    """Change a template; mails that were sent stay as they are."""
    _require_keeper(ctx)
    if not given:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Name at least one field to change.")
    template: EmailTemplate = await records.locked(
        ctx, REGISTRY["EmailTemplate"], template_id, expected_version
    )
    _require_live(template, "id")
    record_type = given.get("record_type", template.record_type)
    texts = {name: given.get(name) or "" for name in ("name", "subject", "body") if name in given}
    if "record_type" in given:
        # What they name has to be there of the new kind as well.
        texts = {"subject": template.subject, "body": template.body} | texts
    values = _checked(ctx, texts, record_type) | {"record_type": record_type}
    changed = {name: value for name, value in values.items() if getattr(template, name) != value}
    if not changed:
        return template
    return (await ctx.act.update(TEMPLATE, TEMPLATE.c.id == template_id, changed))[0]


async def archive(ctx: Context, template_id: str, expected_version: int | None = None) -> Any:
    """Offer a template no more; what uses it says that it is archived."""
    _require_keeper(ctx)
    template: EmailTemplate = await records.locked(
        ctx, REGISTRY["EmailTemplate"], template_id, expected_version
    )
    _require_live(template, "id")
    where, values = TEMPLATE.c.id == template_id, {"archived_at": ctx.now}
    return (await ctx.act.update(TEMPLATE, where, values, event="archived"))[0]


async def live(ctx: Context, template_id: str, path: str = "templateId") -> EmailTemplate:
    """A template that mails may be made of."""
    template: EmailTemplate = await ctx.get(EmailTemplate, template_id, path=(path,))
    _require_live(template, path)
    return template


async def fill(
    ctx: Context,
    template: EmailTemplate,
    record_id: str | None,
    *,
    sender_id: str | None = None,
    path: str = "recordId",
) -> Filled:
    """A template filled in with what the actor sees of a record."""
    entity = _entity(template.record_type)
    if entity is not None and record_id is None:
        message = f"The template is about a {entity.noun or entity.name.lower()}: say which."
        raise UserError(UserErrorCode.REQUIRED, message, (path,))
    values = await merge_values.values(ctx, entity, record_id, sender_id=sender_id)
    # A long template takes a while.
    return await asyncio.to_thread(filled, template.subject, template.body, values)


def filled(subject: str, body: str, values: Mapping[str, Any]) -> Filled:
    """A subject and a body in Liquid, filled in and cleaned."""
    try:
        made = mail_html.cleaned(liquid.render(body, values, html=True))
        title = one_line(liquid.render(subject, values))[:LONGEST_SUBJECT]
    except liquid.Flawed as flawed:
        raise UserError(UserErrorCode.INVALID_VALUE, flawed.sentence, ("templateId",)) from flawed
    return Filled(title, made, mail_html.text_of(made))


async def preview(reading: Any, template_id: str, about: tuple[str, str] | None) -> dict[str, Any]:
    """What a template would say about a record; nothing is written."""
    reading.actor.require(Category.COMMUNICATIONS, Level.READ)
    try:
        async with acting(
            reading.database, reading.actor, now=reading.now, request_id=reading.request_id
        ) as ctx:
            template: EmailTemplate = await ctx.get(EmailTemplate, template_id)
            entity = _entity(template.record_type)
            if about is not None and entity is not None and about[0] != entity.table.name:
                raise not_found(("recordId",))
            filled = await fill(ctx, template, about[1] if about else None)
    except UserError as error:
        raise Denied(DenialCode.BAD_USER_INPUT, error.message) from error
    return {"subject": filled.subject, "html": filled.html, "text": filled.text}


def _entity(record_type: str | None) -> Entity | None:
    return REGISTRY.of_table(record_type.lower()) if record_type else None


def _checked(
    ctx: Context, given: Mapping[str, str], record_type: CoreEntity | None
) -> dict[str, Any]:
    """The texts in their normal form; every refusal is told at once."""
    form = Form()
    columns: dict[str, Any] = {}
    if "name" in given:
        columns["name"] = form.text("name", given["name"], longest=LONGEST_NAME)
    if "subject" in given:
        columns["subject"] = form.text("subject", given["subject"], longest=LONGEST_SUBJECT)
    if "body" in given:
        columns["body"] = form.text("body", given["body"], longest=liquid.LONGEST)
    names = merge_values.names(_entity(record_type), ctx.actor.custom)
    for name in ("subject", "body"):
        if name in columns:
            for sentence in liquid.check(columns[name], names):
                form.refuse(UserErrorCode.INVALID_VALUE, sentence, name)
    form.done()
    return columns


def _require_live(template: EmailTemplate, path: str) -> None:
    if template.archived_at is not None:
        message = "This template is archived; choose another one."
        raise UserError(UserErrorCode.INVALID_VALUE, message, (path,))


def _require_keeper(ctx: Context) -> None:
    ctx.require(Category.COMMUNICATIONS)
    if ctx.actor.role not in TEAM_MANAGERS:
        message = f"The role {ctx.actor.role} keeps no templates; a Manager does."
        raise Denied(DenialCode.FORBIDDEN, message)
