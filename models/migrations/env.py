"""How Alembic runs the migrations: on the connection given, each in its own transaction."""

from alembic import context
from sqlalchemy import text

from models import metadata

LOCK_TIMEOUT = "5s"


def run() -> None:
    """Run what is missing; waits for locks are short, so that a live system is not held up."""
    connection = context.config.attributes["connection"]
    connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.execute(text("SET statement_timeout = 0"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transaction_per_migration=True,
        include_object=_is_ours,
    )
    with context.begin_transaction():
        context.run_migrations()


def _is_ours(_object: object, name: str | None, kind: str, _reflected: object, _to: object) -> bool:
    return not (kind == "table" and name == "alembic_version")


run()
