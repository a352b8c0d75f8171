"""Cases, their statuses, templates, policies and business hours."""

from models.migrations.statements import run_sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make them; the release before knows nothing of them."""
    run_sql("0004_cases")
