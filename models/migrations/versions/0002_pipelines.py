"""Stage gates, task templates, approvals, stage history, exchange rates, places on boards."""

from models.migrations.statements import run_sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make them; the release before knows nothing of them."""
    run_sql("0002_pipelines")
