"""The lead: one process at a time holds it, by a leased row that it keeps renewing."""

import time
from uuid import UUID, uuid5

from core.db import Database
from jobs.ledger import BEAT_SECONDS, NOWHERE, RUN_SECONDS

_LEADS = UUID("0f7c2a9e-51f4-4c3c-8b53-5f3b0c8a2d11")
_KNOWN = """
INSERT INTO due_work (workspace_id, id, kind, subject_id, at) VALUES ($1, $2, $3, $1, now())
ON CONFLICT DO NOTHING
"""
# `attempts` counts the leads: who held an earlier one cannot renew it.
_TAKE = f"""
UPDATE due_work SET attempts = attempts + 1,
                    leased_until = now() + interval '{RUN_SECONDS} seconds'
WHERE workspace_id = $1 AND id = $2 AND (leased_until IS NULL OR leased_until < now())
RETURNING attempts
"""
_RENEW = f"""
UPDATE due_work SET leased_until = now() + interval '{RUN_SECONDS} seconds'
WHERE workspace_id = $1 AND id = $2 AND attempts = $3 RETURNING attempts
"""
_GIVE_UP = """
UPDATE due_work SET leased_until = NULL WHERE workspace_id = $1 AND id = $2 AND attempts = $3
RETURNING attempts
"""


class Lead:
    """A claim to lead something, of one process."""

    def __init__(self, database: Database, what: str) -> None:
        self._database = database
        self._what = f"lead.{what}"
        self._id = str(uuid5(_LEADS, what))
        self._held: int | None = None
        self._renewed = 0.0

    async def held(self) -> bool:
        """Whether this process leads, now that it asks; a lead that nobody holds is taken."""
        if self._held is not None and time.monotonic() - self._renewed < BEAT_SECONDS:
            return True
        asked = time.monotonic()
        async with self._database.writing(None) as writing:
            if self._held is None:
                await writing.fetch_text(_KNOWN, NOWHERE, self._id, self._what)
                rows = await writing.fetch_text(_TAKE, NOWHERE, self._id)
            else:
                rows = await writing.fetch_text(_RENEW, NOWHERE, self._id, self._held)
        self._held = rows[0]["attempts"] if rows else None
        self._renewed = asked
        return self._held is not None

    async def give_up(self) -> None:
        """Leave the lead to another process at once."""
        if self._held is not None:
            async with self._database.writing(None) as writing:
                await writing.fetch_text(_GIVE_UP, NOWHERE, self._id, self._held)
            self._held = None
