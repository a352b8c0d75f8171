"""Saved views: made, changed, shared and removed by who owns them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from auth.actor import Actor
from auth.context import Context
from auth.roles import Category, Level
from core.codes import UserErrorCode
from core.errors import Refusals, UserError
from models import metadata
from models.enums import CoreEntity, Sharing
from models.people import Team
from models.registry import REGISTRY, Entity
from services import records
from services.rules.forms import Form
from services.stored_filters import Problem

_VIEW = metadata.tables["saved_view"]

LONGEST_NAME = 80
LONGEST_FILTER = 10_000
MOST_COLUMNS = 50
MOST_KEYS = 5
MOST_VIEWS = 200


@dataclass(frozen=True, slots=True)
class Look:
    """How a list is looked at."""

    entity: Entity
    filter: Any
    order_by: Any
    columns: Any


Check = Callable[[Actor, datetime, Look], list[Problem]]

_CHECKS: list[Check] = []


def checked_by(check: Check) -> None:
    """Say how a view is held against its list: what filters may hold is known where they run."""
    _CHECKS[:] = [check]


def entity_of(kind: str) -> Entity:
    """The entity whose list a view is of."""
    return REGISTRY["".join(part.capitalize() for part in kind.split("_"))]


async def create(ctx: Context, kind: CoreEntity, given: Mapping[str, Any]) -> Any:
    """Keep a view of a list under a name."""
    values: dict[str, Any] = {
        "filter": {},
        "order_by": [],
        "columns": [],
        "sharing": Sharing.PRIVATE,
        "team_id": None,
    }
    values |= _read(given)
    _refuse_misfits(ctx, entity_of(kind), values)
    await _check_sharing(ctx, values)
    await records.in_turn(ctx, "saved_view", ctx.actor.user_id)
    own = sa.and_(
        _VIEW.c.workspace_id == ctx.workspace_id, _VIEW.c.owner_id == _id(ctx.actor.user_id)
    )
    counted = await ctx.act.fetch(sa.select(sa.func.count()).where(own))
    if counted[0][0] >= MOST_VIEWS:
        message = f"One has at most {MOST_VIEWS} views; remove some first."
        raise UserError(UserErrorCode.TOO_MANY, message, ("name",))
    return await ctx.act.insert(
        _VIEW, values | {"record_type": kind, "owner_id": ctx.actor.user_id}
    )


async def update(
    ctx: Context, view_id: str, given: Mapping[str, Any], *, expected_version: int | None = None
) -> Any:
    """Change a view; those it is shared with see it so from now on."""
    if not given:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Name at least one thing to change.")
    view = await _own(ctx, view_id, expected_version)
    values = _read(given)
    before = {name: getattr(view, name) for name in ("filter", "order_by", "columns")}
    _refuse_misfits(ctx, entity_of(view.record_type), before | values, only=values)
    shared = {"sharing": view.sharing, "team_id": view.team_id}
    if values.get("sharing", Sharing.TEAM) != Sharing.TEAM:
        values["team_id"] = None
    if {"sharing", "team_id"} & values.keys():
        await _check_sharing(ctx, shared | values)
    changed = {name: value for name, value in values.items() if getattr(view, name) != value}
    if not changed:
        return view
    return (await ctx.act.update(_VIEW, _VIEW.c.id == view_id, changed))[0]


async def delete(ctx: Context, view_id: str, *, expected_version: int | None = None) -> None:
    """Remove a view, for everybody it is shared with too."""
    await _own(ctx, view_id, expected_version)
    await ctx.act.delete(_VIEW, _VIEW.c.id == view_id)


async def leave_team(ctx: Context, team_id: str) -> None:
    """Make the views shared with a team their owners' alone, before it is dissolved."""
    alone = {"sharing": Sharing.PRIVATE, "team_id": None}
    await ctx.act.update(_VIEW, _VIEW.c.team_id == _id(team_id), alone)


async def filters(_reading: Any, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The filters as their lists take them, as JSON."""
    return [orjson.dumps(row["filter"]).decode() for row in rows]


async def problems(reading: Any, rows: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """What of each view its list takes no more."""
    found = []
    for row in rows:
        look = Look(entity_of(row["record_type"]), row["filter"], row["order_by"], row["columns"])
        wrong = [one for check in _CHECKS for one in check(reading.actor, reading.now, look)]
        found.append([f"{'.'.join(map(str, path))}: {message}" for path, message in wrong])
    return found


async def _own(ctx: Context, view_id: str, expected_version: int | None) -> Any:
    view: Any = await records.locked(ctx, REGISTRY["SavedView"], view_id, expected_version)
    if view.owner_id != ctx.actor.user_id and not ctx.actor.may(Category.ADMIN, Level.WRITE):
        message = "This view is shared with you; its owner or an Admin may change it."
        raise UserError(UserErrorCode.READ_ONLY, message, ("id",))
    return view


def _read(given: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of what was sent, each checked by itself."""
    form = Form()
    values = dict(given)
    if "name" in values:
        values["name"] = form.text("name", values["name"] or "", longest=LONGEST_NAME)
    if "filter" in values:
        values["filter"] = _filter(form, values["filter"] or "{}")
    for name, most in (("order_by", MOST_KEYS), ("columns", MOST_COLUMNS)):
        values[name] = values.get(name) or []
        if len(values[name]) > most:
            form.refuse(UserErrorCode.TOO_MANY, f"At most {most}.", _WIRE[name])
        if name not in given:
            del values[name]
    form.done()
    return values


_WIRE = {"order_by": "orderBy", "columns": "columns"}


def _filter(form: Form, text: str) -> Any:
    if len(text) > LONGEST_FILTER:
        message = f"A filter has at most {LONGEST_FILTER} characters."
        form.refuse(UserErrorCode.TOO_LONG, message, "filter")
        return {}
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        message = "Send the filter as the list takes it, as a JSON object."
        form.refuse(UserErrorCode.INVALID_VALUE, message, "filter")
        return {}
    return found


def _refuse_misfits(
    ctx: Context,
    entity: Entity,
    values: Mapping[str, Any],
    only: Mapping[str, Any] | None = None,
) -> None:
    """Refuse what the list does not take; of an older view only what is sent now."""
    look = Look(entity, values["filter"], values["order_by"], values["columns"])
    sent = values if only is None else only
    found = [one for check in _CHECKS for one in check(ctx.actor, ctx.now, look)]
    refused = [
        UserError(UserErrorCode.INVALID_VALUE, message, path)
        for path, message in found
        if any(path[0] == _WIRE.get(name, name) for name in sent)
    ]
    if refused:
        raise Refusals(refused)


async def _check_sharing(ctx: Context, values: Mapping[str, Any]) -> None:
    team_id = values["team_id"]
    if team_id is not None:
        await ctx.get(Team, team_id, path=("teamId",))
    if (values["sharing"] == Sharing.TEAM) != (team_id is not None):
        message = "Name the team where a view is shared with one, and only there."
        raise UserError(UserErrorCode.REQUIRED, message, ("teamId",))
    if team_id is None:
        return
    if team_id not in ctx.actor.teams and not ctx.actor.may(Category.ADMIN, Level.WRITE):
        message = "Choose a team you belong to or manage."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("teamId",))


def _id(value: str) -> Any:
    return sa.literal(value, _VIEW.c.id.type)
