"""Statements are planned for the largest workspace; it holds once tables are analyzed anew."""

from models.migrations.statements import run_sql

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Make the change; the previous release keeps working beside it."""
    run_sql("0021_plans_for_the_largest_workspace")
