"""Scores of leads: the signals that are counted, once each, and the scores that follow from them.

The formula is that of `services.rules.scoring`; here it is written for many leads at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by

from auth.context import Context
from auth.policy import WORKSPACE
from auth.roles import Category
from core.codes import UserErrorCode
from core.errors import UserError
from core.sql import Remembered
from core.writes import Transaction
from models import metadata
from models.automation_enums import LeadSignal
from models.base import Uuid
from models.registry import REGISTRY
from models.standard_scores import STANDARD
from services import due_work, records, sweeps
from services.rules import scoring
from services.rules.forms import Form

DUE = "lead_scores"
"""The kind of work that brings all scores of a workspace up to date."""
WEIGHT, SIGNAL = metadata.tables["lead_score_weight"], metadata.tables["lead_signal"]
LEAD = metadata.tables["lead"]
_BOUNDS = {"points": (0, 100), "most": (0, 100), "half_life_days": (1, 3650)}
_PATHS = {"half_life_days": "halfLifeDays"}
_NEWEST = 500
"""So many signals of a kind are looked at to say what they add: far more than any weight needs."""

_KEEP = """
INSERT INTO lead_signal (workspace_id, key, lead_id, signal, at)
SELECT $1, told.key, told.lead_id, told.signal, told.at
FROM unnest($2::text[], $3::uuid[], $4::text[], $5::timestamptz[])
  AS told (key, lead_id, signal, at)
JOIN lead ON lead.workspace_id = $1 AND lead.id = told.lead_id
ON CONFLICT DO NOTHING RETURNING lead_id
"""
_SCORE = """
UPDATE lead SET score = fresh.score, version = lead.version + 1, updated_at = $2
FROM (
  SELECT lead_id, least(100, floor(sum(round(part::numeric, 2)) + 0.5))::int AS score
  FROM (
    SELECT seen.lead_id, least(weight.most, weight.points * sum(
      CASE WHEN weight.half_life_days IS NULL THEN 1
      ELSE power(0.5::float8, greatest(0, extract(epoch FROM $2 - seen.at))::float8
                              / 86400 / weight.half_life_days) END)) AS part
    FROM lead_signal AS seen
    JOIN lead_score_weight AS weight
      ON weight.workspace_id = $1 AND weight.signal = seen.signal
    WHERE seen.workspace_id = $1 {only}
    GROUP BY seen.lead_id, weight.signal, weight.points, weight.most
  ) AS parts
  GROUP BY lead_id
) AS fresh
WHERE lead.workspace_id = $1 AND lead.id = fresh.lead_id AND lead.score <> fresh.score
  AND lead.deleted_at IS NULL AND lead.status <> 'CONVERTED'
"""
FADING = sweeps.question(sweeps.rows(SIGNAL))
"""Whether any signal was counted that may fade."""
_STATEMENTS = Remembered()
_LEADS = sa.bindparam("leads", None, type_=sa.ARRAY(Uuid))


@dataclass(frozen=True, slots=True)
class Told:
    """A signal of a lead, and what tells it from every other."""

    key: str
    lead_id: str
    signal: LeadSignal
    at: datetime


async def seed(act: Transaction) -> None:
    """Give a fresh workspace its weights."""
    await act.insert_many(WEIGHT, [one._asdict() for one in STANDARD])


async def update_weight(
    ctx: Context,
    weight_id: str,
    given: Mapping[str, Any],
    expected_version: int | None = None,
) -> Any:
    """Change what a signal is worth; the scores of all leads follow in the background."""
    ctx.require(Category.ADMIN)
    entity = REGISTRY["LeadScoreWeight"]
    weight: Any = await records.locked(ctx, entity, weight_id, expected_version)
    if not given:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Name at least one field to change.")
    form = Form()
    for name, value in given.items():
        least, most = _BOUNDS[name]
        fades_not = name == "half_life_days" and value is None
        if not fades_not and (value is None or not least <= value <= most):
            message = f"Send a whole number from {least} to {most}."
            form.refuse(UserErrorCode.INVALID_VALUE, message, _PATHS.get(name, name))
    form.done()
    changed = {name: value for name, value in given.items() if getattr(weight, name) != value}
    if not changed:
        return weight
    await due_work.enqueue(ctx.act, DUE, ctx.workspace_id)
    return (await ctx.act.update(WEIGHT, WEIGHT.c.id == weight_id, changed))[0]


async def count(act: Transaction, told: Sequence[Told]) -> None:
    """Count signals that were not counted yet, and write the scores that follow."""
    if not told:
        return
    columns = [[getattr(one, name) for one in told] for name in ("key", "lead_id", "signal", "at")]
    rows = await act.fetch_text(_KEEP, act.workspace, *columns)
    if rows:
        await _write(act, [row["lead_id"] for row in rows])


async def refresh(act: Transaction) -> None:
    """Bring the scores of all leads of a workspace up to date: weights change, signals fade."""
    await _write(act, None)


async def _write(act: Transaction, lead_ids: Sequence[str] | None) -> None:
    """Write the scores that differ; leads without any signal keep theirs."""
    only = "" if lead_ids is None else "AND seen.lead_id = ANY($3::uuid[])"
    more = [] if lead_ids is None else [list(dict.fromkeys(lead_ids))]
    statement = _SCORE.format(only=only)
    await act.write_set(LEAD, "lead.scored", statement, act.workspace, act.now, *more)


async def breakdowns(reading: Any, rows: Sequence[Mapping[str, Any]]) -> list[list[dict[str, Any]]]:
    """What each kind of signal adds to the score of each lead by now; one statement for all."""
    statement = _STATEMENTS.of("signals", _signals)
    found = await reading.fetch(statement.with_values(leads=[row["id"] for row in rows]))
    by_lead: dict[str, list[dict[str, Any]]] = {row["id"]: [] for row in rows}
    for row in found:
        weight = scoring.Weight(row["points"], row["most"], row["half_life_days"])
        by_lead[row["lead_id"]].append(
            {
                "signal": LeadSignal[row["signal"]],
                "count": row["count"],
                "points": scoring.part(weight, row["moments"], reading.now),
                "last_at": row["last_at"],
            }
        )
    return list(by_lead.values())


def _signals() -> sa.Select[Any]:
    seen, weight = SIGNAL.alias("seen"), WEIGHT.alias("weight")
    older = sa.func.greatest(0, sa.func.count() - _NEWEST)
    newest = sa.func.array_agg(aggregate_order_by(seen.c.at, seen.c.at.desc()))
    return (
        sa.select(
            seen.c.lead_id,
            weight.c.signal,
            weight.c.points,
            weight.c.most,
            weight.c.half_life_days,
            sa.func.count().label("count"),
            sa.func.max(seen.c.at).label("last_at"),
            sa.func.trim_array(newest, sa.cast(older, sa.Integer)).label("moments"),
        )
        .join(
            weight,
            sa.and_(weight.c.workspace_id == WORKSPACE, weight.c.signal == seen.c.signal),
        )
        .where(seen.c.workspace_id == WORKSPACE, seen.c.lead_id == sa.any_(_LEADS))
        .group_by(
            seen.c.lead_id,
            weight.c.signal,
            weight.c.points,
            weight.c.most,
            weight.c.half_life_days,
        )
        .order_by(seen.c.lead_id, weight.c.signal)
    )
