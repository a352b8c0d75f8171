"""Quote to cash."""

from models.migrations.statements import run_sql

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Make the change; the previous release keeps working beside it."""
    run_sql("0018_quote_to_cash")
