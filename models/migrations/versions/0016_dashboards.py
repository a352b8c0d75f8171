"""Dashboards, and what metrics were at night."""

from models.migrations.statements import run_sql

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make them, with the one that every workspace begins with."""
    run_sql("0016_dashboards")
