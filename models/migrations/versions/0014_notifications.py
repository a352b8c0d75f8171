"""What users are told."""

from models.migrations.statements import run_sql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make them; the release before knows nothing of them."""
    run_sql("0014_notifications")
