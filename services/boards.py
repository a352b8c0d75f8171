"""Boards: the places of cards in their columns, given under the column's lock."""

from typing import Any

import sqlalchemy as sa

from auth.context import Context
from services.rules import ranks


async def top(ctx: Context, cards: sa.Table, column: sa.Column[Any], value: str) -> str:
    """A place above every card of a column, which is kept from others until the act ends."""
    await lock(ctx, cards, value)
    rows = await ctx.act.fetch(
        sa.select(cards.c.rank)
        .where(
            cards.c.workspace_id == ctx.workspace_id, column == value, cards.c.deleted_at.is_(None)
        )
        .order_by(cards.c.rank)
        .limit(1)
    )
    return ranks.between("", rows[0]["rank"] if rows else "")


async def lock(ctx: Context, cards: sa.Table, value: str) -> None:
    """Keep a column from others until the act ends; lock columns before their cards."""
    await ctx.act.fetch_text(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
        f"{ctx.workspace_id}:{cards.name}:{value}",
    )
