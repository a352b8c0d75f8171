"""How soon cases are answered: a policy for each priority, and the business hours they run in."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from auth.context import Context, as_row
from auth.roles import Category
from core.codes import UserErrorCode
from core.errors import UserError
from core.writes import Transaction
from models import metadata
from models.cases import SlaPolicy
from models.enums import CasePriority
from models.registry import REGISTRY
from services import records
from services.rules import cases as rules
from services.rules.business_hours import NOTHING, Span, Week, overlap
from services.rules.forms import Form
from services.rules.sla import Policy

LONGEST_TARGET = 90 * 24 * 60
MOST_SPANS = 50
LEAST_OPEN = timedelta(hours=1)

_POLICY = metadata.tables["sla_policy"]
_HOURS = metadata.tables["business_hours"]
_WORKSPACE = metadata.tables["workspace"]


async def seed(act: Transaction) -> None:
    """Give a fresh workspace its policies; they count around the clock."""
    rows = [
        {
            "priority": priority,
            "first_response_minutes": first_response,
            "resolution_minutes": resolution,
            "approaching_percent": rules.APPROACHING_PERCENT,
            "business_hours_only": False,
        }
        for priority, (first_response, resolution) in rules.TARGETS.items()
    ]
    await act.insert_many(_POLICY, rows)


async def policies(ctx: Context) -> Mapping[str, Policy]:
    """The policy of each priority, with the workspace's business hours."""
    return await policies_in(ctx.act, ZoneInfo(ctx.actor.time_zone))


async def policies_in(act: Transaction, zone: ZoneInfo) -> Mapping[str, Policy]:
    """The same, of the act's workspace, whose time zone is known."""
    hours = await act.fetch(sa.select(_HOURS).where(_HOURS.c.workspace_id == act.workspace))
    spans = sorted(Span(row["weekday"], row["opens"], row["closes"]) for row in hours)
    week = Week(zone, tuple(spans))
    rows = await act.fetch(sa.select(_POLICY).where(_POLICY.c.workspace_id == act.workspace))
    return {
        row["priority"]: Policy(
            first_response=timedelta(minutes=row["first_response_minutes"]),
            resolution=timedelta(minutes=row["resolution_minutes"]),
            approaching_percent=row["approaching_percent"],
            business_hours_only=row["business_hours_only"],
            week=week,
        )
        for row in rows
    }


async def policy(ctx: Context, priority: str) -> Policy:
    """The policy of one priority."""
    return (await policies(ctx))[priority]


async def update_policy(
    ctx: Context,
    priority: CasePriority,
    given: Mapping[str, Any],
    *,
    expected_version: int | None = None,
) -> SlaPolicy:
    """Change a priority's targets; cases keep the due dates they have."""
    ctx.require(Category.ADMIN)
    rows = await ctx.act.fetch(
        sa.select(_POLICY.c.id).where(
            _POLICY.c.workspace_id == ctx.workspace_id, _POLICY.c.priority == priority
        )
    )
    if not given:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Name at least one target to change.")
    known: SlaPolicy = await records.locked(
        ctx, REGISTRY["SlaPolicy"], rows[0]["id"], expected_version
    )
    _check_targets({name: given.get(name, getattr(known, name)) for name in _BOUNDS})
    changed = {name: value for name, value in given.items() if getattr(known, name) != value}
    if not changed:
        return known
    return as_row(SlaPolicy, (await ctx.act.update(_POLICY, _POLICY.c.id == known.id, changed))[0])


async def set_hours(ctx: Context, spans: Sequence[Span]) -> list[Any]:
    """Replace the business hours by those of a whole week; without any, all hours are."""
    ctx.require(Category.ADMIN)
    _check_spans(spans)
    # Two weeks set at once would otherwise be mixed.
    await ctx.act.fetch(
        sa.select(_WORKSPACE.c.workspace_id)
        .where(_WORKSPACE.c.workspace_id == ctx.workspace_id)
        .with_for_update()
    )
    rows = await ctx.act.fetch(sa.select(_HOURS).where(_HOURS.c.workspace_id == ctx.workspace_id))
    there = {Span(row["weekday"], row["opens"], row["closes"]): row for row in rows}
    gone = [row["id"] for span, row in there.items() if span not in spans]
    if gone:
        await ctx.act.delete(_HOURS, _HOURS.c.id.in_(gone))
    new = [span for span in spans if span not in there]
    made = await ctx.act.insert_many(_HOURS, [_columns(span) for span in new]) if new else []
    kept = [row for span, row in there.items() if span in spans]
    return sorted([*kept, *made], key=lambda row: (row["weekday"], row["opens"]))


def _columns(span: Span) -> dict[str, Any]:
    return {"weekday": span.weekday, "opens": span.opens, "closes": span.closes}


_BOUNDS = {
    "first_response_minutes": ("firstResponseMinutes", 1, LONGEST_TARGET),
    "resolution_minutes": ("resolutionMinutes", 1, LONGEST_TARGET),
    "approaching_percent": ("approachingPercent", 1, 99),
}


def _check_targets(values: Mapping[str, int | None]) -> None:
    form = Form()
    for name, (path, least, most) in _BOUNDS.items():
        if not least <= (values[name] or 0) <= most:
            form.refuse(UserErrorCode.INVALID_VALUE, f"Send {least} to {most:,}.", path)
    answered, resolved = values["first_response_minutes"], values["resolution_minutes"]
    if answered is not None and resolved is not None and resolved < answered:
        message = "A case is not resolved before it is answered: send at least as many minutes."
        form.refuse(UserErrorCode.INVALID_VALUE, message, "resolutionMinutes")
    form.done()


def _check_spans(spans: Sequence[Span]) -> None:
    form = Form()
    if len(spans) > MOST_SPANS:
        message = f"A week has at most {MOST_SPANS} spans; these are {len(spans)}."
        raise UserError(UserErrorCode.TOO_MANY, message, ("spans",))
    for at, span in enumerate(spans):
        for path, message in span.flaws():
            form.refuse(UserErrorCode.INVALID_VALUE, message, "spans", at, path)
    form.done()
    second = overlap(spans)
    if second is not None:
        message = f"{second.opens}–{second.closes} begins before another span of its day ends."
        at = len(spans) - 1 - list(reversed(spans)).index(second)
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("spans", at))
    if spans and _open(spans) < LEAST_OPEN:
        message = "Be open for at least an hour a week; no spans at all means around the clock."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("spans",))


def _open(spans: Iterable[Span]) -> timedelta:
    return sum((span.closing - span.opening for span in spans), NOTHING)
