"""`./dev tidy`: deletes uploads that nobody used and files that nothing needs any more."""

import asyncio
from pathlib import Path

from core import files, settings
from core.db import Database
from server.cli import place as places
from server.cli.demo import moment
from server.cli.place import Running
from server.cli.serve import files_url
from services import orphans
from services.orphans import Cleaned


def run(data: Path | None) -> str:
    """Delete the orphans of every workspace; may run while everything else does."""
    place = places.of(data)
    url = files_url(place)
    with places.running(place, want=("postgres",)) as servers:
        done = asyncio.run(_clean(servers, url))
    return (
        f"Deleted {done.files} files that no record has, {done.uploads} uploads that were not used,"
        f" {done.documents} PDFs that were replaced and {done.leftovers} leftovers."
    )


async def _clean(servers: Running, url: str) -> Cleaned:
    told = settings.Settings(database_app_url=servers.app_url)
    database = await Database.open(told, application="tidy")
    try:
        return await orphans.clean(database, files.at(url), await moment(servers))
    finally:
        await database.close()
