"""The SQL of tables that are declared and that no migration has made yet."""

import re
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable
from sqlalchemy.sql.ddl import ExecutableDDLElement

import models
from models import policies
from models.migrate import MIGRATIONS

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def known() -> set[str]:
    """The tables that the migrations make."""
    texts = (file.read_text(encoding="utf-8") for file in (MIGRATIONS / "sql").rglob("*.sql"))
    return {name for text in texts for name in re.findall(r'CREATE TABLE "?(\w+)"?', text)}


def new_tables() -> dict[str, str]:
    """The files of a migration that makes every unknown table; empty when there is none."""
    made = known()
    tables = [table for table in models.metadata.sorted_tables if table.name not in made]
    if not tables:
        return {}
    return {
        "1_tables.sql": _paragraphs([*map(CreateTable, tables), *_late(tables)]),
        "2_indexes.sql": _paragraphs(
            [
                CreateIndex(index)
                for table in tables
                for index in sorted(table.indexes, key=lambda one: str(one.name))
            ]
        ),
        "3_isolation.sql": _paragraphs([one for table in tables for one in _guarded(table)]),
    }


def _late(tables: list[sa.Table]) -> list[ExecutableDDLElement]:
    """Keys of tables that point at each other, added when both are there."""
    return [
        AddConstraint(key)
        for table in tables
        for key in table.foreign_key_constraints
        if key.use_alter
    ]


def _guarded(table: sa.Table) -> list[str]:
    return [*policies.isolation(table), policies.grants(table, "{app_role}")]


def _paragraphs(statements: Sequence[ExecutableDDLElement | str]) -> str:
    """Statements as the migrations keep them: one a paragraph, ended by a semicolon."""
    written = (
        one if isinstance(one, str) else str(one.compile(dialect=_DIALECT)) for one in statements
    )
    lines = (
        re.sub(r"\n\s*\n", "\n", text.strip()).replace("\t", "  ").replace(", \n", ",\n")
        for text in written
    )
    return "\n\n".join(f"{line};" for line in lines) + "\n"
