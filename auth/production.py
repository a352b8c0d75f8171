"""What a production process must not find in its database."""

import asyncpg

from core.settings import Settings

_DEMO = "SELECT EXISTS (SELECT FROM login WHERE demo)"


async def demo_users(settings: Settings) -> list[str]:
    """A sentence if demo users could sign in to a production process; empty when all is well."""
    if not settings.is_production:
        return []
    try:
        connection = await asyncpg.connect(settings.database_app_url, timeout=5)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError):
        # The database may still be starting: until it answers, nobody can sign in either.
        return ["DATABASE_APP_URL: the database does not answer; start it first."]
    try:
        found = await connection.fetchval(_DEMO)
    except asyncpg.UndefinedTableError:
        return ["The database has no tables yet: run `python -m models.migrate` first."]
    finally:
        await connection.close(timeout=5)
    if not found:
        return []
    return ["The database holds demo users: give production a database of its own."]
