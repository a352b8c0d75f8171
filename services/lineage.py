"""The way of deals from a quote to the money, step by step, as the event log has it."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from auth.actor import Actor
from auth.policy import WORKSPACE, visible
from core.events import Author
from core.sql import Remembered
from models import metadata
from models.base import Uuid
from models.registry import REGISTRY, pointer
from models.sale_enums import QuoteToCashStage
from services import actors

_EVENT = metadata.tables["event"]
_PAPERS = ("Quote", "Contract", "Invoice")
_STAGES = {
    f"{stage.partition('_')[0].lower()}.{stage.partition('_')[2].lower()}": stage
    for stage in QuoteToCashStage
}
"""What each step is called in the log: `quote.sent` is QUOTE_SENT."""
_STATEMENT = Remembered()


async def steps(reading: Any, rows: Sequence[Mapping[str, Any]]) -> list[list[dict[str, Any]]]:
    """The steps of each deal in their order, of the papers the viewer sees: one statement."""
    statement = _STATEMENT.of(reading.actor.permission_set, lambda: _log(reading.actor))
    found = await reading.fetch(statement.with_values(deals=[row["id"] for row in rows]))
    reading.returned(len(found), len(found))
    by_deal: dict[str, list[dict[str, Any]]] = {}
    for event in found:
        by_deal.setdefault(event["deal_id"], []).append(_step(event))
    return [by_deal.get(row["id"], []) for row in rows]


def _log(actor: Actor) -> sa.Select[Any]:
    """The events that are steps, of deals and of what came of them."""
    deals = sa.bindparam("deals", None, type_=sa.ARRAY(Uuid))
    deal = sa.func.unnest(deals, type_=Uuid).column_valued("deal")
    parts: list[Any] = [
        sa.select(sa.literal_column("'deal'").label("entity"), deal.label("id"), deal.label("deal"))
    ]
    for name in _PAPERS:
        entity = REGISTRY[name]
        rows = entity.table
        parts.append(
            sa.select(
                sa.literal_column(f"'{rows.name}'").label("entity"),
                rows.c.id,
                rows.c.deal_id.label("deal"),
            ).where(visible(entity, actor, rows), rows.c.deal_id == sa.any_(deals))
        )
    records = sa.union_all(*parts).subquery()
    return (
        sa.select(
            records.c.deal.label("deal_id"),
            _EVENT.c.type,
            _EVENT.c.at,
            _EVENT.c.entity,
            _EVENT.c.record_id,
            _EVENT.c.actor_kind,
            _EVENT.c.actor_id,
            _EVENT.c.data["cause"].astext.label("cause"),
        )
        .join(
            _EVENT,
            sa.and_(_EVENT.c.entity == records.c.entity, _EVENT.c.record_id == records.c.id),
        )
        .where(_EVENT.c.workspace_id == WORKSPACE, _EVENT.c.type.in_(list(_STAGES)))
        .order_by(records.c.deal, _EVENT.c.position)
    )


def _step(event: Mapping[str, Any]) -> dict[str, Any]:
    about = {name.lower(): None for name in _PAPERS}
    for name in _PAPERS:
        if event["entity"] == name.lower():
            about[name.lower()] = pointer(name, event["record_id"])  # type: ignore[assignment]
    return {
        "step": _STAGES[event["type"]],
        "at": event["at"],
        "actor": actors.shown(Author(event["actor_kind"], event["actor_id"])),
        "cause": event["cause"],
        **about,
    }
