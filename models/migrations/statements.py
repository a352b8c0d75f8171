"""Runs a migration's SQL files."""

from pathlib import Path

from alembic import context, op

_SQL = Path(__file__).parent / "sql"


def run_sql(folder: str) -> None:
    """Run the files of a folder in order; paragraphs are statements, `{app_role}` is filled in."""
    app_role = context.config.attributes["app_role"]
    for file in sorted((_SQL / folder).glob("*.sql")):
        for statement in file.read_text(encoding="utf-8").split("\n\n"):
            op.execute(_literal(statement.replace("{app_role}", app_role)))


def _literal(statement: str) -> str:
    # Alembic reads `:name` as a parameter; casts and slices are none.
    return statement.replace(":", "\\:")
