"""Undoing acts on quotes, contracts, invoices: of drafts only, and what is put back adds up."""

from auth.context import Context
from services.quotes import sums
from services.undo.collisions import Collision

PAPERS = ("quote", "contract", "invoice")
"""What customers get to see: from then on it stays as they saw it."""

# Fields of the workspace's own, and the trash, are no part of what they saw.
_CONTENTS = "(n.after = '{}' OR n.after - '{custom,deleted_at}'::text[] <> '{}')"
_SEEN = " UNION ALL ".join(
    f"SELECT n.entity, n.record_id FROM undo_net AS n JOIN {name} AS t"
    " ON t.workspace_id = $1 AND t.id = n.record_id"
    f" WHERE n.entity = '{name}' AND NOT n.made AND t.status <> 'DRAFT' AND {_CONTENTS}"
    for name in PAPERS
)
_WRITTEN = f"""
SELECT n.record_id FROM undo_net AS n WHERE n.entity = 'quote' AND NOT n.made AND {_CONTENTS}
"""


def concerns(act: str | None) -> bool:
    """Whether an act is one on a paper; others only touch what papers point at."""
    return act is not None and act.startswith(PAPERS)


async def seen(ctx: Context) -> list[Collision]:
    """The papers of an act that are drafts no longer."""
    rows = await ctx.act.fetch_text(_SEEN, ctx.workspace_id)
    return [Collision(row["entity"], row["record_id"], ("status",)) for row in rows]


async def settle(ctx: Context) -> None:
    """Work out anew what the quote of an act comes to, and what its discount asks for."""
    for row in await ctx.act.fetch_text(_WRITTEN):
        await sums.resettle(ctx, row["record_id"])
