"""Pipelines: those a workspace begins with, what each must have, what entering a stage does."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Stage:
    """One step: its name, the chance of winning a deal in it, its colour and what it means."""

    name: str
    probability: int
    color: str
    category: str = "OPEN"
    lead_status: str | None = None


_Stages = dict[str, tuple[Stage, ...]]

_CLOSED = (
    Stage("Closed Won", 100, "#16a34a", "WON"),
    Stage("Closed Lost", 0, "#dc2626", "LOST"),
)

_DEALS: _Stages = {
    "Sales": (
        Stage("Prospecting", 10, "#94a3b8"),
        Stage("Qualified", 25, "#38bdf8"),
        Stage("Demo Scheduled", 40, "#818cf8"),
        Stage("Proposal Sent", 60, "#c084fc"),
        Stage("Negotiation", 80, "#fbbf24"),
        *_CLOSED,
    ),
    "Enterprise Sales": (
        Stage("Prospecting", 10, "#94a3b8"),
        Stage("Qualified", 25, "#38bdf8"),
        Stage("Demo", 40, "#818cf8"),
        Stage("Proposal", 60, "#c084fc"),
        Stage("Negotiation", 80, "#fbbf24"),
        *_CLOSED,
    ),
}

_LEADS: _Stages = {
    "Leads": (
        Stage("New", 0, "#94a3b8", lead_status="NEW"),
        Stage("Contacted", 0, "#38bdf8", lead_status="CONTACTED"),
        Stage("Call Scheduled", 0, "#818cf8", lead_status="CONTACTED"),
        Stage("Qualified", 0, "#c084fc", lead_status="QUALIFIED"),
        Stage("Converted", 100, "#16a34a", "WON", lead_status="CONVERTED"),
        Stage("Disqualified", 0, "#dc2626", "LOST", lead_status="DISQUALIFIED"),
    ),
}

_PROJECTS: _Stages = {
    "Projects": (
        Stage("Not Started", 0, "#94a3b8"),
        Stage("In Progress", 0, "#38bdf8"),
        Stage("Completed", 100, "#16a34a", "WON"),
    ),
}

SEEDED: dict[str, _Stages] = {
    "DEAL": _DEALS,
    "LEAD": _LEADS,
    "PROJECT": _PROJECTS,
}
"""By what moves through them, then by name."""

_OPEN, _WON, _LOST = "OPEN", "WON", "LOST"

MOVED = {_OPEN: "stage_changed", _WON: "won", _LOST: "lost"}
"""How a move into a stage of a category is told: closing a deal is more than another stage."""

NEEDED: dict[str, tuple[str, ...]] = {
    "DEAL": (_OPEN, _WON, _LOST),
    "LEAD": ("NEW", "CONTACTED", "QUALIFIED", "CONVERTED", "DISQUALIFIED"),
    "PROJECT": (_OPEN, _WON),
}
"""What every pipeline of a kind has at least one stage of: categories, for leads statuses."""

LEAD_CATEGORY = {"CONVERTED": _WON, "DISQUALIFIED": _LOST}
"""The category of the stages of a lead's status; all others are open."""

DEFAULT: dict[str, tuple[Stage, ...]] = {
    "DEAL": (Stage("Open", 50, "#38bdf8"), *_CLOSED),
    "LEAD": _LEADS["Leads"],
    "PROJECT": _PROJECTS["Projects"],
}
"""The stages of a new pipeline for which nobody named any."""


class Step(Protocol):
    """A stage as far as these rules look at it."""

    id: str
    pipeline_id: str
    name: str
    position: int
    probability: int
    category: Any
    lead_status: Any


def is_gated(left: Step, entered: Step) -> bool:
    """Whether a move is one that gates are asked about: on, and not into a lost stage."""
    return entered.category != _LOST and passed(left, entered)[0] < entered.position


def passed(left: Step | None, entered: Step) -> tuple[int, int]:
    """The positions whose gates a deal passes: behind the first, up to the second.

    It begins before the first stage where it is made, comes from elsewhere, or was lost.
    """
    onward = left is not None and left.pipeline_id == entered.pipeline_id
    begins = left.position if left is not None and onward and left.category != _LOST else 0
    return begins, entered.position


def entered(left: Step, stage: Step, deal: Any, now: datetime) -> dict[str, Any]:
    """What changes on a deal that enters a stage.

    A probability set by hand is kept between open stages; closing sets it, reopening gives the
    stage's.
    """
    values: dict[str, Any] = {
        "pipeline_id": stage.pipeline_id,
        "stage_id": stage.id,
        "stage_entered_at": now,
    }
    if left.category != stage.category:
        values["closed_at"] = None if stage.category == _OPEN else now
    open_still = left.category == stage.category == _OPEN
    if not (open_still and deal.probability_source == "MANUAL"):
        values |= {"probability": stage.probability, "probability_source": "STAGE"}
    return values


def what_it_is(kind: str, stage: Step) -> str:
    """What a stage is one of at least one: its category, or the status of leads in it."""
    return str(stage.lead_status if kind == "LEAD" else stage.category)


def lacking(kind: str, stages: Iterable[Step]) -> list[str]:
    """What a pipeline of these stages lacks."""
    there = {what_it_is(kind, stage) for stage in stages}
    return [one for one in NEEDED[kind] if one not in there]


def counterpart(kind: str, stage: Step, others: Iterable[Step]) -> Step | None:
    """The stage of another pipeline that records of a stage go to: of the same meaning and name."""
    alike = [one for one in others if what_it_is(kind, one) == what_it_is(kind, stage)]
    named = [one for one in alike if one.name.casefold() == stage.name.casefold()]
    return next(iter(named or alike), None)
