"""Pipelines and their stages: laid down with a workspace, then edited by its Admins."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from auth.context import Context, as_row
from auth.roles import Category
from core.codes import UserErrorCode
from core.errors import UserError, not_found
from core.ids import new_id
from core.writes import Transaction
from models.deals import Pipeline, PipelineStage
from models.enums import LeadStatus, PipelineKind, StageCategory
from models.registry import REGISTRY
from services import records, relocation
from services.rules import pipelines as rules
from services.rules.colors import is_color
from services.rules.forms import Form
from services.stages import PIPELINE, STAGE

MOST_STAGES = 50
MOST_PIPELINES = 100
LONGEST_NAME = 60
_CERTAIN = {StageCategory.WON: 100, StageCategory.LOST: 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStage:
    """A stage as an Admin describes it."""

    name: str
    color: str
    probability: int | None = None
    category: StageCategory | None = None
    lead_status: LeadStatus | None = None


async def seed(act: Transaction) -> None:
    """Give a fresh workspace the pipelines it begins with, "Sales" first."""
    named = [(kind, name, steps) for kind, of in rules.SEEDED.items() for name, steps in of.items()]
    for position, (kind, name, steps) in enumerate(named, start=1):
        pipeline = {"id": new_id(), "name": name, "kind": kind, "position": position}
        await act.insert(PIPELINE, pipeline)
        rows = [
            {"pipeline_id": pipeline["id"], "position": place, **asdict(stage)}
            for place, stage in enumerate(steps, start=1)
        ]
        await act.insert_many(STAGE, rows)


async def create(
    ctx: Context, *, name: str, kind: PipelineKind, given: Sequence[NewStage] | None
) -> Any:
    """Make a pipeline behind the others, with the stages that are named or the usual ones."""
    ctx.require(Category.ADMIN)
    pipelines = await _lock(ctx)
    if len(pipelines) >= MOST_PIPELINES:
        message = f"A workspace has at most {MOST_PIPELINES} pipelines."
        raise UserError(UserErrorCode.TOO_MANY, message, ("name",))
    if given is not None and len(given) > MOST_STAGES:
        message = f"A pipeline has at most {MOST_STAGES} stages."
        raise UserError(UserErrorCode.TOO_MANY, message, ("stages",))
    form = Form()
    title = form.text("name", name, longest=LONGEST_NAME)
    steps = (
        [asdict(stage) for stage in rules.DEFAULT[kind]]
        if given is None
        else [_nested(form, kind, one, at) for at, one in enumerate(given)]
    )
    form.done()
    _refuse_lacking(kind, [_row(values) for values in steps], ("stages",))
    _refuse_twins([values["name"] for values in steps], ("stages",))
    position = max((row["position"] for row in pipelines), default=0) + 1
    made = await ctx.act.insert(PIPELINE, {"name": title, "kind": kind, "position": position})
    await ctx.act.insert_many(
        STAGE,
        [
            {"pipeline_id": made["id"], "position": place, **values}
            for place, values in enumerate(steps, start=1)
        ],
    )
    return made


async def rename(
    ctx: Context, pipeline_id: str, *, name: str, expected_version: int | None = None
) -> Any:
    """Give a pipeline another name."""
    ctx.require(Category.ADMIN)
    row: Any = await records.locked(ctx, REGISTRY["Pipeline"], pipeline_id, expected_version)
    form = Form()
    title = form.text("name", name, longest=LONGEST_NAME)
    form.done()
    if title == row.name:
        return row
    return (await ctx.act.update(PIPELINE, PIPELINE.c.id == pipeline_id, {"name": title}))[0]


async def reorder(ctx: Context, pipeline_ids: Sequence[str]) -> list[Any]:
    """Put the pipelines in use into a new order; new records begin in the first of their kind."""
    ctx.require(Category.ADMIN)
    pipelines = await _lock(ctx)
    live = [row for row in pipelines if row["archived_at"] is None]
    return await _ordered(ctx, PIPELINE, live, pipeline_ids, "pipelineIds")


async def archive(
    ctx: Context,
    pipeline_id: str,
    *,
    move_to: str | None = None,
    expected_version: int | None = None,
) -> Any:
    """Take a pipeline out of use; what is in it goes to another one, stage by stage."""
    ctx.require(Category.ADMIN)
    pipelines = {row["id"]: row for row in await _lock(ctx)}
    row: Any = await records.locked(ctx, REGISTRY["Pipeline"], pipeline_id, expected_version)
    if row.archived_at is not None:
        raise UserError(UserErrorCode.INVALID_TRANSITION, "It is archived already.", ("id",))
    others = [
        one["id"]
        for one in pipelines.values()
        if one["kind"] == row.kind and one["archived_at"] is None and one["id"] != pipeline_id
    ]
    if not others:
        message = "It is the last pipeline of its kind; make another one first."
        raise UserError(UserErrorCode.IN_USE, message, ("id",))
    if move_to is not None and move_to not in others:
        await ctx.get(Pipeline, move_to, path=("moveToPipelineId",))
        message = "Name another pipeline in use, of the same kind."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("moveToPipelineId",))
    stages = await _stages(ctx, pipeline_id, lock=True, archived=True)
    held = await relocation.held(ctx, row.kind, [stage.id for stage in stages])
    if held and move_to is None:
        message = f"{sum(held.values())} records are in it: say which pipeline they go to."
        raise UserError(UserErrorCode.REQUIRED, message, ("moveToPipelineId",))
    if move_to is not None:
        targets = await _stages(ctx, move_to, lock=True)
        await _empty(ctx, row.kind, [one for one in stages if held.get(one.id)], targets)
    changed = {"archived_at": ctx.now}
    live = sa.and_(STAGE.c.pipeline_id == pipeline_id, STAGE.c.archived_at.is_(None))
    await ctx.act.update(STAGE, live, changed, event="archived")
    where = PIPELINE.c.id == pipeline_id
    return (await ctx.act.update(PIPELINE, where, changed, event="archived"))[0]


async def add_stage(
    ctx: Context, pipeline_id: str, given: NewStage, *, after_stage_id: str | None = None
) -> Any:
    """Add a stage below another one, or behind the last of its category."""
    ctx.require(Category.ADMIN)
    pipeline: Any = await ctx.get(Pipeline, pipeline_id, path=("pipelineId",), lock=True)
    if pipeline.archived_at is not None:
        message = "This pipeline is archived; add the stage to another one."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("pipelineId",))
    if after_stage_id is not None:
        await ctx.get(PipelineStage, after_stage_id, path=("afterStageId",))
    stages = await _stages(ctx, pipeline_id, lock=True)
    if len(stages) >= MOST_STAGES:
        message = f"A pipeline has at most {MOST_STAGES} stages; archive one first."
        raise UserError(UserErrorCode.TOO_MANY, message, ("name",))
    form = Form()
    values = _stage(form, pipeline.kind, given)
    form.done()
    _refuse_twins([*(stage.name for stage in stages), values["name"]], ("name",))
    at = _place(stages, values, after_stage_id)
    later = sa.and_(STAGE.c.pipeline_id == pipeline_id, STAGE.c.position > at)
    await ctx.act.update(STAGE, later, {"position": STAGE.c.position + 1})
    return await ctx.act.insert(STAGE, {"pipeline_id": pipeline_id, "position": at + 1, **values})


async def update_stage(
    ctx: Context, stage_id: str, given: Mapping[str, Any], *, expected_version: int | None = None
) -> Any:
    """Change a stage's name, colour or probability; deals already in it keep theirs."""
    ctx.require(Category.ADMIN)
    if not given:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Name at least one field to change.", ())
    found: Any = await ctx.get(PipelineStage, stage_id)
    await ctx.get(Pipeline, found.pipeline_id, lock=True)
    stages = await _stages(ctx, found.pipeline_id, lock=True)
    stage: Any = await records.locked(ctx, REGISTRY["PipelineStage"], stage_id, expected_version)
    form = Form()
    values = _checked(form, given, stage.category)
    form.done()
    if "name" in values:
        others = [one.name for one in stages if one.id != stage_id]
        _refuse_twins([*others, values["name"]], ("name",))
    changed = {name: value for name, value in values.items() if getattr(stage, name) != value}
    if not changed:
        return stage
    return (await ctx.act.update(STAGE, STAGE.c.id == stage_id, changed))[0]


