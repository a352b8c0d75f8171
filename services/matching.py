"""Whom an activity is about, by the addresses and numbers it carries."""

from collections.abc import Iterable, Sequence

from auth.context import Context
from services.rules.leads import domain

About = tuple[str, str]
"""A record an activity is about: the table it lies in, and its id."""

# Who is found first leads to the rest. Keys are unique to people, so that these are few rows.
_MATCHING = """
WITH address AS (SELECT fold(said) AS key FROM unnest($2::text[]) AS said),
contacts AS (
  SELECT id, primary_company_id FROM contact
  WHERE workspace_id = $1 AND deleted_at IS NULL
    AND email_key = ANY (ARRAY(SELECT key FROM address))
  UNION
  SELECT id, primary_company_id FROM contact
  WHERE workspace_id = $1 AND deleted_at IS NULL AND phone = ANY ($3::text[])
),
leads AS (
  SELECT id FROM lead
  WHERE workspace_id = $1 AND deleted_at IS NULL AND status <> 'CONVERTED'
    AND email_key = ANY (ARRAY(SELECT key FROM address))
  UNION
  SELECT id FROM lead
  WHERE workspace_id = $1 AND deleted_at IS NULL AND status <> 'CONVERTED'
    AND phone = ANY ($3::text[])
)
SELECT 'contact' AS kind, id FROM contacts
UNION ALL SELECT 'lead', id FROM leads
UNION ALL (
  SELECT 'company', id FROM company
  WHERE workspace_id = $1 AND deleted_at IS NULL
    AND id = ANY (ARRAY(SELECT primary_company_id FROM contacts))
  UNION
  SELECT 'company', id FROM company
  WHERE workspace_id = $1 AND deleted_at IS NULL
    AND domain_key = ANY (ARRAY(
      SELECT fold(said) FROM unnest($4::text[]) AS said WHERE said <> ''))
)
UNION ALL
SELECT 'deal', id FROM deal
WHERE workspace_id = $1 AND deleted_at IS NULL AND closed_at IS NULL
  AND contact_id = ANY (ARRAY(SELECT id FROM contacts))
UNION ALL
SELECT 'case', id FROM "case"
WHERE workspace_id = $1 AND deleted_at IS NULL AND resolved_at IS NULL
  AND contact_id = ANY (ARRAY(SELECT id FROM contacts))
"""


async def matching(
    ctx: Context, addresses: Iterable[str | None], numbers: Iterable[str | None]
) -> Sequence[About]:
    """The records that addresses and numbers lead to, whoever sees them, in one statement.

    They are the contacts and leads who have them, the contacts' companies and those of the
    domains, and the contacts' open deals and cases.
    """
    known = sorted({one for one in addresses if one})
    phones = sorted({one for one in numbers if one})
    if not known and not phones:
        return []
    domains = [domain(one.rpartition("@")[2]) or "" for one in known]
    rows = await ctx.act.fetch_text(_MATCHING, ctx.workspace_id, known, phones, domains)
    return [(row["kind"], str(row["id"])) for row in rows]
