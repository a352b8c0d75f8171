"""Visible rows: an actor and an entity as one SQL condition, used wherever rows are read."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from auth.actor import Actor
from auth.roles import Category, Level
from models.base import Uuid
from models.registry import REGISTRY, Entity, Scope

TEAMS = sa.bindparam("actor_teams", None, type_=ARRAY(Uuid))
OWNERS = sa.bindparam("actor_owners", None, type_=ARRAY(Uuid))
USER = sa.bindparam("actor_user", None, type_=Uuid)
WORKSPACE = sa.bindparam("actor_workspace", None, type_=Uuid)


def bound(actor: Actor) -> Mapping[str, Any]:
    """The values of the parameters that `visible` and `of_workspace` leave open."""
    return {
        "actor_owners": list(actor.owners or ()),
        "actor_teams": list(actor.teams),
        "actor_user": actor.user_id,
        "actor_workspace": actor.workspace_id,
    }


def readable(entity: Entity, actor: Actor) -> bool:
    """Whether the actor's role may read this kind of record at all."""
    return not entity.category or actor.may(Category(entity.category), Level.READ)


def visible(entity: Entity, actor: Actor, rows: Any) -> sa.ColumnElement[bool]:
    """The rows of an entity this actor sees, deleted ones left out; `rows` is table or alias."""
    conditions = [rows.c.workspace_id == WORKSPACE]
    if entity.restorable:
        conditions.append(rows.c.deleted_at.is_(None))
    scope = in_reach(entity, actor, rows)
    if scope is not None:
        conditions.append(scope)
    return sa.and_(*conditions)


def in_reach(entity: Entity, actor: Actor, rows: Any) -> sa.ColumnElement[bool] | None:
    """The part of `visible` that depends on the actor's role; None when nothing is hidden."""
    if not readable(entity, actor):
        return sa.false()
    if entity.scope is Scope.OWN:
        return None if actor.may(Category.ADMIN, Level.WRITE) else rows.c.owner_id == USER
    if entity.scope is Scope.PARENT:
        above = _parent_visible(entity, actor, rows)
        return sa.or_(above, *(rows.c[name] == USER for name in entity.seen_by))
    if entity.scope is Scope.ATTACHED:
        return sa.or_(rows.c.owner_id == USER, *_attached(entity, actor, rows))
    everything = actor.owners is None or (entity.finance_sees_all and actor.has_finance_access)
    if everything or entity.scope is not Scope.OWNER:
        return None
    return sa.or_(_owned(actor, rows), *_shared(entity, actor, rows))


class Reach(StrEnum):
    """How far the columns of a row tell whether an actor sees it."""

    ALL = "all"
    OWNED = "owned"
    """By its owner alone, who is one of `OWNERS`."""
    MORE = "more"


def reach(entity: Entity, actor: Actor) -> Reach:
    """How what an actor sees of an entity is told, for those who look for it beside the policy."""
    if in_reach(entity, actor, entity.table) is None:
        return Reach.ALL
    owned = entity.scope is Scope.OWNER and readable(entity, actor)
    return Reach.MORE if not owned or any(_ways_to_share(entity)) else Reach.OWNED


def _ways_to_share(entity: Entity) -> tuple[str, ...]:
    return entity.queue, entity.members, entity.within


def _attached(entity: Entity, actor: Actor, rows: Any) -> Iterator[sa.ColumnElement[bool]]:
    """The rows that belong to a core record the actor sees."""
    for core in REGISTRY.values():
        if not core.core or not readable(core, actor):
            continue
        join = entity.table.metadata.tables[entity.attached].alias()
        record = core.table.alias()
        yield sa.exists().where(
            join.c.workspace_id == WORKSPACE,
            join.c[f"{entity.table.name}_id"] == rows.c.id,
            join.c.record_kind == core.table.name,
            record.c.id == join.c.record_id,
            visible(core, actor, record),
        )


def _shared(entity: Entity, actor: Actor, rows: Any) -> Iterator[sa.ColumnElement[bool]]:
    """The rows of others that a user sees: queues of their teams, what is shared with them."""
    # Ids are gathered once a statement, as an array: each alternative then has its index.
    if entity.queue:
        yield sa.and_(rows.c.owner_id.is_(None), rows.c[entity.queue] == sa.any_(TEAMS))
    if entity.members:
        member = entity.table.metadata.tables[entity.members].alias()
        shared = sa.select(member.c[f"{entity.table.name}_id"]).where(
            member.c.workspace_id == WORKSPACE, member.c.user_id == USER
        )
        yield rows.c.id == sa.any_(sa.func.array(shared.scalar_subquery(), type_=ARRAY(Uuid)))
    if entity.within:
        link = entity.fields[entity.within]
        whole = REGISTRY[link.target]
        above = whole.table.alias()
        seen = sa.select(above.c.id).where(visible(whole, actor, above))
        own = rows.c[link.columns[0]]
        yield own == sa.any_(sa.func.array(seen.scalar_subquery(), type_=ARRAY(Uuid)))


def _owned(actor: Actor, rows: Any) -> sa.ColumnElement[bool]:
    # A single owner as plain equality keeps the index's order; an array would need a sort.
    if actor.owners == (actor.user_id,):
        return rows.c.owner_id == USER  # type: ignore[no-any-return]
    return rows.c.owner_id == sa.any_(OWNERS)  # type: ignore[no-any-return]


def _parent_visible(entity: Entity, actor: Actor, rows: Any) -> sa.ColumnElement[bool]:
    link = entity.fields[entity.parent]
    parent = REGISTRY[link.target]
    above = parent.table.alias()
    return sa.exists().where(above.c.id == rows.c[link.columns[0]], visible(parent, actor, above))
