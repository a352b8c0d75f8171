"""Whether a workflow is saved: every refusal at once, each with its path."""

from collections.abc import Mapping
from typing import Any

import orjson

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import Refusals
from services.rules.forms import Form
from services.workflows import complaints, references
from services.workflows.definition import Definition, parse
from services.workflows.taking import taken

LONGEST = 100_000
LONGEST_NAME = 120
MOST_REFUSALS = 100


async def valid(
    ctx: Context, given: Mapping[str, Any], before: Definition | None = None
) -> Definition:
    """The definition of what was sent, the rest as before; or all that is wrong with it."""
    form = Form()
    parts = taken(form, given, before)
    parts["name"] = form.text("name", parts.get("name") or "", longest=LONGEST_NAME)
    if len(orjson.dumps([parts["steps"], parts["conditions"]])) > LONGEST:
        message = f"All steps and conditions together have at most {LONGEST:,} characters."
        form.refuse(UserErrorCode.TOO_LONG, message, "steps")
    if form.refusals:
        raise Refusals(form.refusals[:MOST_REFUSALS])
    definition = parse(parts)
    await check(ctx, definition)
    return definition


async def check(ctx: Context, definition: Definition) -> None:
    """Refuse a definition that cannot run."""
    checking = complaints.checked(ctx.actor, ctx.now, definition)
    await references.check(ctx, checking)
    if checking.form.refusals:
        raise Refusals(checking.form.refusals[:MOST_REFUSALS])
