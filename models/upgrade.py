"""Runs the migrations a database lacks."""

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from models.database_facts import DatabaseRefused
from models.migrate import MIGRATIONS

LOCK_NOT_AVAILABLE = "55P03"


def configuration(connection: Connection, app_role: str) -> Config:
    """Alembic's configuration; there is no file. Migrations read `app_role` from it."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes.update(connection=connection, app_role=app_role)
    return config


async def upgrade(owner_url: str, app_role: str) -> None:
    """Run what is missing, each migration in a transaction of its own."""

    def work(connection: Connection) -> None:
        command.upgrade(configuration(connection, app_role), "head")

    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: asyncpg.connect(owner_url, timeout=5, command_timeout=None),
        poolclass=NullPool,
    )
    try:
        async with engine.connect() as connection:
            await connection.run_sync(work)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") != LOCK_NOT_AVAILABLE:
            raise
        raise DatabaseRefused(
            "A migration waited too long for a table in use: it changed nothing, try again."
        ) from error
    finally:
        await engine.dispose()
