"""`./dev clock`: moves the time that development processes believe in."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from models.migrate import connected
from server.cli import place as places
from server.cli.refusal import Refusal

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
FURTHEST = 100 * 366 * 86_400

_MOVE = """
INSERT INTO test_clock (offset_seconds) VALUES ($1)
ON CONFLICT (id) DO UPDATE SET offset_seconds = CASE
  WHEN $2 THEN test_clock.offset_seconds + excluded.offset_seconds ELSE 0
END
RETURNING offset_seconds
"""


def move(data: Path | None, text: str) -> str:
    """Move the clock by the text, as +3d or -2h, or reset it; says what time it is then."""
    seconds = _seconds(text)
    with places.running(places.of(data), want=("postgres",)) as servers:
        offset = asyncio.run(_write(servers.database_url, seconds))
    now = datetime.now(UTC) + timedelta(seconds=offset)
    shift = "the real time" if not offset else f"{timedelta(seconds=abs(offset))} "
    shift += "ahead" if offset > 0 else "behind" if offset else ""
    return f"{now:%Y-%m-%d %H:%M:%S} UTC, {shift.strip()}."


def _seconds(text: str) -> int | None:
    """The number of seconds to move by; None to reset."""
    if text == "reset":
        return None
    parts = re.fullmatch(r"([+-])(?:\d+[smhdw])+", text)
    if not parts:
        raise Refusal(f"{text!r} is no step of time: write +3d, -2h, +1d12h, or reset.")
    steps = re.findall(r"(\d+)([smhdw])", text)
    total = sum(int(count) * UNITS[unit] for count, unit in steps)
    if total > FURTHEST:
        raise Refusal("The clock moves at most a hundred years: it stays as it was.")
    return -total if parts[1] == "-" else total


async def _write(url: str, seconds: int | None) -> int:
    async with connected(url, "DATABASE_URL") as owner:
        if not await owner.fetchval("SELECT to_regclass('public.test_clock') IS NOT NULL"):
            raise Refusal("The database is not made yet: run ./dev first.")
        async with owner.transaction():
            moved: int = await owner.fetchval(_MOVE, seconds or 0, seconds is not None)
            if abs(moved) > FURTHEST:
                raise Refusal("The clock moves at most a hundred years: it stays as it was.")
        return moved
