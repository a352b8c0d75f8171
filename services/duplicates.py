"""Records that may be the same: by address, number, domain, or a like name in one company."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from auth.actor import Actor
from auth.context import Context
from auth.policy import WORKSPACE, readable, visible
from core.codes import UserErrorCode
from core.errors import UserError, not_found
from models import metadata
from models.base import Key, Uuid, uuids
from models.registry import REGISTRY, Entity

NOT_DUPLICATE = metadata.tables["not_duplicate"]
LOOKED_AT = 500
"""Records that are held against the others for one page."""

_EACH, _CANDIDATES = 5, 200
_SAME_EMAIL, _SAME_PHONE, _SAME_DOMAIN = 95, 80, 75
_LIKE_NAME, _ALIKE = 40, 50
_LEAST_ALIKE = sa.literal_column("0.5", sa.Numeric)
_LAST = sa.literal_column("U&'\\+10FFFF'", sa.Text)
_BEGINNING = 3

KEYS: Mapping[str, Mapping[str, Any]] = {
    "Contact": {"email_key": Key, "phone": sa.Text, "name_key": Key, "primary_company_id": Uuid},
    "Company": {"domain_key": Key, "name_key": Key},
    "Lead": {"email_key": Key, "phone": sa.Text, "name_key": Key, "company_name_key": Key},
}
"""What records of a kind are compared by."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Which records are held against the others: those behind an id, one, or one to come."""

    entity: Entity
    after: tuple[str, str] | None = None
    of: str | None = None
    like: Mapping[str, Any] | None = None


def looked(actor: Actor, probe: Probe, others: Sequence[Entity], most: int) -> sa.Select[Any]:
    """The pairs, newest first, each with a reason; and how many were looked at, up to which."""
    rows = _probed(actor, probe).cte("probe").prefix_with("MATERIALIZED")
    parts = [
        part
        for entity in others
        if readable(entity, actor)
        for part in _reasons(actor, probe, rows, entity)
    ]
    twin = sa.union_all(*parts).subquery("twin")
    dismissed = sa.exists().where(
        NOT_DUPLICATE.c.workspace_id == WORKSPACE,
        NOT_DUPLICATE.c.record_id == twin.c.record_id,
        NOT_DUPLICATE.c.other_id == twin.c.id,
    )
    pair = sa.select(twin).where(sa.not_(dismissed))
    if probe.after:
        place = sa.tuple_(*(sa.literal(one, Uuid) for one in probe.after))
        pair = pair.where(sa.tuple_(twin.c.record_id, twin.c.id) < place)
    pairs = (
        pair.order_by(twin.c.record_id.desc(), twin.c.id.desc())
        .limit(sa.literal_column(str(most)))
        .subquery("pairs")
    )
    told = sa.select(
        sa.func.count().label("looked"),
        sa.func.array_agg(rows.c.id)[sa.func.count()].label("last"),
    ).subquery("told")
    return (
        sa.select(told, pairs)
        .select_from(told.outerjoin(pairs, sa.true()))
        .order_by(pairs.c.record_id.desc(), pairs.c.id.desc())
    )


def _probed(actor: Actor, probe: Probe) -> sa.Select[Any]:
    keys = KEYS[probe.entity.name]
    if probe.like is not None:
        return sa.select(
            sa.cast(sa.null(), Uuid).label("id"),
            *(sa.cast(probe.like.get(name), kind).label(name) for name, kind in keys.items()),
        )
    rows = probe.entity.table.alias("mine")
    chosen = sa.select(rows.c.id, *(rows.c[name] for name in keys)).where(
        visible(probe.entity, actor, rows)
    )
    if probe.of:
        return chosen.where(rows.c.id == probe.of)
    if probe.after:
        chosen = chosen.where(rows.c.id <= probe.after[0])
    return chosen.order_by(rows.c.id.desc()).limit(sa.literal_column(str(LOOKED_AT)))


def _reasons(actor: Actor, probe: Probe, mine: Any, entity: Entity) -> Iterator[sa.Select[Any]]:
    """For each reason the records of a kind that fit, by an index of theirs."""
    rows = entity.table.alias("other")
    seen = [visible(entity, actor, rows)]
    if probe.of and entity is probe.entity:
        seen.append(rows.c.id != mine.c.id)
    elif probe.like is None and entity is probe.entity:
        # Of two the newer one tells, so that a pair is told once.
        seen.append(rows.c.id < mine.c.id)

    def same(name: str, score: int) -> sa.Select[Any]:
        known = sa.and_(mine.c[name] != "", rows.c[name] == mine.c[name])
        fits = sa.select(rows.c.id).where(*seen, known).order_by(rows.c.id.desc())
        some = fits.limit(sa.literal_column(str(_EACH))).correlate(mine).lateral()
        return _told(mine, some, entity, name, sa.literal_column(str(score)))

    if entity.name == "Company":
        yield same("domain_key", _SAME_DOMAIN)
    else:
        yield same("email_key", _SAME_EMAIL)
        yield same("phone", _SAME_PHONE)
    yield _alike(mine, rows, entity, [*seen, _near(mine, rows, entity)])


