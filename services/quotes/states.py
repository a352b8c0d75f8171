"""What can be done with a quote, by where it stands with its customer."""

from collections.abc import Mapping, Sequence
from typing import Any

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import Path, UserError
from models import metadata
from models.quotes import Quote
from models.registry import REGISTRY
from models.sale_enums import QuoteStatus
from services import records

_OPEN = (QuoteStatus.SENT, QuoteStatus.VIEWED)
_ENDED = (QuoteStatus.DECLINED, QuoteStatus.EXPIRED)
POSSIBLE: Mapping[str, Sequence[QuoteStatus]] = {
    "changed": (QuoteStatus.DRAFT,),
    "sent": (QuoteStatus.DRAFT, *_OPEN),
    "accepted": _OPEN,
    "declined": _OPEN,
    "revised": (*_OPEN, *_ENDED),
    "deleted": (QuoteStatus.DRAFT, *_ENDED),
}
"""What can be done with a quote, and in which states."""

QUOTE = metadata.tables["quote"]
LINE = metadata.tables["quote_line"]


async def locked(
    ctx: Context, quote_id: str, expected_version: int | None = None, *, path: Path = ("id",)
) -> Quote:
    """A quote that may be written to, kept from others until the act ends."""
    records.may_write(ctx, REGISTRY["Quote"])
    if path != ("id",):
        await ctx.get(Quote, quote_id, path=path)
    found: Quote = await records.locked(ctx, REGISTRY["Quote"], quote_id, expected_version)
    return found


def require(quote: Quote, what: str, path: Path = ("id",)) -> None:
    """Refuse what cannot be done with a quote in its state, and say what can."""
    if quote.status in POSSIBLE[what]:
        return
    allowed = [one for one, states in POSSIBLE.items() if quote.status in states]
    can = f"it can be {_listed(allowed)}" if allowed else "nothing changes it any more"
    message = f"A quote that is {quote.status} cannot be {what}; {can}."
    raise UserError(UserErrorCode.INVALID_TRANSITION, message, path)


def columns(quote: Quote) -> dict[str, Any]:
    """A quote as it is, by its columns."""
    return {column.name: getattr(quote, column.name) for column in QUOTE.c}


def refuse_expired(ctx: Context, quote: Quote) -> None:
    """Refuse what comes after a quote's last day."""
    if quote.valid_until < ctx.today:
        message = f"It could be accepted until {quote.valid_until}; revise it to offer it anew."
        raise UserError(UserErrorCode.QUOTE_EXPIRED, message, ("id",))


async def change(ctx: Context, quote: Any, values: dict[str, Any], event: str, cause: str) -> Any:
    """Bring a quote into another state, and say what brought it there."""
    row = (await ctx.act.update(QUOTE, QUOTE.c.id == quote.id, values, event=event))[0]
    ctx.act.emit(f"quote.{event}", "quote", quote.id, cause=cause)
    return row


def _listed(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last
