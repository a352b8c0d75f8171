"""What the rows of a batch name: contacts that exist, owners, companies."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from auth.custom_fields import CustomField
from auth.policy import WORKSPACE, in_reach
from models.base import Uuid
from models.enums import UserStatus
from models.registry import REGISTRY, Entity
from services.imports.targets import Match, Row

_FOLDED = "SELECT given, fold(given) AS key FROM unnest($1::text[]) AS given"
_OWNERS = f"""
SELECT given.email, u.id
FROM unnest($2::text[]) AS given (email)
JOIN "user" AS u ON u.workspace_id = $1 AND u.email_key = fold(given.email)
                AND u.status = '{UserStatus.ACTIVE}'
"""

_UNIQUE = """
SELECT custom_unique($1, given.value) AS key
FROM unnest($2::jsonb[]) WITH ORDINALITY AS given (value, at) ORDER BY given.at
"""
_HOLDERS = """
SELECT unique_key, record_id FROM custom_value
WHERE workspace_id = $1 AND field_id = $2 AND unique_key = ANY($3::text[])
"""


async def owners(ctx: Context, emails: Sequence[str]) -> dict[str, str]:
    """The active users with these addresses, by the address as it was given."""
    if not emails:
        return {}
    found = await ctx.act.fetch_text(_OWNERS, ctx.workspace_id, list(emails))
    return {row["email"]: row["id"] for row in found}


async def contacts(ctx: Context, rows: Sequence[Row]) -> dict[int, Match]:
    """For each row its folded keys and the contact it is about: by e-mail, else phone and name."""
    keys = await _folded(ctx, [text for row in rows for text in (_email(row), _name(row))])
    by_phone = [row for row in rows if "email" not in row.values]
    emails = {keys[_email(row)] for row in rows} - {""}
    phones = {row.values["phone"] for row in by_phone}
    table = REGISTRY["Contact"].table
    original = sa.not_(table.c.duplicate_allowed)
    found = await _first(ctx, "Contact", ("email_key",), emails, original)
    found |= await _first(ctx, "Contact", ("phone", "name_key"), phones)
    return {row.number: _match(row, keys, found) for row in rows}


async def custom_of(ctx: Context, matches: Mapping[int, Match]) -> dict[int, Match]:
    """The matches with what their contacts have in the workspace's own fields."""
    ids = list({one.contact_id for one in matches.values() if one.contact_id})
    table = REGISTRY["Contact"].table
    among = sa.bindparam(None, ids, type_=sa.ARRAY(Uuid))
    rows = await ctx.act.fetch(
        sa.select(table.c.id, table.c.custom).where(
            table.c.workspace_id == ctx.workspace_id, table.c.id == sa.any_(among)
        )
    )
    known = {row["id"]: row["custom"] for row in rows}
    return {
        number: replace(one, custom=known.get(one.contact_id, {}))
        for number, one in matches.items()
    }


async def in_sight(ctx: Context, entity: Entity, ids: Collection[str]) -> set[str]:
    """Those of some records that the actor sees."""
    row: Any = entity.row
    return {one.id for one in await ctx.find(row, list(ids))}


async def unique_keys(ctx: Context, field: CustomField, values: Sequence[Any]) -> list[str]:
    """What makes values of a field differ, made by the database as it makes its own."""
    rows = await ctx.act.fetch_text(_UNIQUE, str(field.type), list(values))
    return [str(row["key"]) for row in rows]


async def holders(ctx: Context, field: CustomField, keys: Collection[str]) -> dict[str, str]:
    """The live records that have some of a field's unique values, by key."""
    rows = await ctx.act.fetch_text(_HOLDERS, ctx.workspace_id, field.id, list(keys))
    return {row["unique_key"]: row["record_id"] for row in rows}


def _match(
    row: Row, keys: Mapping[str, str], found: Mapping[tuple[str, ...], tuple[str, bool]]
) -> Match:
    email_key, name_key = keys[_email(row)], keys[_name(row)]
    fits = (email_key,) if email_key else (row.values["phone"], name_key)
    contact_id, seen = found.get(fits, (None, False))
    return Match(email_key=email_key, name_key=name_key, contact_id=contact_id, seen=seen)


async def companies(ctx: Context, names: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """The folded key of each name, and the company in sight behind each key: by name or domain."""
    keys = await _folded(ctx, names)
    domains = {key for key in keys.values() if "." in key}
    found = await _first(ctx, "Company", ("domain_key",), domains)
    found |= await _first(ctx, "Company", ("name_key",), set(keys.values()))
    return keys, {key: record for (key,), (record, seen) in found.items() if seen}


async def _folded(ctx: Context, texts: Collection[str]) -> dict[str, str]:
    """The stored key of each text, folded by the database as it folds its own."""
    distinct = list(set(texts))
    found = await ctx.act.fetch_text(_FOLDED, distinct)
    return {row["given"]: row["key"] for row in found}


async def _first(
    ctx: Context, name: str, columns: Sequence[str], wanted: Collection[str], *more: Any
) -> dict[tuple[str, ...], tuple[str, bool]]:
    """By the values of columns, of which the first is wanted: the record and whether it is seen.

    One in sight comes before one out of sight, then the oldest.
    """
    if not wanted:
        return {}
    entity = REGISTRY[name]
    table = entity.table
    scope = in_reach(entity, ctx.actor, table)
    seen = (sa.true() if scope is None else scope).label("seen")
    # All at once, planned with their values: without statistics, as in a young workspace, each by
    # itself could be a scan of its own. Not so the checks of keys that follow: planning costs more.
    await ctx.act.execute("SET LOCAL plan_cache_mode = force_custom_plan")
    among = sa.bindparam(None, list(wanted), type_=sa.ARRAY(sa.Text))
    statement = sa.select(*(table.c[column] for column in columns), table.c.id, seen).where(
        table.c.workspace_id == WORKSPACE,
        table.c.deleted_at.is_(None),
        table.c[columns[0]] == sa.any_(among),
        *more,
    )
    # Whoever is found is pointed at or written next: nobody merges it away before the batch ends.
    statement = statement.order_by(table.c.id).with_for_update(read=True, key_share=True)
    found = await ctx.act.fetch(statement, ctx.actor.bound)
    await ctx.act.execute("SET LOCAL plan_cache_mode = auto")
    best = sorted(found, key=lambda row: (row["seen"], _newest_first(row["id"])))
    return {tuple(row[column] for column in columns): (row["id"], row["seen"]) for row in best}


def _newest_first(record_id: str) -> int:
    return -int(record_id.replace("-", ""), 16)


def _email(row: Row) -> str:
    return str(row.values.get("email", ""))


def _name(row: Row) -> str:
    return f"{row.values.get('first_name', '')} {row.values.get('last_name', '')}"
