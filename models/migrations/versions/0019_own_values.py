"""Own values are told once a record, so that lists by them are read in order."""

from models.migrations.statements import run_sql

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Make the index that says so."""
    run_sql("0019_own_values")
