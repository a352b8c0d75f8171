"""What recurs, and when: the timetable of the house, in UTC."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Work that is due at every multiple of a time, or so long after it."""

    every: timedelta
    after: timedelta = timedelta()


_SECOND, _MINUTE = timedelta(seconds=1), timedelta(minutes=1)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)

RECURRING = {
    "quotes.expire": Recurrence(15 * _MINUTE, 2 * _MINUTE),
    "digest": Recurrence(15 * _MINUTE, 20 * _SECOND),
    "overdue_tasks": Recurrence(5 * _MINUTE, 40 * _SECOND),
    "contract_terms": Recurrence(_HOUR, 1 * _MINUTE),
    "overdue": Recurrence(_HOUR, 2 * _MINUTE),
    "expiry": Recurrence(_HOUR, 7 * _MINUTE),
    "stalled_deals": Recurrence(_HOUR, 4 * _MINUTE),
    "metrics": Recurrence(_HOUR, 52 * _MINUTE),
    "purge": Recurrence(6 * _HOUR, 21 * _MINUTE),
    "orphans": Recurrence(6 * _HOUR, 38 * _MINUTE),
    "workflow_runs.forget": Recurrence(6 * _HOUR, 44 * _MINUTE),
    "lead_scores_fade": Recurrence(_DAY, 3 * _HOUR),
    "event_log": Recurrence(_DAY, 2 * _HOUR),
}
"""When each kind of recurring work is due; what is for an hour of a place looks there itself."""
