"""The only source of business time: real time, plus the test clock's offset where allowed."""

import time
from datetime import UTC, datetime, timedelta


def now(offset_seconds: int = 0) -> datetime:
    """The present moment in UTC, moved by the test clock's offset."""
    # The API shows milliseconds; what it shows must be what filters compare with.
    moment = datetime.fromtimestamp(time.time_ns() // 1_000_000 / 1000, UTC)
    return moment + timedelta(seconds=offset_seconds) if offset_seconds else moment
