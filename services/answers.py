"""Answers by e-mail to what sequences send: whose they are, and whether they came since."""

from collections.abc import Sequence

from core.writes import Transaction

# Who answers from another address is known by what they answer.
_ANSWERS = """
JOIN timeline_entry AS entry ON entry.workspace_id = $1 AND entry.item_kind = 'email'
  AND (entry.record_id = enrollment.contact_id OR entry.record_id = enrollment.lead_id)
JOIN email ON email.workspace_id = $1 AND email.id = entry.item_id
LEFT JOIN contact ON contact.workspace_id = $1 AND contact.id = enrollment.contact_id
LEFT JOIN lead ON lead.workspace_id = $1 AND lead.id = enrollment.lead_id
WHERE enrollment.workspace_id = $1
  AND email.direction = 'INBOUND' AND NOT email.automatic AND email.deleted_at IS NULL
  AND (email.in_reply_to IS NOT NULL OR email.from_key IN (contact.email_key, lead.email_key))
"""
# Clients name moments by the millisecond.
_ENROLLED = f"""
SELECT DISTINCT enrollment.id FROM sequence_enrollment AS enrollment {_ANSWERS}
  AND enrollment.status = 'ACTIVE'
  AND entry.at >= date_trunc('milliseconds', enrollment.created_at)
"""
_BY_EMAILS = f"{_ENROLLED} AND email.id = ANY($2::uuid[])"
_BY_ENROLLMENT = f"{_ENROLLED} AND enrollment.id = $2"
_BY_MAIL = f"""
SELECT 1 FROM mail
JOIN email AS sent ON sent.workspace_id = $1 AND sent.id = mail.email_id
JOIN timeline_entry AS about ON about.workspace_id = $1 AND about.item_id = sent.id
JOIN sequence_enrollment AS enrollment ON enrollment.workspace_id = $1
  AND (enrollment.contact_id = about.record_id OR enrollment.lead_id = about.record_id)
  AND enrollment.created_at <= mail.created_at
JOIN sequence_step AS step ON step.workspace_id = $1
  AND step.sequence_id = enrollment.sequence_id AND step.template_id = sent.template_id
{_ANSWERS}
  AND mail.workspace_id = $1 AND mail.id = $2
  AND entry.at >= date_trunc('milliseconds', mail.created_at)
LIMIT 1
"""


async def to_sequences(act: Transaction, email_ids: Sequence[str]) -> list[str]:
    """The enrollments that some e-mails answer; what was written before them does not."""
    rows = await act.fetch_text(_BY_EMAILS, act.workspace, list(email_ids))
    return [row["id"] for row in rows]


async def has_come(act: Transaction, enrollment_id: str) -> bool:
    """Whether somebody has answered since they were enrolled."""
    return bool(await act.fetch_text(_BY_ENROLLMENT, act.workspace, enrollment_id))


async def overtakes(act: Transaction, mail_id: str) -> bool:
    """Whether the receiver of a sequence's mail has answered since it was written."""
    return bool(await act.fetch_text(_BY_MAIL, act.workspace, mail_id))
