"""Merges, tags, external ids and saved views."""

from models.migrations.statements import run_sql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make them; the release before knows nothing of them."""
    run_sql("0011_merging")
