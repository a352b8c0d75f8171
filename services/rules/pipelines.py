"""The pipelines a workspace begins with."""

from dataclasses import dataclass


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
