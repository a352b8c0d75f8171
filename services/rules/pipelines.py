"""The two pipelines a workspace begins with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """One step: its name, the chance of winning a deal in it, its colour and what it means."""

    name: str
    probability: int
    color: str
    category: str = "OPEN"


_CLOSED = (
    Stage("Closed Won", 100, "#16a34a", "WON"),
    Stage("Closed Lost", 0, "#dc2626", "LOST"),
)

SEEDED: dict[str, tuple[Stage, ...]] = {
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
