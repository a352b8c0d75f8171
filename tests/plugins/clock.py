"""The test clock: business time as the running product believes in it."""

from datetime import timedelta

import asyncpg
import pytest


@pytest.fixture
async def clock(dev):
    """Moves the clock of the run ahead, and sets it right in the end."""
    owner = await asyncpg.connect(dev.ready["databaseUrl"])

    async def move(**ahead):
        seconds = int(timedelta(**ahead).total_seconds())
        await owner.execute("DELETE FROM test_clock")
        await owner.execute("INSERT INTO test_clock (offset_seconds) VALUES ($1)", seconds)

    yield move
    await owner.execute("DELETE FROM test_clock")
    await owner.close()
