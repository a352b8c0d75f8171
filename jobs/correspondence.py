"""Mail that follows from events: contacts are told that their cases were opened."""

from collections.abc import Sequence

from core.events import Event
from core.writes import Transaction
from jobs.consumers import consumer
from services import case_mail


@consumer("case_confirmations", of=("case.created",))
async def confirm(act: Transaction, events: Sequence[Event]) -> None:
    """Tell the contacts of cases that these were opened."""
    await case_mail.confirm(act, events)
