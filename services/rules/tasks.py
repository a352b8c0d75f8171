"""When tasks are due, and how far those of a project or milestone are."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DUE_DAYS = 1
"""A task for which nobody said when is due the next day."""
_END_OF_WORK = time(17)


def due(day: date, time_zone: str) -> datetime:
    """The moment a task is due that is only known to be due on a day: five in the afternoon."""
    return datetime.combine(day, _END_OF_WORK, ZoneInfo(time_zone))


def due_after(now: datetime, days: int, time_zone: str) -> datetime:
    """The moment a task is due so many days from now."""
    return due(day_of(now, time_zone) + timedelta(days=days), time_zone)


def day_of(moment: datetime, time_zone: str) -> date:
    """The day a moment falls on somewhere."""
    return moment.astimezone(ZoneInfo(time_zone)).date()


def percent(done: int, total: int) -> int:
    """How much is done, in whole percent; halves are rounded up, nothing to do is 0."""
    return (200 * done + total) // (2 * total) if total else 0


def milestone_status(*, done: int, begun: int, total: int) -> str:
    """How far a milestone is; `begun` are the tasks that are no longer to do, done ones too."""
    if total and done == total:
        return "COMPLETE"
    return "IN_PROGRESS" if begun else "NOT_STARTED"


def path(edges: Iterable[tuple[str, str]], start: str, end: str) -> list[str]:
    """A way from one task to another over `(from, to)` steps; empty where there is none."""
    steps: dict[str, list[str]] = {}
    for source, target in edges:
        steps.setdefault(source, []).append(target)
    came_from = {start: start}
    frontier = [start]
    while frontier and end not in came_from:
        reached = [(one, to) for one in frontier for to in steps.get(one, ())]
        frontier = []
        for source, target in reached:
            if target not in came_from:
                came_from[target] = source
                frontier.append(target)
    return _back(came_from, end) if end in came_from else []


def _back(came_from: dict[str, str], end: str) -> list[str]:
    way = [end]
    while came_from[way[-1]] != way[-1]:
        way.append(came_from[way[-1]])
    return way[::-1]
