"""The demo workspace: made at the first start, filled to any size by `./dev demo`."""

import asyncio
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

from core import clock, files, settings
from core.errors import UserError
from core.ids import decode
from models import migrate
from server.cli import place as places
from server.cli.place import Place, Running
from server.cli.refusal import Refusal
from server.cli.serve import files_url
from services import demo

MOST = 10_000_000
MANY = 1_000
"""From so many contacts on, the planner must hear of them at once."""


def prepare(place: Place, servers: Running) -> dict[str, Any]:
    """Bring the database to this release and the demo workspace into it; how to sign in there."""
    own = servers.own_password
    asyncio.run(migrate.run(servers.database_url, servers.app_url, own_password=own))
    beside = places.instance(place.data)
    if beside and beside["databaseUrl"] == servers.database_url:
        # New sessions would end those of the one that runs already.
        return {name: beside[name] for name in ("workspace", "signIns")}
    return asyncio.run(_ensure(place, servers))


async def _ensure(place: Place, servers: Running) -> dict[str, Any]:
    store = files.at(files_url(place))
    made = await demo.ensure(servers.app_url, place.data, await moment(servers), store)
    return {
        "workspace": {"id": made.workspace_id, "name": made.workspace_name},
        "signIns": {
            role: {"email": one.email, "password": one.password, "token": one.token}
            for role, one in made.sign_ins.items()
        },
    }


async def moment(servers: Running) -> datetime:
    """The present moment as the test clock has it."""
    async with migrate.connected(servers.database_url, "DATABASE_URL") as owner:
        offset = await owner.fetchval("SELECT offset_seconds FROM test_clock")
    return clock.now(offset or 0)


def fill(data: Path | None, contacts: int, workspace: str | None) -> str:
    """Add so many contacts, and in proportion everything else, to a workspace."""
    if settings.from_environment().is_production:
        raise Refusal("Demo data is for development: this is ENV=production.")
    if not 0 < contacts <= MOST:
        raise Refusal(f"--contacts is a number from 1 to {MOST:,}.")
    parts = decode(workspace) if workspace else None
    if workspace and (parts is None or parts[0] != "ten"):
        raise Refusal(f"{workspace} is no workspace's id; one begins with ten_.")
    place = places.of(data)
    began = time.monotonic()
    with places.running(place, want=("postgres",)) as servers:
        chosen = workspace or str(prepare(place, servers)["workspace"]["id"])
        counts = asyncio.run(_fill(servers, chosen, contacts))
        if contacts >= MANY:
            asyncio.run(_analyze(servers))
    said = ", ".join(f"{count:,} {name}" for name, count in sorted(counts.items()))
    return f"Added to {chosen} in {time.monotonic() - began:.0f} s: {said}."


async def _fill(servers: Running, workspace: str, contacts: int) -> dict[str, int]:
    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    _, uuid = decode(workspace) or ("", "")
    now = await moment(servers)
    shown = Console(stderr=True)
    with Progress(*columns, console=shown, transient=True, disable=not shown.is_terminal) as bar:
        task = bar.add_task("Contacts", total=contacts)

        def advance(done: int) -> None:
            bar.advance(task, done)

        try:
            return await demo.fill(servers.app_url, uuid, contacts, advance, now=now)
        except UserError as error:
            raise Refusal(f"There is no workspace {workspace} in this data folder.") from error


async def _analyze(servers: Running) -> None:
    """Count anew what the planner goes by; only the owner of the tables may."""
    async with migrate.connected(servers.database_url, "DATABASE_URL") as owner:
        await owner.execute("ANALYZE")
