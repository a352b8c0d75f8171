"""What the rows of a batch name: contacts that exist, owners, companies."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from auth.policy import WORKSPACE, bound, in_reach
from models.enums import UserStatus
from models.registry import REGISTRY
from services.imports.targets import Match, Row

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
    by_email = [row for row in rows if "email" in row.values]
    by_phone = [row for row in rows if "email" not in row.values]
    return await _matched(ctx, by_email, "email") | await _matched(ctx, by_phone, "phone")


async def _matched(ctx: Context, rows: Sequence[Row], by: str) -> dict[int, Match]:
    if not rows:
        return {}
    given = _given(
        row=(sa.Integer, [row.number for row in rows]),
        value=(sa.Text, [row.values[by] for row in rows]),
        name=(sa.Text, [_name(row) for row in rows]),
    )
    value_key, name_key = sa.func.fold(given.c.value), sa.func.fold(given.c.name)
    contact = REGISTRY["Contact"].table.alias("c")
    if by == "email":
        fits = [contact.c.email_key == value_key, contact.c.email_key != ""]
        fits.append(sa.not_(contact.c.duplicate_allowed))
    else:
        fits = [contact.c.phone == given.c.value, contact.c.name_key == name_key]
    found = _first(ctx, "Contact", contact, fits)
    statement = sa.select(
        given.c.row,
        value_key.label("value_key"),
        name_key.label("name_key"),
        found.c.id,
        found.c.seen,
    ).join_from(given, found, sa.true(), isouter=True)
    return {
        row["row"]: Match(
            email_key=row["value_key"] if by == "email" else "",
            name_key=row["name_key"],
            contact_id=row["id"],
            seen=bool(row["seen"]),
        )
        for row in await _fetch(ctx, statement)
    }


async def companies(ctx: Context, names: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """The folded key of each name, and the company in sight behind each key: by name or domain."""
    if not names:
        return {}, {}
    given = _given(name=(sa.Text, list(names)))
    key = sa.func.fold(given.c.name)
    company = REGISTRY["Company"].table.alias("c")
    named = _first(ctx, "Company", company, [company.c.name_key == key])
    like_a_domain = sa.func.strpos(given.c.name, ".") > 1
    domain = _first(ctx, "Company", company, [company.c.domain_key == key, like_a_domain])
    statement = (
        sa.select(
            given.c.name,
            key.label("key"),
            sa.case((named.c.seen, named.c.id), (domain.c.seen, domain.c.id)).label("id"),
        )
        .join_from(given, named, sa.true(), isouter=True)
        .join(domain, sa.true(), isouter=True)
    )
    found = await _fetch(ctx, statement)
    keys = {row["name"]: row["key"] for row in found}
    return keys, {row["key"]: row["id"] for row in found if row["id"]}


async def _fetch(ctx: Context, statement: sa.Select[Any]) -> list[Any]:
    # Tables grow a thousandfold during an import, so look-ups are planned for each batch anew; not
    # so the checks of foreign keys while rows are written, whose plans cost more than they save.
    await ctx.act.execute("SET LOCAL plan_cache_mode = force_custom_plan")
    found = await ctx.act.fetch(statement, bound(ctx.actor))
    await ctx.act.execute("SET LOCAL plan_cache_mode = auto")
    return found


def _first(
    ctx: Context, entity: str, table: Any, fits: Sequence[sa.ColumnElement[bool]]
) -> Any:
    """The live record that fits: one in sight before one out of sight, then the oldest."""
    scope = in_reach(REGISTRY[entity], ctx.actor, table)
    seen = (sa.true() if scope is None else scope).label("seen")
    return (
        sa.select(table.c.id, seen)
        .where(table.c.workspace_id == WORKSPACE, table.c.deleted_at.is_(None), *fits)
        .order_by(seen.desc(), table.c.id)
        .limit(1)
        .lateral()
    )


def _given(**columns: tuple[Any, list[Any]]) -> Any:
    """Values of ours as a table."""
    arrays = [sa.bindparam(None, values, type_=sa.ARRAY(kind)) for kind, values in columns.values()]
    names = [sa.column(name, kind) for name, (kind, _) in columns.items()]
    return sa.func.unnest(*arrays).table_valued(*names, name="given").render_derived()


def _name(row: Row) -> str:
    return f"{row.values.get('first_name', '')} {row.values.get('last_name', '')}"
