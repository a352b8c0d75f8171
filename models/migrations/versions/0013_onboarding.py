"""How far a workspace is set up."""

from models.migrations.statements import run_sql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make them; the release before knows nothing of them."""
    run_sql("0013_onboarding")
