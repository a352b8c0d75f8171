"""What a lead may become: its statuses, and the domain behind its website."""

from urllib.parse import urlsplit

from models.enums import LeadStatus

CLOSED = frozenset({LeadStatus.CONVERTED, LeadStatus.DISQUALIFIED})
"""A lead in one of these is no longer worked on."""
_LONGEST_DOMAIN = 200


def reachable(status: str) -> tuple[LeadStatus, ...]:
    """The statuses a lead can be moved to: converting is an act of its own, and is for good."""
    if status == LeadStatus.CONVERTED:
        return (LeadStatus.CONVERTED,)
    return tuple(one for one in LeadStatus if one != LeadStatus.CONVERTED)


def domain(website: str | None) -> str | None:
    """The domain a website lies on, without `www`; None where there is none to be seen."""
    text = (website or "").strip()
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
    except ValueError:
        return None
    host = host.removeprefix("www.").rstrip(".")
    return host if "." in host and len(host) <= _LONGEST_DOMAIN else None
