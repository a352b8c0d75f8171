"""Clocks of cases: when answers and resolutions are due, and how they stand at a moment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from services.rules.business_hours import NOTHING, Week

OK = "OK"
APPROACHING = "APPROACHING"
BREACHED = "BREACHED"
MET = "MET"
PAUSED = "PAUSED"

FIRST_RESPONSE = "FIRST_RESPONSE"
RESOLUTION = "RESOLUTION"

COLUMNS = frozenset(
    {
        "first_response_due_at",
        "first_response_approaching_at",
        "first_responded_at",
        "resolution_due_at",
        "resolution_approaching_at",
        "resolved_at",
        "paused_at",
    }
)
"""The columns of a case that its clocks are read from."""
_TOLD = (BREACHED, APPROACHING)
_INSTANT = timedelta(microseconds=1)
_GRAVEST_FIRST = (BREACHED, APPROACHING, PAUSED, OK, MET)


@dataclass(frozen=True, slots=True)
class Policy:
    """The targets of a priority, and the week in which its clocks run."""

    first_response: timedelta
    resolution: timedelta
    approaching_percent: int
    business_hours_only: bool
    week: Week
    """The workspace's business hours."""

    @property
    def clock(self) -> Week:
        """The week the targets are counted in."""
        return self.week if self.business_hours_only else Week(self.week.zone)

    def approaching(self, target: timedelta) -> timedelta:
        """How much of a target passes until it is near."""
        return target * self.approaching_percent // 100


class Clocks(Protocol):
    """What a case keeps of its clocks."""

    created_at: datetime
    first_responded_at: datetime | None
    resolution_due_at: datetime
    resolution_approaching_at: datetime
    resolved_at: datetime | None
    paused_at: datetime | None
    paused_total: timedelta
    paused_business: timedelta


def due(
    policy: Policy,
    created_at: datetime,
    *,
    paused_total: timedelta = NOTHING,
    paused_business: timedelta = NOTHING,
) -> dict[str, datetime]:
    """When a case is to be answered and resolved, from its creation and what was paused."""
    clock = policy.clock
    paused = paused_business if policy.business_hours_only else paused_total
    return {
        "first_response_due_at": clock.add(created_at, policy.first_response),
        "first_response_approaching_at": clock.add(
            created_at, policy.approaching(policy.first_response)
        ),
        "resolution_due_at": clock.add(created_at, policy.resolution + paused),
        "resolution_approaching_at": clock.add(
            created_at, policy.approaching(policy.resolution) + paused
        ),
    }


def entered(case: Clocks, category: str, policy: Policy, now: datetime) -> dict[str, Any]:
    """What changes on a case's clocks when it enters a status of a category."""
    changed: dict[str, Any] = {}
    resolved = category == "RESOLVED"
    if resolved != bool(case.resolved_at):
        changed["resolved_at"] = now if resolved else None
    if resolved and not case.first_responded_at:
        # Whoever is told that it is solved has been answered.
        changed["first_responded_at"] = now
    if category == "OPEN":
        changed |= _resumed(case, policy, now)
    elif not case.paused_at:
        changed["paused_at"] = now
    return changed


def _resumed(case: Clocks, policy: Policy, now: datetime) -> dict[str, Any]:
    if not case.paused_at:
        return {}
    clock = policy.clock
    stood = clock.elapsed(case.paused_at, now)
    return {
        "paused_at": None,
        "paused_total": case.paused_total + (now - case.paused_at),
        "paused_business": case.paused_business + policy.week.elapsed(case.paused_at, now),
        "resolution_due_at": clock.add(case.resolution_due_at, stood),
        "resolution_approaching_at": clock.add(case.resolution_approaching_at, stood),
    }


def state(
    due_at: datetime,
    approaching_at: datetime,
    *,
    now: datetime,
    met_at: datetime | None = None,
    paused_at: datetime | None = None,
) -> str:
    """How one clock stands: what was late stays late, and a paused one does not come nearer."""
    if (paused_at or met_at or now) > due_at:
        return BREACHED
    if met_at:
        return MET
    if paused_at:
        return PAUSED
    return APPROACHING if now >= approaching_at else OK


def gravest(*states: str) -> str:
    """The state of a case: that of the clock that needs most attention."""
    return min(states, key=_GRAVEST_FIRST.index)


def states(case: Mapping[str, Any], now: datetime) -> tuple[str, str]:
    """How the first response and the resolution of a case stand."""
    first = state(
        case["first_response_due_at"],
        case["first_response_approaching_at"],
        now=now,
        met_at=case["first_responded_at"],
    )
    resolution = state(
        case["resolution_due_at"],
        case["resolution_approaching_at"],
        now=now,
        met_at=case["resolved_at"],
        paused_at=case["paused_at"],
    )
    return first, resolution


def alarm(case: Mapping[str, Any], now: datetime) -> str | None:
    """What is told to those who watch a case: amber, red, or nothing."""
    found = gravest(*states(case, now))
    return found if found in _TOLD else None


def missed(case: Mapping[str, Any], now: datetime) -> list[str]:
    """The targets of a case that were missed and that nobody was told of."""
    first, resolution = states(case, now)
    found = []
    if first == BREACHED and case["first_response_escalated_at"] is None:
        found.append(FIRST_RESPONSE)
    if resolution == BREACHED and case["resolution_escalated_at"] is None:
        found.append(RESOLUTION)
    return found


def next_turn(case: Mapping[str, Any], after: datetime) -> datetime | None:
    """When a case turns amber or red next by the mere passing of time."""
    return min((one for one in _turns(case) if one > after), default=None)


def _turns(case: Mapping[str, Any]) -> Iterator[datetime]:
    # What is due at a moment is late an instant after it.
    if case["first_responded_at"] is None:
        yield case["first_response_approaching_at"]
        yield case["first_response_due_at"] + _INSTANT
    if case["resolved_at"] is None and case["paused_at"] is None:
        yield case["resolution_approaching_at"]
        yield case["resolution_due_at"] + _INSTANT
