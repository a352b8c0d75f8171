"""What the demo's records of a workspace are made of, read from it."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from core.errors import not_found
from core.ids import new_id
from core.writes import Transaction
from models import metadata
from models.enums import CaseStatusCategory, LeadStatus, PipelineKind, StageCategory, UserStatus
from services import pipelines, sla
from services.demo import catalogue
from services.demo.world import Column, Desk, Person, Pipeline, Stage, World

_WORKSPACE = metadata.tables["workspace"]
_USER = metadata.tables["user"]
_PIPELINE = metadata.tables["pipeline"]
_STAGE = metadata.tables["pipeline_stage"]
_STATUS = metadata.tables["case_status"]


async def world(act: Transaction) -> World:
    """What the workspace's records are made of, after adding the catalogue where it is missing."""
    rows = await act.fetch(sa.select(_WORKSPACE).where(_WORKSPACE.c.workspace_id == act.workspace))
    if not rows:
        raise not_found(("workspace",))
    about = rows[0]
    zone = ZoneInfo(about["time_zone"])
    today = act.now.astimezone(zone).date()
    stages = await _stages(act) or await _seeded(act)
    return World(
        seed=about["name"],
        now=act.now,
        zone=zone,
        currency=about["currency"],
        owners=await _owners(act),
        pipelines=_pipelines(stages),
        leads=_lead_stages(stages),
        projects=[_stage(row) for row in stages if row["kind"] == PipelineKind.PROJECT],
        desk=await _desk(act, zone, about["support_team_id"]),
        products=await catalogue.stocked(act, today, about["currency"]),
        new_id=new_id,
    )


async def _owners(act: Transaction) -> list[Person]:
    rows = await act.fetch(
        sa.select(_USER.c.id, _USER.c.first_name, _USER.c.last_name, _USER.c.email)
        .where(_USER.c.workspace_id == act.workspace, _USER.c.status == UserStatus.ACTIVE)
        .order_by(_USER.c.email_key)
    )
    return [
        Person(row["id"], f"{row['first_name']} {row['last_name']}", row["email"]) for row in rows
    ]


async def _seeded(act: Transaction) -> list[Any]:
    await pipelines.seed(act)
    return await _stages(act)


async def _stages(act: Transaction) -> list[Any]:
    """The stages in use, pipeline by pipeline."""
    return await act.fetch(
        sa.select(_STAGE, _PIPELINE.c.kind)
        .join(
            _PIPELINE,
            sa.and_(
                _PIPELINE.c.workspace_id == _STAGE.c.workspace_id,
                _PIPELINE.c.id == _STAGE.c.pipeline_id,
            ),
        )
        .where(_STAGE.c.workspace_id == act.workspace, _STAGE.c.archived_at.is_(None))
        .order_by(_PIPELINE.c.position, _PIPELINE.c.id, _STAGE.c.position)
    )


def _stage(row: Any) -> Stage:
    return Stage(
        row["id"],
        row["pipeline_id"],
        row["name"],
        row["probability"],
        StageCategory[row["category"]],
    )


def _pipelines(rows: Sequence[Any]) -> list[Pipeline]:
    """The pipelines that a deal can go all the way through."""
    stages = [_stage(row) for row in rows if row["kind"] == PipelineKind.DEAL]
    grouped = groupby(stages, key=attrgetter("pipeline_id"))
    return [whole for _, group in grouped if (whole := _pipeline(list(group)))]


def _pipeline(stages: list[Stage]) -> Pipeline | None:
    kinds: dict[StageCategory, list[Stage]] = {kind: [] for kind in StageCategory}
    for stage in stages:
        kinds[stage.category].append(stage)
    if not all(kinds.values()):
        return None
    return Pipeline(
        kinds[StageCategory.OPEN], kinds[StageCategory.WON][0], kinds[StageCategory.LOST][0]
    )


def _lead_stages(rows: Sequence[Any]) -> dict[LeadStatus, Stage]:
    """The first stage of each status, in the first pipeline of leads."""
    leads = [row for row in rows if row["kind"] == PipelineKind.LEAD]
    own = [row for row in leads if row["pipeline_id"] == leads[0]["pipeline_id"]]
    return {LeadStatus[row["lead_status"]]: _stage(row) for row in reversed(own)}


async def _desk(act: Transaction, zone: ZoneInfo, team_id: str | None) -> Desk:
    columns = await act.fetch(
        sa.select(_STATUS)
        .where(_STATUS.c.workspace_id == act.workspace, _STATUS.c.archived_at.is_(None))
        .order_by(_STATUS.c.position, _STATUS.c.id)
    )
    return Desk(
        [Column(row["id"], row["name"], CaseStatusCategory[row["category"]]) for row in columns],
        await sla.policies_in(act, zone),
        team_id,
    )
