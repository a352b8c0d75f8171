"""The first tables: workspaces, people, the chain from contacts to invoices, imports, events."""

from models.migrations.statements import run_sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make everything; an empty database is the previous release."""
    run_sql("0001_first")
