"""What the support of a workspace begins with: its statuses, and how soon it answers."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Status:
    """A column of the case board: its name, its colour and what it does to the clocks."""

    name: str
    color: str
    category: str = "OPEN"


STATUSES = (
    Status("Backlog", "#94a3b8"),
    Status("Pending Agent", "#fbbf24"),
    Status("In Progress", "#38bdf8"),
    Status("Pending Customer", "#c084fc", "WAITING"),
    Status("Resolved", "#16a34a", "RESOLVED"),
)

_LOCAL = re.compile(r"case-\d{1,12}", re.IGNORECASE)
_NAMED = re.compile(r"\[(case-\d{1,12})\]", re.IGNORECASE)

APPROACHING_PERCENT = 80
TARGETS = {"LOW": (1440, 7200), "MEDIUM": (480, 2880), "HIGH": (240, 1440), "CRITICAL": (60, 240)}
"""Minutes to the first response and to the resolution, by priority, around the clock."""


def address(number: str, domain: str | None) -> str | None:
    """Where e-mail about a case goes to: case-0494@support.example.com."""
    return f"{number.lower()}@{domain}" if domain else None


def number_in(address: str, domain: str | None) -> str | None:
    """The number of the case whose address this is."""
    local, _, at = address.rpartition("@")
    if not domain or at.casefold() != domain.casefold() or not _LOCAL.fullmatch(local):
        return None
    return local.upper()


def number_named(subject: str) -> str | None:
    """The number a subject has in brackets, as ours have: [CASE-0494]."""
    found = _NAMED.search(subject)
    return found[1].upper() if found else None


def support_address(address: str | None, domain: str | None) -> str | None:
    """Whom answers to cases come from, and where new ones are written to."""
    return address or (f"support@{domain}" if domain else None)
