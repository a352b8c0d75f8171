"""Visible rows: an actor and an entity as one SQL condition, used wherever rows are read."""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from auth.actor import Actor
from auth.roles import Category, Level
from models.base import Uuid
from models.enums import Deleted, Sharing
from models.registry import REGISTRY, Entity, Scope

TEAMS = sa.bindparam("actor_teams", None, type_=ARRAY(Uuid))
OWNERS = sa.bindparam("actor_owners", None, type_=ARRAY(Uuid))
USER = sa.bindparam("actor_user", None, type_=Uuid)
FEW = 200
"""So many records are looked at one by one rather than a list of what belongs to all."""

WORKSPACE = sa.bindparam("actor_workspace", None, type_=Uuid)


def readable(entity: Entity, actor: Actor) -> bool:
    """Whether the actor's role may read this kind of record at all."""
    return not entity.category or actor.may(Category(entity.category), Level.READ)


def restorable(entity: Entity, actor: Actor) -> Deleted:
    """What of an entity's deleted records an actor may see: who may restore them, all in reach."""
    may = entity.restorable and actor.may(Category(entity.category), Level.WRITE)
    return Deleted.INCLUDE if may else Deleted.EXCLUDE


class Taken(StrEnum):
    """How the rows of a condition are come by."""

    SINGLY = "singly"
    """By a key of theirs, a few."""
    IN_ORDER = "in order"
    """As a list of their own, until there are enough."""
    TOGETHER = "together"
    """As a whole, to be counted."""


@cache
def _lean(table: sa.Table) -> sa.TableClause:
    return sa.table(table.name, *(sa.column(one.name, one.type) for one in table.c))


def _beside(table: sa.Table) -> Any:
    """A table once more, of bare columns.

    An alias copies every column, which is dear for those of a declared table, and a condition may
    take a dozen of wide ones.
    """
    return _lean(table).alias()


def visible(
    entity: Entity,
    actor: Actor,
    rows: Any,
    deleted: Deleted = Deleted.EXCLUDE,
    *,
    taken: Taken = Taken.SINGLY,
) -> sa.ColumnElement[bool]:
    """The rows of an entity this actor sees; `rows` is table or alias."""
    conditions = [rows.c.workspace_id == WORKSPACE]
    if entity.restorable and deleted is not Deleted.INCLUDE:
        gone = rows.c.deleted_at
        conditions.append(gone.is_not(None) if deleted is Deleted.ONLY else gone.is_(None))
    scope = in_reach(entity, actor, rows, taken=taken)
    if scope is not None:
        conditions.append(scope)
    return sa.and_(*conditions)


def in_reach(
    entity: Entity, actor: Actor, rows: Any, *, taken: Taken = Taken.SINGLY
) -> sa.ColumnElement[bool] | None:
    """The part of `visible` that depends on the actor's role; None when nothing is hidden."""
    if not readable(entity, actor):
        return sa.false()
    if entity.scope is Scope.ATTACHED:
        return _attached(entity, actor, rows, taken)
    special = _BY_SCOPE.get(entity.scope)
    if special is not None:
        return special(entity, actor, rows)
    everything = actor.owners is None or (entity.finance_sees_all and actor.has_finance_access)
    if everything or entity.scope is not Scope.OWNER:
        return None
    return sa.or_(_owned(actor, rows), *_shared(entity, actor, rows))


def changeable(entity: Entity, actor: Actor, rows: Any) -> sa.ColumnElement[bool] | None:
    """The rows in an actor's reach that are not only shared with them; None when all are.

    Deleted ones are among them: what may be changed may be restored.
    """
    if entity.scope is Scope.PARENT:
        return _part_changeable(entity, actor, rows)
    if actor.owners is None or not (entity.members or entity.within):
        return in_reach(entity, actor, rows)
    own = [_owned(actor, rows)]
    if entity.queue:
        own.append(sa.and_(rows.c.owner_id.is_(None), rows.c[entity.queue] == sa.any_(TEAMS)))
    if entity.within:
        link = entity.fields[entity.within]
        whole = REGISTRY[link.target]
        above = _beside(whole.table)
        inner = changeable(whole, actor, above)
        mine = sa.true() if inner is None else inner
        own.append(
            sa.exists().where(
                above.c.workspace_id == WORKSPACE, above.c.id == rows.c[link.columns[0]], mine
            )
        )
    return sa.or_(*own)


