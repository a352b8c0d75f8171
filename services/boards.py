"""Boards: the places of cards in their columns, given under the column's lock."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from auth.policy import visible
from core.codes import UserErrorCode
from core.errors import UserError
from models import metadata
from models.base import Uuid
from models.registry import REGISTRY, Entity, pointer
from services.rules import ranks

_EVENT = metadata.tables["event"]

_SPREAD = """
UPDATE "{table}" AS card
SET rank = given.rank, version = card.version + 1, updated_at = $2
FROM unnest($3::uuid[], $4::text[]) AS given(id, rank)
WHERE card.workspace_id = $1 AND card.id = given.id
"""


async def top(ctx: Context, cards: sa.Table, column: sa.Column[Any], value: str) -> str:
    """A place above every card of a column, which is kept from others until the act ends."""
    await lock(ctx, cards, value)
    first = await _Column(ctx, cards, column, value).next("", above=False)
    return ranks.between("", first["rank"] if first else "")


async def place(
    ctx: Context,
    cards: sa.Table,
    column: sa.Column[Any],
    value: str,
    *,
    card_id: str,
    after: str | None = None,
    before: str | None = None,
) -> str:
    """A card's place in a column: below `after` if that is there, else above `before`, or on top.

    The column is kept from others until the act ends; call this before the card is locked.
    """
    if card_id in {after, before}:
        message = "A card is placed beside another one, not beside itself."
        path = "afterCardId" if card_id == after else "beforeCardId"
        raise UserError(UserErrorCode.INVALID_VALUE, message, (path,))
    await lock(ctx, cards, value)
    there = _Column(ctx, cards, column, value)
    anchors = await there.ranks_of([one for one in (after, before) if one])
    anchor = anchors.get(after or "") or anchors.get(before or "") or ""
    if (after or before) and not anchor:
        raise await there.stale(after or before)
    above = bool(anchor) and after not in anchors
    beside = await there.next(anchor, above=above)
    if beside and beside["id"] == card_id:
        # It is there already.
        return str(beside["rank"])
    other = beside["rank"] if beside else ""
    low, high = (other, anchor) if above else (anchor, other)
    rank = ranks.between(low, high)
    return rank if len(rank) <= ranks.LONGEST else await there.spread(card_id, low)


async def last_rank(ctx: Context, cards: sa.Table, column: sa.Column[Any], value: str) -> str:
    """The place of a column's last card, empty where there is none; lock the column before."""
    last = await _Column(ctx, cards, column, value).fetch(by=cards.c.rank.desc())
    return str(last[0]["rank"]) if last else ""


async def lock(ctx: Context, cards: sa.Table, value: str) -> None:
    """Keep a column from others until the act ends; lock columns before their cards."""
    await ctx.act.fetch_text(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
        f"{ctx.workspace_id}:{cards.name}:{value}",
    )


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of a board, with the cards that are out of the actor's sight."""

    ctx: Context
    cards: sa.Table
    by: sa.Column[Any]
    value: str

    @property
    def entity(self) -> Entity:
        """What its cards are."""
        return REGISTRY.of_table(self.cards.name)

    def seen(self) -> sa.ColumnElement[bool]:
        """The cards the actor sees, of any column."""
        return visible(self.entity, self.ctx.actor, self.cards)

    async def fetch(self, *conditions: sa.ColumnElement[bool], by: Any = None) -> Sequence[Any]:
        """The live cards under conditions: the first in an order, else all from the top."""
        cards = self.cards
        statement = sa.select(cards.c.id, cards.c.rank).where(
            cards.c.workspace_id == self.ctx.workspace_id,
            self.by == self.value,
            cards.c.deleted_at.is_(None),
            *conditions,
        )
        ordered = (
            statement.order_by(cards.c.rank) if by is None else statement.order_by(by).limit(1)
        )
        return await self.ctx.act.fetch(ordered, self.ctx.actor.bound)

    async def next(self, rank: str, *, above: bool, seen: bool = False) -> Any:
        """The card next to a place, above or below it; of all of them or of those in sight."""
        own = self.cards.c.rank
        sight = self.seen() if seen else sa.true()
        if above:
            found = await self.fetch(own < rank, sight, by=own.desc())
        else:
            found = await self.fetch(own > rank, sight, by=own.asc())
        return found[0] if found else None

    async def ranks_of(self, wanted: Sequence[str]) -> dict[str, str]:
        """The places of those of the cards that are in the column and in the actor's sight."""
        if not wanted:
            return {}
        ids = sa.bindparam("wanted", list(wanted), type_=sa.ARRAY(Uuid))
        rows = await self.fetch(self.cards.c.id == sa.any_(ids), self.seen())
        return {row["id"]: row["rank"] for row in rows}

    async def stale(self, gone: str | None) -> UserError:
        """The refusal of a place that is no more, with the cards around it now."""
        rank = await self._last_rank(gone)
        sides = {}
        for side in ("above", "below"):
            found = await self.next(rank, above=side == "above", seen=True)
            sides[side] = pointer(self.entity.name, found["id"] if found else None)
        message = "Neither card is in this column any more; place it beside `above` or `below`."
        return UserError(UserErrorCode.STALE_POSITION, message, ("afterCardId",), **sides)

    async def _last_rank(self, gone: str | None) -> str:
        """Where a card in sight stood in the column when it was last there; else the top."""
        cards, changes = self.cards, _EVENT.c.changes
        rows = await self.ctx.act.fetch(
            sa.select(sa.func.coalesce(changes["rank"]["before"].astext, cards.c.rank))
            .select_from(cards)
            .join(_EVENT, _EVENT.c.record_id == cards.c.id)
            .where(
                self.seen(),
                cards.c.id == gone,
                _EVENT.c.workspace_id == self.ctx.workspace_id,
                _EVENT.c.entity == cards.name,
                changes[self.by.name]["before"].astext == self.value,
            )
            .order_by(_EVENT.c.position.desc())
            .limit(1),
            self.ctx.actor.bound,
        )
        return str(rows[0][0]) if rows else ""

    async def spread(self, card_id: str, low: str) -> str:
        """Give all cards new places in their order; the place of this one, behind `low`."""
        rows = await self.fetch()
        others = [row for row in rows if row["id"] != card_id]
        at = sum(row["rank"] <= low for row in others)
        places = ranks.spread(len(others) + 1, frozenset(row["rank"] for row in rows))
        own = places.pop(at)
        await self.ctx.act.write_set(
            self.cards,
            f"{self.cards.name}.updated",
            _SPREAD.format(table=self.cards.name),
            self.ctx.workspace_id,
            self.ctx.now,
            [row["id"] for row in others],
            places,
        )
        return own
