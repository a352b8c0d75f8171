"""The only source of business time: real time, plus the test clock's offset where allowed."""

from datetime import UTC, datetime, timedelta


def now(offset_seconds: int = 0) -> datetime:
    """The present moment in UTC, moved by the test clock's offset."""
    return datetime.now(UTC) + timedelta(seconds=offset_seconds)