def _near(mine: Any, rows: Any, entity: Entity) -> sa.ColumnElement[bool]:
    """Where a like name counts: in the same company; of companies, one that begins alike."""
    if entity.name == "Company":
        begins = sa.func.left(mine.c.name_key, _BEGINNING)
        return sa.and_(
            mine.c.name_key != "",
            rows.c.name_key >= begins,
            rows.c.name_key < begins.concat(_LAST),
        )
    if entity.name == "Lead":
        return sa.and_(
            mine.c.company_name_key != "", rows.c.company_name_key == mine.c.company_name_key
        )
    if "primary_company_id" in mine.c:
        return rows.c.primary_company_id == mine.c.primary_company_id  # type: ignore[no-any-return]
    company = metadata.tables["company"].alias()
    named = sa.select(company.c.id).where(
        company.c.workspace_id == WORKSPACE,
        company.c.deleted_at.is_(None),
        mine.c.company_name_key != "",
        company.c.name_key == mine.c.company_name_key,
    )
    return rows.c.primary_company_id.in_(named.correlate(mine))  # type: ignore[no-any-return]


def _alike(mine: Any, rows: Any, entity: Entity, near: Sequence[Any]) -> sa.Select[Any]:
    alike = sa.func.similarity(rows.c.name_key, mine.c.name_key).label("alike")
    fits = sa.select(rows.c.id, alike).where(*near).order_by(rows.c.id.desc())
    some = fits.limit(sa.literal_column(str(_CANDIDATES))).correlate(mine).lateral()
    exact = sa.cast(some.c.alike, sa.Numeric)
    score = _LIKE_NAME + sa.func.round(exact * _ALIKE)
    return _told(mine, some, entity, "name_key", score).where(exact >= _LEAST_ALIKE)


def _told(mine: Any, some: Any, entity: Entity, name: str, score: Any) -> sa.Select[Any]:
    return sa.select(
        mine.c.id.label("record_id"),
        some.c.id,
        sa.literal_column(f"'{entity.name}'", sa.Text).label("kind"),
        sa.literal_column(f"'{name}'", sa.Text).label("reason"),
        sa.cast(score, sa.Integer).label("score"),
    ).select_from(mine.join(some, sa.true()))


async def dismiss(ctx: Context, record: tuple[str, str], other: tuple[str, str]) -> None:
    """Remember that two records are not the same; said again it stays."""
    for name, (kind, record_id) in (("recordId", record), ("otherId", other)):
        entity = REGISTRY.of_table(kind)
        if entity.name not in KEYS:
            message = "Only contacts, companies and leads are suggested as duplicates."
            raise UserError(UserErrorCode.INVALID_VALUE, message, (name,))
        if not await ctx.find(entity.row, [record_id], keep=True):
            raise not_found((name,))
    if record == other:
        message = "A record is not its own duplicate."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("otherId",))
    rows = [
        {
            "workspace_id": ctx.workspace_id,
            "record_kind": one[0],
            "record_id": one[1],
            "other_id": two[1],
            "said_at": ctx.now,
        }
        for one, two in ((record, other), (other, record))
    ]
    rows.sort(key=lambda row: str(row["record_id"]))
    await ctx.act.fetch(insert(NOT_DUPLICATE).values(rows).on_conflict_do_nothing())


async def hand_over(ctx: Context, old: Sequence[str], new: str) -> None:
    """Let those that are no duplicates of merged records be none of the survivor either."""
    said, ids = NOT_DUPLICATE, uuids(old)
    survivor = sa.literal(new, Uuid)
    mirrored = sa.select(
        said.c.workspace_id, said.c.record_kind, said.c.other_id, survivor, said.c.said_at
    ).where(
        said.c.workspace_id == ctx.workspace_id,
        said.c.record_id == sa.any_(ids),
        said.c.other_id != sa.all_(sa.func.array_append(ids, survivor)),
    )
    columns = ("workspace_id", "record_kind", "record_id", "other_id", "said_at")
    adding = insert(said).from_select(columns, mirrored).on_conflict_do_nothing()
    await ctx.act.fetch(adding)
