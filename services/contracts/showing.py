"""Contracts as they are shown: labels of their states, and their way through a service."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from core.sql import render
from models import metadata
from models.base import Uuid
from services.rules.contracts import LABELS

_ENVELOPE = metadata.tables["envelope"]
_IDS = sa.bindparam("contracts", None, type_=sa.ARRAY(Uuid))
_LATEST = render(
    sa.select(
        _ENVELOPE.c.contract_id,
        _ENVELOPE.c.serial,
        _ENVELOPE.c.state,
        _ENVELOPE.c.provider_id,
        _ENVELOPE.c.error,
    )
    .ext(distinct_on(_ENVELOPE.c.contract_id))
    .where(
        _ENVELOPE.c.workspace_id == sa.bindparam("actor_workspace", None, type_=Uuid),
        _ENVELOPE.c.contract_id == sa.any_(_IDS),
    )
    .order_by(_ENVELOPE.c.contract_id, _ENVELOPE.c.serial.desc())
)


async def labels(_reading: Any, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The state of each contract as people read it."""
    return [LABELS[row["status"]] for row in rows]


async def envelopes(
    reading: Any, rows: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any] | None]:
    """The last envelope of each contract."""
    found = await reading.fetch(_LATEST.with_values(contracts=[row["id"] for row in rows]))
    latest = {row["contract_id"]: dict(row) for row in found}
    return [latest.get(row["id"]) for row in rows]
