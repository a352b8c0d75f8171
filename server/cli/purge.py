"""`./dev purge`: removes for good what was deleted more than 30 days ago."""

import asyncio
from datetime import datetime
from pathlib import Path

from core import clock
from core.db import Database
from core.ids import decode
from core.settings import Settings
from models.migrate import connected
from server.cli import place as places
from server.cli.place import Running
from server.cli.refusal import Refusal
from services import purge


def run(data: Path | None, workspace: str | None) -> str:
    """Purge a workspace, or all of them; says what went and what stays for which reason."""
    parts = decode(workspace) if workspace else None
    if workspace and (parts is None or parts[0] != "ten"):
        raise Refusal(f"{workspace} is no workspace's id; one begins with ten_.")
    with places.running(places.of(data), want=("postgres",)) as servers:
        return said(asyncio.run(_purge(servers, parts[1] if parts else None)))


def said(purged: purge.Purged) -> str:
    """What a purge did, in a sentence or two."""
    gone = ", ".join(f"{count:,} {name}" for name, count in sorted(purged.gone.items()))
    kept = ", ".join(
        f"{count:,} {name} ({'by law' if why == purge.LAW else f'needed by {why}'})"
        for (name, why), count in sorted(purged.kept.items())
    )
    return f"Removed for good: {gone or 'nothing'}." + (f" Kept: {kept}." if kept else "")


async def _purge(servers: Running, workspace_id: str | None) -> purge.Purged:
    settings = Settings(database_app_url=servers.app_url)
    database = await Database.open(settings, application="purge")
    try:
        now = await _now(servers)
        if workspace_id is None:
            return await purge.everywhere(database, now)
        return await purge.workspace(database, workspace_id, now)
    finally:
        await database.close()


async def _now(servers: Running) -> datetime:
    async with connected(servers.database_url, "DATABASE_URL") as owner:
        return clock.now(await owner.fetchval("SELECT offset_seconds FROM test_clock") or 0)
