"""Deals: where a new one starts, the one way it changes its stage, and who sees what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from auth.context import Context, as_row
from core.codes import UserErrorCode
from core.errors import UserError
from core.ids import new_id
from core.money import rounded
from models import metadata
from models.deals import Deal, PipelineStage
from models.enums import PipelineKind, ProbabilitySource, StageCategory
from models.registry import REGISTRY
from services import boards, gates, records, stage_tasks, stages
from services.rules import pipelines as rules

DEAL = metadata.tables["deal"]
CHANGE = metadata.tables["stage_change"]
_WORKSPACE = metadata.tables["workspace"]
_FOLLOWERS = tuple(metadata.tables[name] for name in ("quote", "contract", "invoice"))
_SECONDS_A_DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Moved:
    """A deal after a move, what a soft gate had to say, and the tasks the stage brought."""

    deal: Any
    warnings: Sequence[gates.Warned] = ()
    tasks: Sequence[Any] = ()


async def create(
    ctx: Context,
    given: Mapping[str, Any],
    *,
    pipeline_id: str | None = None,
    stage_id: str | None = None,
) -> Any:
    """Open a deal in a pipeline's stage: the first of the first pipeline unless told otherwise.

    The gate of a stage holds for who begins there, too.
    """
    records.may_write(ctx, REGISTRY["Deal"])
    stage = await stages.beginning(ctx, PipelineKind.DEAL, pipeline_id, stage_id)
    by_hand = given.get("probability") is not None and stage.category == StageCategory.OPEN
    defaults = {
        "probability": stage.probability,
        "close_date": ctx.today + timedelta(days=await _days_to_close(ctx)),
    }
    values = {name: value for name, value in given.items() if value is not None}
    if not by_hand:
        values.pop("probability", None)
    money: dict[str, Any] = {}
    if "value" not in values:
        nothing = rounded(Decimal(0), ctx.actor.currency)
        money = {"value_amount": nothing, "value_currency": ctx.actor.currency}
    row = await records.create(
        ctx,
        REGISTRY["Deal"],
        defaults | values,
        **money,
        pipeline_id=stage.pipeline_id,
        stage_id=stage.id,
        probability_source=ProbabilitySource.MANUAL if by_hand else ProbabilitySource.STAGE,
        closed_at=None if stage.category == StageCategory.OPEN else ctx.now,
        stage_entered_at=ctx.now,
        rank=await boards.top(ctx, DEAL, DEAL.c.stage_id, stage.id),
    )
    deal = as_row(Deal, row)
    if stage.category != StageCategory.LOST:
        await gates.check(ctx, deal, stage)
    await stage_tasks.spawn(ctx, deal, stage, await _entered(ctx, deal, stage, None))
    return row


async def update(
    ctx: Context, record_id: str, given: Mapping[str, Any], expected_version: int | None = None
) -> Any:
    """Change a deal; a new owner takes over its quotes, contracts and invoices as well."""
    entity = REGISTRY["Deal"]
    before: Any = await ctx.get(Deal, record_id, lock=True)
    if given.get("probability") is not None:
        await _refuse_closed(ctx, before)
    row = await records.update(ctx, entity, record_id, given, expected_version)
    if given.get("probability") is not None:
        source = {"probability_source": ProbabilitySource.MANUAL}
        if before.probability_source != ProbabilitySource.MANUAL:
            row = (await ctx.act.update(DEAL, DEAL.c.id == record_id, source))[0]
    if "owner_id" in given or "owner" in given:
        await _hand_over(
            ctx, record_id, row["owner_id"] if not isinstance(row, Deal) else row.owner_id
        )
    return row


async def move(
    ctx: Context,
    deal_id: str,
    stage_id: str,
    *,
    after: str | None = None,
    before: str | None = None,
    expected_version: int | None = None,
    bypass_gates: bool = False,
) -> Moved:
    """Put a deal into a stage, of its pipeline or another one, and at its place there.

    Every change of a stage goes through here. Gates are asked on the way forward: not on the way
    back, and not where a deal is given up. The product's own moves may bypass them, and say so.
    """
    entity = REGISTRY["Deal"]
    records.may_write(ctx, entity)
    await ctx.get(Deal, deal_id)
    stage = await stages.entering(ctx, stage_id, PipelineKind.DEAL)
    rank = await boards.place(
        ctx, DEAL, DEAL.c.stage_id, stage.id, card_id=deal_id, after=after, before=before
    )
    deal: Any = await records.locked(ctx, entity, deal_id, expected_version)
    if deal.stage_id == stage.id:
        return Moved(await _placed(ctx, deal, rank))
    left: Any = await ctx.get(PipelineStage, deal.stage_id)
    warnings: Sequence[gates.Warned] = ()
    if rules.is_gated(left, stage) and not bypass_gates:
        warnings = await gates.check(ctx, deal, stage, left)
    values = rules.entered(left, stage, deal, ctx.now) | {"rank": rank}
    event = rules.MOVED[stage.category]
    row = (await ctx.act.update(DEAL, DEAL.c.id == deal_id, values, event=event))[0]
    if bypass_gates:
        ctx.act.emit(f"deal.{event}", "deal", deal_id, gateBypassed=True)
    moved = as_row(Deal, row)
    change_id = await _entered(ctx, moved, stage, left)
    return Moved(row, warnings, await stage_tasks.spawn(ctx, moved, stage, change_id))


async def restore(ctx: Context, record_id: str) -> Any:
    """Bring a deleted deal back, on top of the stage it was in."""
    entity = REGISTRY["Deal"]
    records.may_write(ctx, entity)
    found: Any = await ctx.get(Deal, record_id, deleted=True)
    rank = await boards.top(ctx, DEAL, DEAL.c.stage_id, found.stage_id)
    deal: Any = await ctx.get(Deal, record_id, lock=True, deleted=True)
    if deal.stage_id != found.stage_id:
        # The stage went out of use meanwhile and handed its deals on.
        rank = await boards.top(ctx, DEAL, DEAL.c.stage_id, deal.stage_id)
    return await records.restore(ctx, entity, record_id, rank=rank)


async def weighted_values(_reading: Any, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What each deal is expected to bring times the chance of winning it."""
    return [
        {
            "amount": rounded(
                Decimal(row["value_amount"]) * row["probability"] / 100, row["value_currency"]
            ),
            "currency": row["value_currency"],
        }
        for row in rows
    ]


