"""Projects, milestones, members and templates."""

from models.migrations.statements import run_sql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make them; the release before knows nothing of them."""
    run_sql("0005_projects")
