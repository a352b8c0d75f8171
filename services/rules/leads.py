"""What a lead may become: its statuses, and the domain behind its website."""

from urllib.parse import urlsplit

OPEN = ("NEW", "CONTACTED", "QUALIFIED")
CONVERTED = "CONVERTED"
DISQUALIFIED = "DISQUALIFIED"
CLOSED = (CONVERTED, DISQUALIFIED)
"""A lead in one of these is no longer worked on."""
_LONGEST_DOMAIN = 200


def reachable(status: str) -> tuple[str, ...]:
    """The statuses a lead can be moved to: converting is an act of its own, and is for good."""
    return (CONVERTED,) if status == CONVERTED else (*OPEN, DISQUALIFIED)


def domain(website: str | None) -> str | None:
    """The domain a website lies on, without `www`; None where there is none to be seen."""
    text = (website or "").strip()
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
    except ValueError:
        return None
    host = host.removeprefix("www.").rstrip(".")
    return host if "." in host and len(host) <= _LONGEST_DOMAIN else None
