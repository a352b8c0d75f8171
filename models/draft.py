"""The SQL of tables that are declared and that no migration has made yet."""

import re
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable
from sqlalchemy.sql.ddl import ExecutableDDLElement

import models
from models import event_log, policies
from models.migrate import MIGRATIONS

Statement = ExecutableDDLElement | str

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
    return {file: _paragraphs(part) for file, part in parts(tables, "{app_role}").items()}


def parts(tables: Sequence[sa.Table], app_role: str) -> dict[str, list[Statement]]:
    """All that makes some tables, in the order in which it can be made."""
    return {
        "1_tables.sql": [*map(CreateTable, tables), *_late(tables)],
        "2_indexes.sql": [
            CreateIndex(index)
            for table in tables
            for index in sorted(table.indexes, key=lambda one: str(one.name))
        ],
        "3_isolation.sql": [
            one
            for table in tables
            for one in (
                *event_log.partitions(table),
                *policies.isolation(table),
                *policies.estimates(table),
                policies.grants(table, app_role),
                *event_log.rights(table, app_role),
                *policies.triggers(table),
                *policies.memory(table),
            )
        ],
    }


def written(statement: Statement) -> str:
    """A statement as text."""
    if isinstance(statement, str):
        return statement
    return str(statement.compile(dialect=_DIALECT))


def _late(tables: Sequence[sa.Table]) -> list[ExecutableDDLElement]:
    """Keys of tables that point at each other, added when both are there."""
    return [
        AddConstraint(key)
        for table in tables
        for key in table.foreign_key_constraints
        if key.use_alter
    ]


def _paragraphs(statements: Sequence[Statement]) -> str:
    """Statements as the migrations keep them: one a paragraph, ended by a semicolon."""
    lines = (
        re.sub(r"\n\s*\n", "\n", text.strip()).replace("\t", "  ").replace(", \n", ",\n")
        for text in map(written, statements)
    )
    return "\n\n".join(f"{line};" for line in lines) + "\n"
