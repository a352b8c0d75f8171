"""What row-level security costs PostgreSQL: our statements under the policy, and past it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg

from tests.benchmarks import _captured, _peers, harness
from tests.benchmarks._captured import Sent
from tests.benchmarks._peers import QUERIES
from tests.benchmarks.harness import median

ROUNDS = 5
SECONDS = 0.8


async def measure(ready: dict[str, Any], contacts: Sequence[str]) -> dict[str, dict[str, float]]:
    """Milliseconds of PostgreSQL's processor a request, by query: `policy` on, and `bare`."""
    workspace = _peers.uuid(ready["workspace"]["id"])
    asked = [_peers.asked(name, "ours", ready, ready["graphql"], contacts) for name in QUERIES]
    sent = await _captured.statements(ready, asked)
    async with (
        _captured.connected(ready, policy=True) as under,
        _captured.connected(ready, policy=False) as past,
    ):
        await under.execute("SELECT set_config('app.workspace', $1, false)", workspace)
        return {
            name: await _compared(statements, {"policy": under, "bare": past})
            for name, statements in zip(QUERIES, sent, strict=True)
        }


async def _compared(
    statements: Sent, connections: dict[str, asyncpg.Connection]
) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in connections}
    for connection in connections.values():
        await _milliseconds(connection, statements, 5)
    rough = max(0.02, await _milliseconds(connections["policy"], statements, 50))
    often = min(20_000, max(20, int(SECONDS * 1000 / rough)))
    for _ in range(ROUNDS):
        for name, connection in connections.items():
            times[name].append(await _milliseconds(connection, statements, often))
    return {name: median(found) for name, found in times.items()}


async def _milliseconds(connection: asyncpg.Connection, statements: Sent, often: int) -> float:
    """Processor time of the connection's backend for one request's statements."""
    pid = connection.get_server_pid()
    before = _ticks(pid)
    for _ in range(often):
        for text, arguments in statements:
            await connection.fetch(text, *arguments)
    return (_ticks(pid) - before) * 1000 / harness.TICK / often


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
