"""What the search over all records reads."""

from models.migrations.statements import run_sql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make them; the release before knows nothing of them."""
    run_sql("0009_search")
