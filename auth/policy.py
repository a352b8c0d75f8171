"""Visible rows: an actor and an entity as one SQL condition, used wherever rows are read."""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from auth.actor import Actor
from auth.roles import Category, Level
from models.base import Uuid
from models.enums import Deleted
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


def restorable(entity: Entity, actor: Actor) -> Deleted:
    """What of an entity's deleted records an actor may see: who may restore them, all in reach."""
    may = entity.restorable and actor.may(Category(entity.category), Level.WRITE)
    return Deleted.INCLUDE if may else Deleted.EXCLUDE


def visible(
    entity: Entity, actor: Actor, rows: Any, deleted: Deleted = Deleted.EXCLUDE
) -> sa.ColumnElement[bool]:
    """The rows of an entity this actor sees; `rows` is table or alias."""
    conditions = [rows.c.workspace_id == WORKSPACE]
    if entity.restorable and deleted is not Deleted.INCLUDE:
        gone = rows.c.deleted_at
        conditions.append(gone.is_not(None) if deleted is Deleted.ONLY else gone.is_(None))
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


def changeable(entity: Entity, actor: Actor, rows: Any) -> sa.ColumnElement[bool] | None:
    """The rows in an actor's reach that are not only shared with them; None when all are.

    Deleted ones are among them: what may be changed may be restored.
    """
    if entity.scope is Scope.PARENT:
        link = entity.fields[entity.parent]
        whole = REGISTRY[link.target]
        above = whole.table.alias()
        inner = changeable(whole, actor, above)
        if inner is None:
            return None
        return sa.exists().where(
            above.c.workspace_id == WORKSPACE, above.c[whole.key] == rows.c[link.columns[0]], inner
        )
    if actor.owners is None or not (entity.members or entity.within):
        return in_reach(entity, actor, rows)
    own = [_owned(actor, rows)]
    if entity.queue:
        own.append(sa.and_(rows.c.owner_id.is_(None), rows.c[entity.queue] == sa.any_(TEAMS)))
    if entity.within:
        link = entity.fields[entity.within]
        whole = REGISTRY[link.target]
        above = whole.table.alias()
        inner = changeable(whole, actor, above)
        mine = sa.true() if inner is None else inner
        own.append(
            sa.exists().where(
                above.c.workspace_id == WORKSPACE, above.c.id == rows.c[link.columns[0]], mine
            )
        )
    return sa.or_(*own)


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
