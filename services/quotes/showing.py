"""What is shown of quotes that is worked out from their columns."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from models.registry import pointer
from services.quotes.sending import link
from services.rules.quotes import exchanged

Rows = Sequence[Mapping[str, Any]]


async def approvals(_reading: Any, rows: Rows) -> list[dict[str, Any]]:
    """Where the approval of each quote's discount stands, and who has to do with it."""
    return [
        {
            "state": row["approval_state"],
            "approver": pointer("User", row["approver_id"]),
            "requested_by": pointer("User", row["approval_requested_by_id"]),
            "decided_at": row["approval_decided_at"],
            "comment": row["approval_comment"],
            "approved_percent": row["approved_percent"],
        }
        for row in rows
    ]


async def tracked_links(_reading: Any, rows: Rows) -> list[dict[str, Any] | None]:
    """The link each quote was sent with, and who has opened it."""
    return [
        row["link_key"]
        and {
            "url": link(row["link_key"]),
            "view_count": row["view_count"],
            "first_viewed_at": row["first_viewed_at"],
            "last_viewed_at": row["last_viewed_at"],
        }
        for row in rows
    ]


async def home_totals(_reading: Any, rows: Rows) -> list[dict[str, Any]]:
    """The total of each quote in the currency the workspace had, at the rate it keeps."""
    return [
        {
            "amount": exchanged(
                Decimal(row["total_amount"]), Decimal(row["home_rate"]), row["home_currency"]
            ),
            "currency": row["home_currency"],
        }
        if row["home_rate"]
        else {"amount": row["total_amount"], "currency": row["currency"]}
        for row in rows
    ]


async def applied_tiers(_reading: Any, rows: Rows) -> list[dict[str, Any] | None]:
    """The quantity discount that is in the unit price of each line."""
    return [
        {"min_quantity": row["tier_min_quantity"], "discount_percent": row["tier_percent"]}
        if row["tier_percent"] is not None and row["overridden_at"] is None
        else None
        for row in rows
    ]


async def are_converted(_reading: Any, rows: Rows) -> list[bool]:
    """Whether the list price of each line was told in another currency."""
    return [row["list_price_rate"] is not None for row in rows]
