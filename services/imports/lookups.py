"""What the rows of a batch name: contacts that exist, owners, companies."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from auth.policy import WORKSPACE, bound, in_reach
from models.enums import UserStatus
from models.registry import REGISTRY
from services.imports.targets import Match, Row

_FOLDED = "SELECT given, fold(given) AS key FROM unnest($1::text[]) AS given"
_OWNERS = f"""
SELECT given.email, u.id
FROM unnest($2::text[]) AS given (email)
JOIN "user" AS u ON u.workspace_id = $1 AND u.email_key = fold(given.email)
                AND u.status = '{UserStatus.ACTIVE}'
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
    found = await ctx.act.fetch(statement, bound(ctx.actor))
    await ctx.act.execute("SET LOCAL plan_cache_mode = auto")
    best = sorted(found, key=lambda row: (row["seen"], _newest_first(row["id"])))
    return {tuple(row[column] for column in columns): (row["id"], row["seen"]) for row in best}


def _newest_first(record_id: str) -> int:
    return -int(record_id.replace("-", ""), 16)


def _email(row: Row) -> str:
    return row.values.get("email", "")


def _name(row: Row) -> str:
    return f"{row.values.get('first_name', '')} {row.values.get('last_name', '')}"
