"""How far consumers of events are, which effects happened, and what was given up."""

from models.migrations.statements import run_sql

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make them; what was logged before counts as relayed."""
    run_sql("0015_background")
