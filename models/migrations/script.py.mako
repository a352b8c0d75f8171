"""${message}."""

${imports if imports else "from alembic import op"}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Works while the previous release still runs."""
    ${upgrades if upgrades else "op.execute('')"}
