"""Leads, the rules that assign them, web forms."""

from models.migrations.statements import run_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make them; the release before knows nothing of them."""
    run_sql("0003_leads")
