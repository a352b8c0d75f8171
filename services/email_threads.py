"""Conversations by e-mail, as the timelines of contacts hold them."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from models.base import Uuid
from models.registry import pointer

MOST = 50
_MAILS = 1_000
"""E-mails of a contact that are looked at, the latest first."""

_THREADS = f"""
SELECT wanted.id AS contact_id, thread.*
FROM unnest(:contacts) AS wanted(id), LATERAL (
  SELECT (array_agg(mail.id ORDER BY mail.at DESC, mail.id DESC))[1] AS last_id,
         (array_agg(mail.subject ORDER BY mail.at DESC, mail.id DESC))[1] AS subject,
         count(*) AS count, max(mail.at) AS last_at
  FROM (
    SELECT email.id, email.at, email.subject, coalesce(email.thread_id, email.id::text) AS thread
    FROM timeline_entry AS entry
    JOIN email ON email.workspace_id = entry.workspace_id AND email.id = entry.item_id
    WHERE entry.workspace_id = :workspace AND entry.record_id = wanted.id
      AND entry.item_kind = 'email' AND email.deleted_at IS NULL
    ORDER BY entry.at DESC, entry.item_id DESC LIMIT {_MAILS}
  ) AS mail
  GROUP BY mail.thread ORDER BY max(mail.at) DESC LIMIT {MOST}
) AS thread
ORDER BY thread.last_at DESC, thread.last_id DESC
"""
_STATEMENT = sa.text(_THREADS).bindparams(
    sa.bindparam("contacts", type_=sa.ARRAY(Uuid)), sa.bindparam("workspace", type_=Uuid)
)


async def of_contacts(
    reading: Any, rows: Sequence[Mapping[str, Any]]
) -> list[list[dict[str, Any]]]:
    """The conversations of contacts, in one statement: who sees a contact sees its mail."""
    ids = [row["id"] for row in rows]
    found: dict[str, list[dict[str, Any]]] = {one: [] for one in ids}
    statement = _STATEMENT.bindparams(contacts=ids, workspace=reading.actor.workspace_id)
    for row in await reading.fetch(statement):
        found[str(row["contact_id"])].append(
            {
                "subject": row["subject"],
                "count": row["count"],
                "last_at": row["last_at"],
                "last": pointer("Email", str(row["last_id"])),
            }
        )
    return [found[one] for one in ids]
