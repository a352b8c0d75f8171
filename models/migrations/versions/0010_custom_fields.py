"""Fields of a workspace's own, and their values."""

from models.migrations.statements import run_sql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make them; the release before knows nothing of them."""
    run_sql("0010_custom_fields")