async def reorder_stages(ctx: Context, pipeline_id: str, stage_ids: Sequence[str]) -> Any:
    """Put the stages of a pipeline into a new order; its records stay in theirs."""
    ctx.require(Category.ADMIN)
    pipeline = await ctx.get(Pipeline, pipeline_id, path=("pipelineId",), lock=True)
    stages = await _stages(ctx, pipeline_id, lock=True, archived=True)
    rows = [{"id": one.id, "position": one.position} for one in stages if not one.archived_at]
    await _ordered(ctx, STAGE, rows, stage_ids, "stageIds")
    # No two stages of a pipeline share a place: those out of use come behind the others.
    gone = [one for one in stages if one.archived_at]
    for place, stage in enumerate(gone, start=len(rows) + 1):
        if stage.position != place:
            await ctx.act.update(STAGE, STAGE.c.id == stage.id, {"position": place})
    return pipeline


async def archive_stage(
    ctx: Context,
    stage_id: str,
    *,
    move_to: str | None = None,
    expected_version: int | None = None,
) -> Any:
    """Take a stage out of use; its records go below those of another one that means the same."""
    ctx.require(Category.ADMIN)
    found: Any = await ctx.get(PipelineStage, stage_id)
    pipeline: Any = await ctx.get(Pipeline, found.pipeline_id, lock=True)
    stages = {one.id: one for one in await _stages(ctx, found.pipeline_id, lock=True)}
    stage: Any = await records.locked(ctx, REGISTRY["PipelineStage"], stage_id, expected_version)
    if stage.archived_at is not None:
        raise UserError(UserErrorCode.INVALID_TRANSITION, "It is archived already.", ("id",))
    others = [one for one in stages.values() if one.id != stage_id]
    _refuse_lacking(pipeline.kind, others, ("id",))
    target = stages.get(move_to or "")
    if move_to is not None and (target is None or move_to == stage_id):
        await ctx.get(PipelineStage, move_to, path=("moveToStageId",))
        message = "Name another stage of this pipeline, one that is in use."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("moveToStageId",))
    held = await relocation.held(ctx, pipeline.kind, [stage_id])
    if held and target is None:
        message = f"{held[stage_id]} records are in it: say which stage they go to."
        raise UserError(UserErrorCode.REQUIRED, message, ("moveToStageId",))
    if held and target is not None:
        _refuse_other_meaning(pipeline.kind, stage, target)
        await relocation.move_all(ctx, pipeline.kind, stage, target)
    changed = {"archived_at": ctx.now}
    return (await ctx.act.update(STAGE, STAGE.c.id == stage_id, changed, event="archived"))[0]


