"""${message.capitalize()}."""

from models.migrations.statements import run_sql

revision = "${up_revision}"
down_revision = "${down_revision}"


def upgrade() -> None:
    """Make the change; the previous release keeps working beside it."""
    run_sql("${up_revision}_${message.lower().replace(' ', '_')}")
