"""Routing: whose a new lead is, by the rules of assignment and the turns of their users."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from models import metadata
from models.base import Uuid
from models.enums import UserStatus
from models.leads import Lead
from models.people import User
from services.assignment import MEMBER, RULE
from services.rules import assignment

_USER, _WORKSPACE = metadata.tables["user"], metadata.tables["workspace"]

Fits = Callable[[Mapping[str, Any], Mapping[str, Any]], bool]


@dataclass(frozen=True, slots=True)
class Routed:
    """Where a lead goes: to a user, or into the queue of a team."""

    owner_id: str | None = None
    team_id: str | None = None


async def owner_for(
    ctx: Context, lead: Any, *, fits: Fits = assignment.fits, unmatched: bool = True
) -> Routed | None:
    """Whose turn a lead is: the first active rule that fits it and has somebody to give it to.

    `lead` is a row, or the values of one that is about to be made. Where no rule decides it goes
    into the queue the workspace has for such leads, unless `unmatched` ones are to stay; None
    where there is no such queue either. The turn is taken in the act, and given back with it.
    """
    known = _looked_at(lead)
    found = await _rules(ctx)
    for rule in found:
        if rule["id"] is None or not fits(rule, known):
            continue
        if owner_id := await _taker(ctx, rule["id"], rule["takers"]):
            return Routed(owner_id=owner_id)
        if rule["fallback_team_id"]:
            return Routed(team_id=rule["fallback_team_id"])
    team_id = found[0]["lead_team_id"] if unmatched else None
    return Routed(team_id=team_id) if team_id else None


def _looked_at(lead: Any) -> dict[str, Any]:
    if isinstance(lead, Lead):
        return {name: getattr(lead, name) for name in assignment.LOOKED_AT}
    # A lead that is about to be made has no score yet.
    return {name: lead.get(name) for name in assignment.LOOKED_AT} | {"score": lead.get("score", 0)}


async def _rules(ctx: Context) -> Sequence[Any]:
    """The active rules in their order with who can take a lead by each, and the queue for the rest.

    There is one row without a rule where there are none.
    """
    takers = (
        sa.select(MEMBER.c.user_id)
        .join(
            _USER,
            sa.and_(_USER.c.workspace_id == MEMBER.c.workspace_id, _USER.c.id == MEMBER.c.user_id),
        )
        .where(
            MEMBER.c.workspace_id == ctx.workspace_id,
            MEMBER.c.rule_id == RULE.c.id,
            _USER.c.status == UserStatus.ACTIVE,
        )
        .order_by(MEMBER.c.position, MEMBER.c.id)
        .correlate(RULE)
        .scalar_subquery()
    )
    active = sa.and_(RULE.c.workspace_id == _WORKSPACE.c.workspace_id, RULE.c.active)
    return await ctx.act.fetch(
        sa.select(
            _WORKSPACE.c.lead_team_id,
            RULE.c.id,
            RULE.c.kind,
            *(RULE.c[name] for name in (*assignment.TERRITORY, *assignment.RANGE)),
            RULE.c.fallback_team_id,
            sa.func.array(takers, type_=sa.ARRAY(Uuid)).label("takers"),
        )
        .select_from(_WORKSPACE.outerjoin(RULE, active))
        .where(_WORKSPACE.c.workspace_id == ctx.workspace_id)
        .order_by(RULE.c.position, RULE.c.id)
    )


async def _taker(ctx: Context, rule_id: str, user_ids: Sequence[str]) -> str | None:
    """Whose turn it is by a rule; who is about to leave is passed over."""
    if not user_ids:
        return None
    # Whoever asks meanwhile waits here until this act ends: turns are never taken twice.
    taken = await ctx.act.fetch(
        sa.update(RULE)
        .where(RULE.c.workspace_id == ctx.workspace_id, RULE.c.id == rule_id)
        .values(turns=RULE.c.turns + 1)
        .returning(RULE.c.turns)
    )
    if not taken:
        return None
    first = (taken[0]["turns"] - 1) % len(user_ids)
    for user_id in (*user_ids[first:], *user_ids[:first]):
        found = await ctx.find(User, [user_id], keep=True)
        if found and found[0].status == UserStatus.ACTIVE:
            return user_id
    return None