async def _empty(
    ctx: Context, kind: PipelineKind, stages: Sequence[Any], targets: Sequence[Any]
) -> None:
    for stage in stages:
        target = rules.counterpart(kind, stage, targets)
        if target is None:
            message = f"The other pipeline has no stage for what is in {stage.name}."
            raise UserError(UserErrorCode.INVALID_VALUE, message, ("moveToPipelineId",))
        await relocation.move_all(ctx, kind, stage, target)


async def _lock(ctx: Context) -> list[Any]:
    """All pipelines; nobody else adds, orders or archives any before the act ends."""
    await records.in_turn(ctx, "pipelines", "all")
    return await ctx.act.fetch(
        sa.select(PIPELINE)
        .where(PIPELINE.c.workspace_id == ctx.workspace_id)
        .order_by(PIPELINE.c.position, PIPELINE.c.id)
    )


async def _stages(
    ctx: Context, pipeline_id: str, *, lock: bool = False, archived: bool = False
) -> list[Any]:
    """The stages of a pipeline in their order; locked, no record enters one before the act ends."""
    statement = (
        sa.select(STAGE)
        .where(
            STAGE.c.workspace_id == ctx.workspace_id,
            STAGE.c.pipeline_id == pipeline_id,
            sa.true() if archived else STAGE.c.archived_at.is_(None),
        )
        .order_by(STAGE.c.position, STAGE.c.id)
    )
    rows = await ctx.act.fetch(statement.with_for_update(key_share=True) if lock else statement)
    return [as_row(PipelineStage, row) for row in rows]


async def _ordered(
    ctx: Context, table: sa.Table, rows: Sequence[Any], ids: Sequence[str], path: str
) -> list[Any]:
    """Give rows the positions of their ids; every one in use is named once."""
    known = {row["id"]: row for row in rows}
    for at, one in enumerate(ids):
        if one not in known:
            raise not_found((path, at))
    if sorted(ids) != sorted(known):
        message = "Name every one that is in use, each once."
        raise UserError(UserErrorCode.INVALID_VALUE, message, (path,))
    for place, one in enumerate(ids, start=1):
        if known[one]["position"] != place:
            known[one] = (await ctx.act.update(table, table.c.id == one, {"position": place}))[0]
    return [known[one] for one in ids]


