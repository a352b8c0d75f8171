"""Clocks of cases: when answers and resolutions are due, and how they stand at a moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from services.rules.business_hours import NOTHING, Week

OK = "OK"
APPROACHING = "APPROACHING"
BREACHED = "BREACHED"
MET = "MET"
PAUSED = "PAUSED"

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
