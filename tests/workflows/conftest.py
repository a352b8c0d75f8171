"""An instance of the product whose workflows may call a target on this machine."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from tests.plugins.dev import data_folder, started
from tests.plugins.world import Server, World
from tests.workflows.automating import Target, listening


@pytest.fixture(scope="session")
def target() -> Iterator[Target]:
    """What the workflows call."""
    with listening() as found:
        yield found


@pytest.fixture(scope="session")
def automation(target: Target) -> Iterator[Server]:
    """An instance whose workflows may call it."""
    allowed = {"WEBHOOK_ALLOWED_HOSTS": f"127.0.0.1:{target.port}"}
    with data_folder() as data, started(data, "--port", 0, **allowed) as running:
        yield Server(running)


@pytest.fixture
def world(automation: Server) -> World:
    """A fresh workspace of it."""
    return World(automation)


@pytest.fixture
async def clock(automation: Server) -> AsyncIterator[Any]:
    """Moves the clock of that instance ahead, and sets it right in the end."""
    owner = await asyncpg.connect(automation.ready["databaseUrl"])

    async def move(**ahead: float) -> None:
        seconds = int(timedelta(**ahead).total_seconds())
        await owner.execute("DELETE FROM test_clock")
        await owner.execute("INSERT INTO test_clock (offset_seconds) VALUES ($1)", seconds)

    yield move
    await owner.execute("DELETE FROM test_clock")
    await owner.close()
