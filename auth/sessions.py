"""Sessions: a user signed in from somewhere, for thirty days."""

from datetime import timedelta

from auth.credentials import CredentialKind, issue, revoke
from auth.visit import Visit
from core.ids import new_id
from core.writes import Transaction
from models import metadata

SESSION = metadata.tables["session"]
LIFETIME = timedelta(days=30)
_USER_AGENT_KEPT = 400


async def begin(act: Transaction, visit: Visit, user_id: str) -> str:
    """Sign a user in; the token is answered once and kept as a hash."""
    session_id = new_id()
    session = {
        "id": session_id,
        "user_id": user_id,
        "last_seen_at": act.now,
        "ip": visit.ip,
        "user_agent": (visit.user_agent or "")[:_USER_AGENT_KEPT] or None,
    }
    await act.insert(SESSION, session)
    return await issue(act, CredentialKind.SESSION, session_id, expires_at=act.now + LIFETIME)


async def end(act: Transaction, session_id: str) -> None:
    """Sign one session out."""
    await act.delete(SESSION, SESSION.c.id == session_id)
    await revoke(act, CredentialKind.SESSION, session_id)
    act.access_changed()


async def end_all(act: Transaction, user_id: str) -> None:
    """Sign a user out everywhere."""
    ended = await act.delete(SESSION, SESSION.c.user_id == user_id)
    await revoke(act, CredentialKind.SESSION, *(session["id"] for session in ended))
    act.access_changed()