def _nested(form: Form, kind: str, given: NewStage, at: int) -> dict[str, Any]:
    own = Form()
    values = _stage(own, kind, given)
    form.refusals += [refusal.at("stages", at) for refusal in own.refusals]
    return values


def _stage(form: Form, kind: str, given: NewStage) -> dict[str, Any]:
    """The columns of a new stage; what is wrong with it is noted on the form."""
    category = given.category or StageCategory.OPEN
    if kind == PipelineKind.LEAD:
        if given.lead_status is None:
            message = "A stage of leads lies within a status: send `leadStatus`."
            form.refuse(UserErrorCode.REQUIRED, message, "leadStatus")
        category = StageCategory[rules.LEAD_CATEGORY.get(given.lead_status or "", "OPEN")]
    elif given.lead_status is not None:
        message = "Only stages of leads have a status."
        form.refuse(UserErrorCode.INVALID_VALUE, message, "leadStatus")
    if kind == PipelineKind.PROJECT and category == StageCategory.LOST:
        message = "A project is open or completed, which is WON."
        form.refuse(UserErrorCode.INVALID_VALUE, message, "category")
    certain = _CERTAIN.get(category, 0)
    probability = certain if given.probability is None else given.probability
    wanted = {"name": given.name, "color": given.color, "probability": probability}
    values = _checked(form, wanted, category)
    return {**values, "category": category, "lead_status": given.lead_status}


def _checked(form: Form, given: Mapping[str, Any], category: str) -> dict[str, Any]:
    values = dict(given)
    if "name" in given:
        values["name"] = form.text("name", given["name"] or "", longest=LONGEST_NAME)
    if "color" in given:
        values["color"] = (given["color"] or "").strip().lower()
        if not is_color(values["color"]):
            message = "Send a colour as #rrggbb."
            form.refuse(UserErrorCode.INVALID_VALUE, message, "color")
    if "probability" in given:
        _check_probability(form, given["probability"], category)
    return values


def _check_probability(form: Form, value: int | None, category: str) -> None:
    certain = _CERTAIN.get(StageCategory[category])
    if value is None:
        form.refuse(UserErrorCode.REQUIRED, "Send a number of percent.", "probability")
    elif certain is not None and value != certain:
        message = f"A {category.lower()} deal has a probability of {certain}."
        form.refuse(UserErrorCode.INVALID_VALUE, message, "probability")
    elif not 0 <= value <= 100:  # noqa: PLR2004 - percent
        message = "Send a whole number from 0 to 100."
        form.refuse(UserErrorCode.INVALID_VALUE, message, "probability")


def _row(values: Mapping[str, Any]) -> Any:
    return PipelineStage(**{name: values[name] for name in ("name", "category", "lead_status")})


def _place(stages: Sequence[Any], values: Mapping[str, Any], after_stage_id: str | None) -> int:
    """Behind which position a new stage comes."""
    if after_stage_id is not None:
        for stage in stages:
            if stage.id == after_stage_id:
                return int(stage.position)
        raise not_found(("afterStageId",))
    alike = [one.position for one in stages if one.category == values["category"]]
    return int(max(alike or [one.position for one in stages]))


def _refuse_lacking(kind: str, stages: Sequence[Any], path: tuple[str, ...]) -> None:
    if lacking := rules.lacking(kind, stages):
        what = " and ".join(lacking)
        message = f"A pipeline of this kind keeps at least one stage that is {what}."
        raise UserError(UserErrorCode.IN_USE, message, path)


def _refuse_twins(names: Sequence[str], path: tuple[str, ...]) -> None:
    folded = [name.casefold() for name in names]
    for name in names:
        if folded.count(name.casefold()) > 1:
            message = f"Two stages of a pipeline are not both called {name}."
            raise UserError(UserErrorCode.DUPLICATE, message, path)


def _refuse_other_meaning(kind: str, stage: Any, target: Any) -> None:
    meant = rules.what_it_is(kind, stage)
    if rules.what_it_is(kind, target) != meant:
        message = f"Its records go to a stage that is {meant} as well."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("moveToStageId",))
