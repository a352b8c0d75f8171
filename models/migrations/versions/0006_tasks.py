"""Tasks and what they wait for."""

from models.migrations.statements import run_sql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make them; the release before knows nothing of them."""
    run_sql("0006_tasks")
