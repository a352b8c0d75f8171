"""Files and the records they belong to."""

from models.migrations.statements import run_sql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make them; the release before knows nothing of them."""
    run_sql("0008_files")
