"""What is open with each of many contacts, of what the viewer sees: deals, their sum, cases."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from auth.policy import WORKSPACE, visible
from models import metadata
from models.base import Uuid
from models.enums import CaseStatusCategory
from models.registry import REGISTRY
from services.figures import Figures, added, figures
from services.rates import Home

Rows = Sequence[Mapping[str, Any]]


async def open_deal_counts(reading: Any, contacts: Rows) -> list[int]:
    """How many deals of each contact are neither won nor lost."""
    return [one["count"] for one in await _open_deals(reading, contacts)]


async def open_deal_values(reading: Any, contacts: Rows) -> list[Any]:
    """What they come to at today's rates, in the workspace's currency."""
    return [one["sum_value"] for one in await _open_deals(reading, contacts)]


async def open_deals_unconverted(reading: Any, contacts: Rows) -> list[Any]:
    """What of it has no rate and is left out, by currency."""
    return [one["unconverted_value"] for one in await _open_deals(reading, contacts)]


async def open_case_counts(reading: Any, contacts: Rows) -> list[int]:
    """How many cases of each contact are not resolved."""
    case, status = metadata.tables["case"], metadata.tables["case_status"]
    item = case.alias("item")
    closed = sa.select(status.c.id).where(
        status.c.workspace_id == WORKSPACE, status.c.category == CaseStatusCategory.RESOLVED
    )
    rows = await reading.fetch(
        sa.select(item.c.contact_id, sa.func.count())
        .where(
            visible(REGISTRY["Case"], reading.actor, item),
            item.c.contact_id == sa.any_(_ids(contacts)),
            item.c.status_id.not_in(closed),
        )
        .group_by(item.c.contact_id)
    )
    counted = {row[0]: row[1] for row in rows}
    return [counted.get(contact["id"], 0) for contact in contacts]


async def _open_deals(reading: Any, contacts: Rows) -> list[Figures]:
    """Fetched once for all fields that show a part of it."""

    async def batch(ids: Sequence[str]) -> list[Figures]:
        entity = REGISTRY["Deal"]
        item = entity.table.alias("item")
        home = Home.of(reading.actor, reading.now)
        key = item.c.contact_id.label("k0")
        wanted = sa.bindparam("contacts", list(ids), type_=sa.ARRAY(Uuid))
        statement = figures(
            entity,
            item,
            home,
            [key],
            visible(entity, reading.actor, item),
            item.c.contact_id == sa.any_(wanted),
            item.c.closed_at.is_(None),
        )
        own: dict[str, list[Any]] = {one: [] for one in ids}
        for row in await reading.fetch(statement):
            own[row["k0"]].append(row)
        return [added(entity, rows, home) for rows in own.values()]

    found: list[Figures] = await reading.loader("open deals", batch).load_many(
        [contact["id"] for contact in contacts]
    )
    return found


def _ids(contacts: Rows) -> Any:
    ids = [contact["id"] for contact in contacts]
    return sa.bindparam("contacts", ids, type_=sa.ARRAY(Uuid))
