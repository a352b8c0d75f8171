"""The event log by months, so that what is old goes without being deleted row by row."""

from models.migrations.statements import run_sql

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make what is there the log's first partition; no row is copied."""
    run_sql("0017_log")
