"""Rules of lead assignment, as data: which leads they fit, and whose turn it is."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from auth.roles import Category
from core.codes import UserErrorCode
from core.errors import UserError, not_found
from models import metadata
from models.base import Uuid
from models.enums import UserStatus
from models.people import Team, User
from models.registry import REGISTRY
from services import records
from services.rules import assignment
from services.rules.forms import Form

RULE = metadata.tables["lead_assignment_rule"]
MEMBER = metadata.tables["lead_assignment_member"]
MOST_RULES = 100
MOST_MEMBERS = 100
_LONGEST = {"name": 120, "country": 2, "state": 80, "postcode_prefix": 20}
_WIRE = {"postcode_prefix": "postcodePrefix"}


async def create(ctx: Context, given: Mapping[str, Any], member_ids: Sequence[str]) -> Any:
    """Make a rule, the last in their order."""
    ctx.require(Category.ADMIN)
    values = await _checked(ctx, given, {})
    members = await _members(ctx, member_ids)
    # Two rules made at once have different places.
    await records.in_turn(ctx, "lead_assignment_rule", "order")
    last = await ctx.act.fetch(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.max(RULE.c.position), 0)).where(
            RULE.c.workspace_id == ctx.workspace_id
        )
    )
    count, position = last[0]
    if count >= MOST_RULES:
        raise UserError(UserErrorCode.TOO_MANY, f"There are at most {MOST_RULES} rules.")
    rule = await ctx.act.insert(RULE, values | {"position": position + 1})
    await _replace(ctx, rule["id"], members)
    return rule


async def update(
    ctx: Context,
    rule_id: str,
    given: Mapping[str, Any],
    member_ids: Sequence[str] | None = None,
    expected_version: int | None = None,
) -> Any:
    """Change a rule; its users, where named, are these in this order from here on."""
    ctx.require(Category.ADMIN)
    if not given and member_ids is None:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Name at least one field to change.")
    entity = REGISTRY["LeadAssignmentRule"]
    rule: Any = await records.locked(ctx, entity, rule_id, expected_version)
    known = {
        name: getattr(rule, name) for name in ("kind", *assignment.TERRITORY, *assignment.RANGE)
    }
    values = await _checked(ctx, given, known)
    if member_ids is not None:
        await _replace(ctx, rule_id, await _members(ctx, member_ids))
    changed = {name: value for name, value in values.items() if getattr(rule, name) != value}
    if not changed:
        return rule
    return (await ctx.act.update(RULE, RULE.c.id == rule_id, changed))[0]


async def delete(ctx: Context, rule_id: str, expected_version: int | None = None) -> None:
    """Remove a rule; leads keep the owners it gave them."""
    ctx.require(Category.ADMIN)
    await records.locked(ctx, REGISTRY["LeadAssignmentRule"], rule_id, expected_version)
    await ctx.act.delete(MEMBER, MEMBER.c.rule_id == rule_id)
    await ctx.act.delete(RULE, RULE.c.id == rule_id)


async def reorder(ctx: Context, rule_ids: Sequence[str]) -> list[str]:
    """Put all rules into an order: the first that fits a lead decides."""
    ctx.require(Category.ADMIN)
    await records.in_turn(ctx, "lead_assignment_rule", "order")
    rows = await ctx.act.fetch(sa.select(RULE.c.id).where(RULE.c.workspace_id == ctx.workspace_id))
    there = {row["id"] for row in rows}
    for at, one in enumerate(rule_ids):
        if one not in there:
            raise not_found(("ids", at))
    if len(set(rule_ids)) != len(rule_ids) or len(rule_ids) != len(there):
        message = f"Name each of the {len(there)} rules once."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("ids",))
    if rule_ids:
        place = _place(rule_ids, RULE.c.id)
        moved = sa.and_(RULE.c.id.in_(list(rule_ids)), RULE.c.position != place)
        await ctx.act.update(RULE, moved, {"position": place})
    return list(rule_ids)


async def _checked(
    ctx: Context, given: Mapping[str, Any], known: Mapping[str, Any]
) -> dict[str, Any]:
    """The columns for what is given; with what is known they must make a rule of the kind."""
    form = Form()
    values = dict(given)
    if "name" in given:
        values["name"] = form.text("name", given["name"] or "", longest=_LONGEST["name"])
    for name in assignment.TERRITORY:
        if name in given:
            wire, longest = _WIRE.get(name, name), _LONGEST[name]
            values[name] = form.optional_text(wire, given[name], longest=longest)
    if values.get("country"):
        values["country"] = values["country"].upper()
    for name in ("kind", "active"):
        if name in given and given[name] is None:
            form.refuse(UserErrorCode.REQUIRED, "Fill this in; it cannot be empty.", name)
    if not form.refusals:
        whole = dict(known) | values
        assignment.check(form, whole["kind"], whole)
    form.done()
    if values.get("fallback_team_id"):
        await ctx.get(Team, values["fallback_team_id"], path=("fallbackTeamId",))
    return values


async def _members(ctx: Context, member_ids: Sequence[str]) -> list[str]:
    """The users of a rule, each once and all of them active."""
    if not member_ids:
        message = "Name at least one user who gets leads by this rule."
        raise UserError(UserErrorCode.REQUIRED, message, ("memberIds",))
    if len(member_ids) > MOST_MEMBERS:
        message = f"A rule has at most {MOST_MEMBERS} users."
        raise UserError(UserErrorCode.TOO_MANY, message, ("memberIds",))
    found = {user.id: user for user in await ctx.find(User, member_ids)}
    for at, one in enumerate(member_ids):
        if one not in found:
            raise not_found(("memberIds", at))
        if found[one].status != UserStatus.ACTIVE:
            message = "This user has left the workspace; choose an active one."
            raise UserError(UserErrorCode.INVALID_VALUE, message, ("memberIds", at))
        if one in member_ids[:at]:
            message = "A user has one turn in a round."
            raise UserError(UserErrorCode.DUPLICATE, message, ("memberIds", at))
    return list(member_ids)


async def _replace(ctx: Context, rule_id: str, user_ids: Sequence[str]) -> None:
    of_rule = MEMBER.c.rule_id == sa.literal(rule_id, Uuid)
    wanted = MEMBER.c.user_id.in_(list(user_ids))
    await ctx.act.delete(MEMBER, sa.and_(of_rule, sa.not_(wanted)))
    place = _place(user_ids, MEMBER.c.user_id)
    moved = sa.and_(of_rule, wanted, MEMBER.c.position != place)
    await ctx.act.update(MEMBER, moved, {"position": place})
    rows = await ctx.act.fetch(
        sa.select(MEMBER.c.user_id).where(MEMBER.c.workspace_id == ctx.workspace_id, of_rule)
    )
    there = {row["user_id"] for row in rows}
    new = [(at, one) for at, one in enumerate(user_ids, start=1) if one not in there]
    if new:
        await ctx.act.insert_many(
            MEMBER, [{"rule_id": rule_id, "user_id": one, "position": at} for at, one in new]
        )


def _place(ids: Sequence[str], column: Any) -> Any:
    """The place of a row's id among these."""
    return sa.func.array_position(sa.literal(list(ids), sa.ARRAY(Uuid)), column)