def _part_changeable(entity: Entity, actor: Actor, rows: Any) -> sa.ColumnElement[bool] | None:
    """The rows whose parent an actor may change; None when all are."""
    ways = []
    for link in entity.parents:
        whole = REGISTRY[link.target]
        above = _beside(whole.table)
        inner = changeable(whole, actor, above)
        own = above.c[whole.key] == rows.c[link.columns[0]]
        ways.append(
            rows.c[link.columns[0]].is_not(None)
            if inner is None
            else sa.exists().where(above.c.workspace_id == WORKSPACE, own, inner)
        )
        if inner is None and len(entity.parents) == 1:
            return None
    return sa.or_(*ways)


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


def _own(entity: Entity, actor: Actor, rows: Any) -> sa.ColumnElement[bool] | None:
    """One's own rows; an Admin sees all that are not personal."""
    sees_all = entity.scope is Scope.OWN and actor.may(Category.ADMIN, Level.WRITE)
    if sees_all:
        return None
    mine = rows.c.owner_id == USER
    return sa.and_(mine, rows.c[entity.shown]) if entity.shown else mine


def _of_parent(entity: Entity, actor: Actor, rows: Any) -> sa.ColumnElement[bool]:
    """The rows whose parent is in sight, and those that name the actor."""
    above = _parent_visible(entity, actor, rows)
    return sa.or_(above, *(rows.c[name] == USER for name in entity.seen_by))


def _shared_with(entity: Entity, actor: Actor, rows: Any) -> sa.ColumnElement[bool]:
    """One's own rows, and those shared with one's role or with a team of one's own."""
    if not entity.shares:
        return _with_others(rows)
    share = _beside(entity.table.metadata.tables[entity.shares])
    shared = sa.exists().where(
        share.c.workspace_id == WORKSPACE,
        share.c[f"{entity.table.name}_id"] == rows.c.id,
        sa.or_(share.c.role == actor.role, share.c.team_id == sa.any_(TEAMS)),
    )
    return sa.or_(rows.c.owner_id == USER, shared)


def _with_others(rows: Any) -> sa.ColumnElement[bool]:
    """The rows of one's own, and those shared with everybody or with one's teams."""
    with_team = sa.and_(rows.c.sharing == Sharing.TEAM, rows.c.team_id == sa.any_(TEAMS))
    return sa.or_(rows.c.owner_id == USER, rows.c.sharing == Sharing.WORKSPACE, with_team)


def _attached(
    entity: Entity, actor: Actor, rows: Any, taken: Taken
) -> sa.ColumnElement[bool] | None:
    """The rows of the actor's people, and those that belong to a core record the actor sees."""
    cores = [one for one in REGISTRY.values() if one.core]
    if actor.owners is None and all(readable(core, actor) for core in cores):
        return None
    seen = [one for one in cores if readable(one, actor)]
    if taken is Taken.TOGETHER:
        # Row by row each would be looked up in vain once for each kind of record; a union, and no
        # list, has the planner expect that there are many.
        mine = _beside(entity.table)
        ids = sa.select(mine.c.id).where(mine.c.workspace_id == WORKSPACE, _of_people(actor, mine))
        together = sa.union(ids, *_gathered(entity, actor, seen))
        return rows.c.id.in_(together)  # type: ignore[no-any-return]
    own = _of_people(actor, rows)
    join = _beside(entity.table.metadata.tables[entity.attached])
    # Its few records are found first, and of each only what it is decides.
    belongs: Any = sa.exists().where(
        join.c.workspace_id == WORKSPACE,
        join.c[_own_column(entity)] == rows.c.id,
        sa.or_(sa.false(), *(_sees(core, actor, join) for core in seen)),
    )
    if taken is Taken.IN_ORDER and actor.owners is not None:
        # A big list is not searched from its top for the little that somebody new may see.
        little = sa.union_all(*_gathered(entity, actor, seen, FEW))
        belongs = sa.case((_few(actor, seen), rows.c.id.in_(little)), else_=belongs)
    return sa.or_(own, belongs)


def _of_people(actor: Actor, rows: Any) -> sa.ColumnElement[bool]:
    """The rows of the actor's own people; of one's own where all are seen."""
    return rows.c.owner_id == USER if actor.owners is None else _owned(actor, rows)


