"""Mail that was not delivered: what is known of it afterwards, and who is told."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from auth import rights
from auth.context import Context
from connectors import smtp
from core.writes import Transaction
from models import metadata
from models.enums import NotificationKind
from services import notifications, reachability

EMAIL, MAIL = metadata.tables["email"], metadata.tables["mail"]
_LONGEST = 500


async def note(
    act: Transaction, mail: Any, addresses: Sequence[str], reason: str, *, is_final: bool
) -> None:
    """Note that a mail did not reach some of its receivers; their addresses, where it is final.

    Only addresses it went to count: whoever tells of another knows nothing of this mail.
    """
    own = {_spelled(one): one for one in (*mail["recipients"], *mail["cc"])}
    # Servers name a domain as it is sent, records as it is written.
    told = dict.fromkeys(_spelled(one) for one in addresses)
    missed = [own[one] for one in told if one in own]
    if not missed:
        return
    if mail["email_id"] is not None:
        values = {
            "bounced_at": sa.func.coalesce(EMAIL.c.bounced_at, act.now),
            "bounce_reason": reason[:_LONGEST],
        }
        await act.update(EMAIL, EMAIL.c.id == mail["email_id"], values, event="bounced")
    if is_final:
        await reachability.bounced(act, missed)
    if mail["owner_id"] is not None:
        await _tell(act, mail, missed)


async def of_message(act: Transaction, message_ids: Sequence[str]) -> Any:
    """The mail of ours that has one of some Message-IDs, kept from others; None where none has."""
    rows = await act.fetch(
        sa.select(MAIL)
        .where(MAIL.c.workspace_id == act.workspace, MAIL.c.message_id.in_(list(message_ids)))
        .order_by(MAIL.c.id.desc())
        .limit(1)
        .with_for_update()
    )
    return rows[0] if rows else None


def _spelled(address: str) -> str:
    """What two spellings of an address have in common."""
    return smtp.spelled(address).casefold()


async def _tell(act: Transaction, mail: Any, missed: Sequence[str]) -> None:
    actor = await rights.of_system_in(act, None, id=mail["id"])
    text = f"Your mail “{mail['subject']}” did not reach {', '.join(missed)}."
    people = await reachability.of(act, missed)
    about = next(((one.table, one.id) for one in people), None)
    if mail["case_id"] is not None:
        about = ("case", mail["case_id"])
    await notifications.notify(
        Context(actor, act),
        [mail["owner_id"]],
        NotificationKind.EMAIL_BOUNCED,
        record=about,
        text=text,
    )
