"""The only source of business time: real time, plus the test clock's offset where allowed."""

from datetime import UTC, datetime, timedelta


def now(offset_seconds: int = 0) -> datetime:
    """The present moment in UTC, moved by the test clock's offset."""
    moment = datetime.now(UTC)
    if offset_seconds:
        moment += timedelta(seconds=offset_seconds)
    # The API shows milliseconds; what it shows must be what filters compare with.
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