def _sees(core: Entity, actor: Actor, join: Any) -> sa.ColumnElement[bool]:
    record = _beside(core.table)
    return sa.and_(
        join.c.record_kind == core.table.name,
        sa.exists().where(record.c.id == join.c.record_id, visible(core, actor, record)),
    )


def _few(actor: Actor, cores: list[Entity]) -> sa.ColumnElement[bool]:
    """Whether the actor sees next to no records, but for those that everybody sees."""
    parts = [
        sa.select(_some(core, actor, FEW).c.id)
        for core in cores
        if core.scope is not Scope.WORKSPACE
    ]
    counted = sa.union_all(*parts).subquery()
    return sa.select(sa.func.count() < FEW).select_from(counted).scalar_subquery()


def _gathered(
    entity: Entity, actor: Actor, cores: list[Entity], most: int | None = None
) -> Iterator[Any]:
    """The ids of what belongs to the records the actor sees, gathered once a statement."""
    for core in cores:
        join = _beside(entity.table.metadata.tables[entity.attached])
        record = _some(core, actor, most)
        found = sa.select(join.c[_own_column(entity)]).where(
            join.c.workspace_id == WORKSPACE, join.c.record_id == record.c.id
        )
        if "item_kind" in join.c:
            found = found.where(join.c.item_kind == entity.table.name)
        yield found


def _some(core: Entity, actor: Actor, most: int | None) -> Any:
    """The ids of records the actor sees; no more than tells that they are not few."""
    record = _beside(core.table)
    found = sa.select(record.c.id).where(visible(core, actor, record))
    if most is not None and core.scope is not Scope.WORKSPACE:
        found = found.limit(sa.literal_column(str(most)))
    return found.subquery()


def _own_column(entity: Entity) -> str:
    """The join table's column that holds our id: its name is ours, or what all items share."""
    own = f"{entity.table.name}_id"
    return own if own in entity.table.metadata.tables[entity.attached].c else "item_id"


def _shared(entity: Entity, actor: Actor, rows: Any) -> Iterator[sa.ColumnElement[bool]]:
    """The rows of others that a user sees: queues of their teams, what is shared with them."""
    # Ids are gathered once a statement, as an array: each alternative then has its index.
    if entity.queue:
        yield sa.and_(rows.c.owner_id.is_(None), rows.c[entity.queue] == sa.any_(TEAMS))
    if entity.members:
        member = _beside(entity.table.metadata.tables[entity.members])
        shared = sa.select(member.c[f"{entity.table.name}_id"]).where(
            member.c.workspace_id == WORKSPACE, member.c.user_id == USER
        )
        yield rows.c.id == sa.any_(sa.func.array(shared.scalar_subquery(), type_=ARRAY(Uuid)))
    if entity.within:
        link = entity.fields[entity.within]
        whole = REGISTRY[link.target]
        above = _beside(whole.table)
        seen = sa.select(above.c.id).where(visible(whole, actor, above))
        own = rows.c[link.columns[0]]
        yield own == sa.any_(sa.func.array(seen.scalar_subquery(), type_=ARRAY(Uuid)))


def _owned(actor: Actor, rows: Any) -> sa.ColumnElement[bool]:
    # A single owner as plain equality keeps the index's order; an array would need a sort.
    if actor.owners == (actor.user_id,):
        return rows.c.owner_id == USER  # type: ignore[no-any-return]
    return rows.c.owner_id == sa.any_(OWNERS)  # type: ignore[no-any-return]


def _parent_visible(entity: Entity, actor: Actor, rows: Any) -> sa.ColumnElement[bool]:
    ways = []
    for link in entity.parents:
        parent = REGISTRY[link.target]
        above = _beside(parent.table)
        own = above.c.id == rows.c[link.columns[0]]
        ways.append(sa.exists().where(own, visible(parent, actor, above)))
    return sa.or_(*ways)


_BY_SCOPE: Mapping[Scope, Callable[[Entity, Actor, Any], sa.ColumnElement[bool] | None]] = {
    Scope.OWN: _own,
    Scope.PERSONAL: _own,
    Scope.PARENT: _of_parent,
    Scope.SHARED: _shared_with,
}
