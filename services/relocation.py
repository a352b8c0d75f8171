"""Moving all records of a stage at once, where the stage itself goes out of use.

No card was moved by anybody: gates are not asked, and no tasks are made.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from models import metadata
from models.base import uuids
from models.enums import PipelineKind
from services import boards
from services.rules import ranks

_CARDS = {
    PipelineKind.DEAL: metadata.tables["deal"],
    PipelineKind.LEAD: metadata.tables["lead"],
    PipelineKind.PROJECT: metadata.tables["project"],
}
_CHANGE = metadata.tables["stage_change"]

_MOVE = """
UPDATE {table} AS card
SET pipeline_id = $2, stage_id = $3, stage_entered_at = $4, rank = given.rank,
    version = card.version + 1, updated_at = $4 {more}
FROM unnest($5::uuid[], $6::text[]) AS given(id, rank)
WHERE card.workspace_id = $1 AND card.id = given.id
"""
_PROBABILITY = """,
    probability = CASE card.probability_source WHEN 'STAGE' THEN {probability}
                  ELSE card.probability END"""
_LEAVE = """
UPDATE stage_change AS change
SET left_at = $2, version = change.version + 1, updated_at = $2
WHERE change.workspace_id = $1 AND change.deal_id = ANY($3::uuid[]) AND change.left_at IS NULL
"""
_ENTER = """
INSERT INTO stage_change (workspace_id, id, deal_id, from_stage_id, to_stage_id, by_id, entered_at,
                          created_at, updated_at)
SELECT $1, uuidv7(), deal_id, $2, $3, $4, $5, $5, $5 FROM unnest($6::uuid[]) AS deal_id
"""


async def held(ctx: Context, kind: str, stage_ids: Sequence[str]) -> dict[str, int]:
    """How many records are in each of the stages that hold any, deleted ones too."""
    cards = _CARDS[PipelineKind[kind]]
    ids = uuids(stage_ids)
    rows = await ctx.act.fetch(
        sa.select(cards.c.stage_id, sa.func.count().label("count"))
        .where(cards.c.workspace_id == ctx.workspace_id, cards.c.stage_id == sa.any_(ids))
        .group_by(cards.c.stage_id)
    )
    return {row["stage_id"]: row["count"] for row in rows}


async def move_all(ctx: Context, kind: str, stage: Any, target: Any) -> None:
    """Put every record of a stage below those of another one of the same meaning."""
    cards = _CARDS[PipelineKind[kind]]
    for column in sorted((stage.id, target.id)):
        await boards.lock(ctx, cards, column)
    rows = await ctx.act.fetch(
        sa.select(cards.c.id, cards.c.rank, cards.c.deleted_at)
        .where(cards.c.workspace_id == ctx.workspace_id, cards.c.stage_id == stage.id)
        .order_by(cards.c.rank, cards.c.id)
        .with_for_update()
    )
    ids = [row["id"] for row in rows]
    await ctx.act.write_set(
        cards,
        f"{cards.name}.stage_changed",
        _MOVE.format(table=cards.name, more=_more(kind, target)),
        ctx.workspace_id,
        target.pipeline_id,
        target.id,
        ctx.now,
        ids,
        await _places(ctx, cards, rows, target),
    )
    if kind == PipelineKind.DEAL:
        await _note(ctx, stage, target, ids)


async def _places(ctx: Context, cards: sa.Table, rows: Sequence[Any], target: Any) -> list[str]:
    """Places below the last card of the target, in the order they had; deleted ones have none."""
    rank = await boards.last_rank(ctx, cards, cards.c.stage_id, target.id)
    places = []
    for row in rows:
        if row["deleted_at"] is None:
            rank = ranks.between(rank, "")
        places.append(row["rank"] if row["deleted_at"] else rank)
    return places


def _more(kind: str, target: Any) -> str:
    if kind != PipelineKind.DEAL:
        return ""
    return _PROBABILITY.format(probability=int(target.probability))


async def _note(ctx: Context, stage: Any, target: Any, ids: Sequence[str]) -> None:
    """Write the entries into the stage down in the deals' history."""
    workspace, now = ctx.workspace_id, ctx.now
    await ctx.act.write_set(_CHANGE, "stage_change.updated", _LEAVE, workspace, now, list(ids))
    await ctx.act.write_set(
        _CHANGE,
        "stage_change.created",
        _ENTER,
        workspace,
        stage.id,
        target.id,
        ctx.actor.user_id,
        now,
        list(ids),
    )
