"""Activities and what they are about."""

from models.migrations.statements import run_sql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make them; the release before knows nothing of them."""
    run_sql("0007_activities")