async def days_in_stage(reading: Any, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """For how many whole days each deal has been in its stage."""
    return [
        int((reading.now - row["stage_entered_at"]).total_seconds() // _SECONDS_A_DAY)
        for row in rows
    ]


async def durations(reading: Any, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """How many seconds each entry into a stage lasted, or lasts by now."""
    return [
        int(((row["left_at"] or reading.now) - row["entered_at"]).total_seconds()) for row in rows
    ]


async def _placed(ctx: Context, deal: Any, rank: str) -> Any:
    if deal.rank == rank:
        return deal
    return (await ctx.act.update(DEAL, DEAL.c.id == deal.id, {"rank": rank}))[0]


async def _entered(ctx: Context, deal: Any, stage: Any, left: Any) -> str:
    """Write the entry into a stage down, and that the one before it is over; its id."""
    if left is not None:
        running = sa.and_(CHANGE.c.deal_id == deal.id, CHANGE.c.left_at.is_(None))
        await ctx.act.update(CHANGE, running, {"left_at": ctx.now})
    change_id = new_id()
    entry = {
        "id": change_id,
        "deal_id": deal.id,
        "from_stage_id": left.id if left is not None else None,
        "to_stage_id": stage.id,
        "by_id": ctx.actor.user_id if ctx.actor.is_person else None,
        "entered_at": ctx.now,
    }
    await ctx.act.insert(CHANGE, entry)
    return change_id


async def _hand_over(ctx: Context, deal_id: str, owner_id: str | None) -> None:
    # Who sees a deal sees what came of it: visibility is by the owner's column alone.
    for table in _FOLLOWERS:
        others = sa.and_(table.c.deal_id == deal_id, table.c.owner_id.is_distinct_from(owner_id))
        await ctx.act.update(table, others, {"owner_id": owner_id})


async def _refuse_closed(ctx: Context, deal: Any) -> None:
    stage: Any = await ctx.get(PipelineStage, deal.stage_id)
    if stage.category != StageCategory.OPEN:
        message = "A closed deal's probability is 100 or 0."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("probability",))


async def _days_to_close(ctx: Context) -> int:
    rows = await ctx.act.fetch(
        sa.select(_WORKSPACE.c.days_to_close).where(_WORKSPACE.c.workspace_id == ctx.workspace_id)
    )
    return int(rows[0]["days_to_close"])
