"""Runs the migrations a database lacks."""

from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from models import draft
from models.database_facts import DatabaseRefused
from models.migrate import MIGRATIONS, newest

LOCK_NOT_AVAILABLE = "55P03"


def configuration(**attributes: object) -> Config:
    """Alembic's configuration; there is no file. Migrations read `app_role` from it."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes.update(attributes)
    return config


def begin(message: str) -> Path:
    """Begin the next migration with the SQL of new tables; answers the folder the SQL is in."""
    number = f"{int(newest()) + 1:04d}"
    folder = MIGRATIONS / "sql" / f"{number}_{message.lower().replace(' ', '_')}"
    files = draft.new_tables()
    command.revision(configuration(), message, rev_id=number)
    folder.mkdir()
    for name, text in (files or {"1_tables.sql": ""}).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


async def upgrade(owner_url: str, app_role: str, *, to: str = "head") -> None:
    """Run what is missing, each migration in a transaction of its own."""

    def work(connection: Connection) -> None:
        config = configuration(connection=connection, app_role=app_role)
        command.upgrade(config, to)

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
