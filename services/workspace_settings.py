"""The settings of a workspace: its profile, and what its records begin with."""

from collections.abc import Mapping
from typing import Any

from babel import Locale, UnknownLocaleError

from auth.context import Context
from auth.roles import Category
from core.codes import UserErrorCode
from core.errors import UserError
from core.names import camel
from models import metadata
from models.enums import UserStatus
from models.people import Team, User
from models.registry import REGISTRY
from services import files, records
from services.rules.files import Use
from services.rules.forms import Form
from services.workflows import scheduling
from services.workspaces import LONGEST_NAME

_WORKSPACE = metadata.tables["workspace"]
_LONGEST = {"address": 500, "quote_terms": 5_000}
_DAYS = {
    "days_to_close": (0, 3650),
    "quote_valid_days": (1, 3650),
    "payment_terms_days": (0, 365),
    "stalled_days": (1, 3650),
}
_TEAMS = {"support_team_id": "supportTeamId", "lead_team_id": "leadTeamId"}
_NEVER_EMPTY = ("contract_type", "contract_auto_send", "invoice_won_deals", "mail_tracking")
_HIGHEST_SCORE = 100
_PROFILE = frozenset({"name", "time_zone", "currency", "industry", "logo_file_id"})
"""What the first step of the setup wizard asks for."""


async def update(
    ctx: Context, given: Mapping[str, Any], *, expected_version: int | None = None
) -> Any:
    """Change the workspace's settings: fields left out stay, null empties."""
    ctx.require(Category.ADMIN)
    if not given:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Name at least one setting to change.")
    entity = REGISTRY["Workspace"]
    row: Any = await records.locked(ctx, entity, ctx.workspace_id, expected_version)
    values = _settings(given)
    for name, path in _TEAMS.items():
        if values.get(name):
            await ctx.get(Team, values[name], path=(path,))
    if values.get("contract_signer_id"):
        await _signer(ctx, values["contract_signer_id"])
    if "logo_upload_id" in values:
        values["logo_file_id"] = await files.replaced(
            ctx, row.logo_file_id, values.pop("logo_upload_id"), Use.LOGO, ("logoUploadId",)
        )
    if row.profile_saved_at is None and _PROFILE & values.keys():
        values["profile_saved_at"] = ctx.now
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return row
    if {"time_zone", "currency"} & changed.keys():
        # Whoever is signed in is known with them.
        ctx.act.access_changed()
    where = _WORKSPACE.c.workspace_id == ctx.workspace_id
    updated = (await ctx.act.update(_WORKSPACE, where, changed))[0]
    if "time_zone" in changed:
        await scheduling.plan_all(ctx.act)
    return updated


async def _signer(ctx: Context, user_id: str) -> None:
    user = await ctx.get(User, user_id, path=("contractSignerId",), keep=True)
    if user.status != UserStatus.ACTIVE:
        message = "This user has left the workspace; choose an active one."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("contractSignerId",))


def _settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings in their normal form; every refusal is told at once."""
    form = Form()
    values = dict(given)
    if "name" in values:
        values["name"] = form.text("name", values["name"] or "", longest=LONGEST_NAME)
    if "time_zone" in values:
        values["time_zone"] = form.time_zone("timeZone", values["time_zone"] or "")
    if "currency" in values:
        values["currency"] = form.currency("defaultCurrency", values["currency"] or "")
    if "industry" in values:
        values["industry"] = form.optional_text(
            "industry", values["industry"], longest=LONGEST_NAME
        )
    if values.get("support_domain") is not None:
        values["support_domain"] = form.domain("supportDomain", values["support_domain"])
    threshold = values.get("score_threshold", 1)
    if threshold is None or not 1 <= threshold <= _HIGHEST_SCORE:
        message = f"Send a score from 1 to {_HIGHEST_SCORE}."
        form.refuse(UserErrorCode.INVALID_VALUE, message, "scoreThreshold")
    if values.get("support_address") is not None:
        values["support_address"] = form.email("supportAddress", values["support_address"])
    _of_documents(form, values)
    form.done()
    return values


def _of_documents(form: Form, values: dict[str, Any]) -> None:
    """What quotes, contracts and invoices begin with."""
    for name in _LONGEST.keys() & values.keys():
        values[name] = form.optional_text(camel(name), values[name], longest=_LONGEST[name])
    for name in _DAYS.keys() & values.keys():
        least, most = _DAYS[name]
        if values[name] is None or not least <= values[name] <= most:
            message = f"Send {least} to {most} days."
            form.refuse(UserErrorCode.INVALID_VALUE, message, camel(name))
    for name in _NEVER_EMPTY:
        if name in values and values[name] is None:
            form.refuse(UserErrorCode.REQUIRED, "Send a value, or leave it out.", camel(name))
    if "tax_percent" in values:
        values["tax_percent"] = form.percentage("taxPercent", values["tax_percent"])
    if "locale" in values:
        values["locale"] = _locale(form, values["locale"] or "")


def _locale(form: Form, value: str) -> str:
    try:
        return str(Locale.parse(value.strip().replace("-", "_")))
    except (ValueError, TypeError, UnknownLocaleError):
        message = "Send a locale such as en_US, en_GB or de_DE."
        form.refuse(UserErrorCode.INVALID_VALUE, message, "locale")
        return value
