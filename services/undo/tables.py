"""What undo has to know of tables: all of it derived from their declarations."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa

from models import metadata, policies
from services import pointers

_OWN = frozenset({"workspace_id", "id", "created_at", "updated_at", "version"})
KEPT: Mapping[str, frozenset[str]] = {
    "case": frozenset({"sla_told", "first_response_escalated_at", "resolution_escalated_at"}),
    "contact": frozenset({"email_bounced_at"}),
    "deal": frozenset({"stalled_at"}),
    "lead": frozenset({"score", "email_bounced_at"}),
    "notification": frozenset({"read_at", "digest", "at_once"}),
    "task": frozenset({"overdue_at"}),
}
"""Columns the product keeps up to date by itself: undo leaves them, and they bar nothing."""
ABOUT: Mapping[str, Mapping[str, str]] = {
    name: {"email_bounced_at": "email"} for name in ("contact", "lead")
}
"""Those of them that are about what another column holds: with that one they come back."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that points at records of a table."""

    table: sa.Table
    column: str
    target: str
    cascades: bool


@cache
def remembered() -> tuple[sa.Table, ...]:
    """The tables undo reaches, those that are pointed at first."""
    left_out = policies.NOT_REMEMBERED | policies.NO_POLICY | {"import", "workspace"}
    return tuple(
        table
        for table in metadata.sorted_tables
        if table.name not in left_out and "workspace_id" in table.c
    )


@cache
def references() -> tuple[Reference, ...]:
    """Every such column of the tables undo reaches."""
    return tuple(
        Reference(
            table, column.name, column.info["references"], column.info["on_delete"] == "CASCADE"
        )
        for table in remembered()
        for column in table.c
        if column.info.get("references")
    )


def versioned(table: sa.Table) -> bool:
    """Whether events tell of its rows."""
    return "version" in table.c


def restorable(table: sa.Table) -> bool:
    """Whether its rows are deleted softly."""
    return "deleted_at" in table.c


def attached(table: sa.Table) -> bool:
    """Whether its rows belong to core records of any kind."""
    return any(table is one for one in pointers.attached())


def stored(table: sa.Table) -> list[str]:
    """Its columns that the database does not make of others."""
    return [column.name for column in table.c if column.computed is None]


def changeable(table: sa.Table) -> list[str]:
    """Those of them that an act on a record sets."""
    kept = KEPT.get(table.name, frozenset())
    return [name for name in stored(table) if name not in _OWN | kept]


def column_of_board(table: sa.Table) -> str | None:
    """The column of the board on which its rows have a rank, if they have."""
    for index in table.indexes:
        if index.name == f"{table.name}_rank_taken":
            return list(index.columns)[1].name
    return None


def parents(table: sa.Table) -> Iterator[Reference]:
    """What a row of it is a part of."""
    return (one for one in references() if one.table is table and one.cascades)
