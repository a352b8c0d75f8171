"""Which act each event is of, and what undo reads."""

from models.migrations.statements import run_sql

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make them; the release before knows nothing of them."""
    run_sql("0012_history")
