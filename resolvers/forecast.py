"""The forecast: the deals in a viewer's sight, by the month they are expected to close."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
import strawberry

from auth.policy import WORKSPACE, readable, visible
from core.codes import DenialCode
from core.errors import Denied
from models.enums import StageCategory
from models.registry import REGISTRY
from resolvers.plans.rendering import rendered
from resolvers.queries import valued
from resolvers.reading import Reading
from schema.forecast import Forecast
from schema.types import Answered, Given
from services.conditions import read_id
from services.figures import added, figures
from services.rates import Home
from services.rules.dates import add_months

MOST_MONTHS = 120


@valued(
    "forecast",
    Answered(
        Forecast,
        "What the deals you see are expected to bring, by the month of their close date.",
        {
            "pipeline_id": Given(strawberry.ID, "Only deals of this pipeline."),
            "from": Given(date, "The first day.", required=True),
            "to": Given(date, "The last day, included.", required=True),
        },
    ),
)
async def forecast(reading: Reading, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of each month."""
    entity = REGISTRY["Deal"]
    if not readable(entity, reading.actor):
        message = f"The role {reading.actor.role} may not read {entity.category}."
        raise Denied(DenialCode.FORBIDDEN, message)
    first, last = arguments["from"], arguments["to"]
    months = list(_months(first, last))
    rows = entity.table.alias("item")
    conditions = [
        visible(entity, reading.actor, rows),
        rows.c.close_date.between(first, last),
        rows.c.stage_id.not_in(_lost()),
    ]
    if arguments.get("pipelineId"):
        chosen = read_id(arguments["pipelineId"], "Pipeline")
        conditions.append(rows.c.pipeline_id == chosen)
    home = Home.of(reading.actor, reading.now)
    key = sa.func.to_char(rows.c.close_date, "YYYY-MM").label("month")
    found: dict[str, list[Any]] = {month: [] for month in months}
    statement = rendered(figures(entity, rows, [key], *conditions))
    for row in await reading.fetch(statement.with_values(**home.bound())):
        found[row["month"]].append(row)
    return {"months": [_month(month, added(entity, own, home)) for month, own in found.items()]}


def _month(month: str, sums: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "month": month,
        "count": sums["count"],
        "unweighted": sums["sum_value"],
        "weighted": sums["sum_weighted_value"],
        "unconverted": sums["unconverted_value"],
    }


def _lost() -> Any:
    stage = REGISTRY["PipelineStage"].table.alias()
    return sa.select(stage.c.id).where(
        stage.c.workspace_id == WORKSPACE, stage.c.category == StageCategory.LOST
    )


def _months(first: date, last: date) -> Iterator[str]:
    if last < first:
        raise Denied(DenialCode.BAD_USER_INPUT, "`to` lies before `from`.")
    month = first.replace(day=1)
    for _ in range(MOST_MONTHS):
        yield month.isoformat()[:7]
        if (month.year, month.month) == (last.year, last.month):
            return
        month = add_months(month, 1)
    message = f"A forecast covers at most {MOST_MONTHS} months."
    raise Denied(DenialCode.LIMIT_EXCEEDED, message)
