"""Heads: where a workspace's log and access rules stand, read before or beside its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from auth.policy import WORKSPACE
from core import clock
from core.sql import Rendered, render
from models import metadata

_HEAD, _CLOCK = metadata.tables["event_head"], metadata.tables["test_clock"]


class Stale(Exception):
    """What was remembered of a caller does not hold any more: the request is answered again."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a workspace's log and access rules stand, and the clock of the request."""

    position: int
    epoch: int
    clock_offset: int = 0

    @property
    def now(self) -> datetime:
        """Business time, moved by the test clock where the process honours it."""
        return clock.now(self.clock_offset)


class Heads:
    """How one process reads heads: with the test clock's offset where it honours that."""

    def __init__(self, *, test_clock: bool) -> None:
        self.test_clock = test_clock
        offset: Any = sa.literal_column("0", sa.Integer)
        if test_clock:
            offset = sa.func.coalesce(sa.select(_CLOCK.c.offset_seconds).scalar_subquery(), 0)
        self.table = _HEAD.alias("head")
        self.columns = (
            self.table.c.position.label("head_position"),
            self.table.c.access_epoch.label("head_epoch"),
            offset.label("head_offset"),
        )
        self.of_workspace = self.table.c.workspace_id == WORKSPACE
        self.alone: Rendered = render(sa.select(*self.columns).where(self.of_workspace))
        """The head by itself."""
        self.clock: Rendered = render(sa.select(self.columns[-1]))

    @staticmethod
    def of(row: Sequence[Any] | Mapping[Any, Any]) -> Head:
        """The head that stands at the end of a row."""
        return Head(row[-3], row[-2], row[-1])
