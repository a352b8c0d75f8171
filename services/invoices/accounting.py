"""Accounting systems that invoices are brought into; none can be connected yet."""

from collections.abc import Mapping
from typing import Any

from auth.context import Context
from connectors.accounting import Provider
from core.codes import UserErrorCode
from core.errors import UserError
from services.invoices import states

PROVIDERS: Mapping[str, Provider] = {}
"""The accounting systems this installation knows, by name."""


async def sync(ctx: Context, invoice_id: str) -> Any:
    """Bring an invoice into the accounting system of its workspace."""
    states.require_finance(ctx)
    invoice = await states.locked(ctx, invoice_id)
    if not PROVIDERS:
        message = f"No accounting system is connected; {invoice.number} stays in the CRM alone."
        raise UserError(UserErrorCode.INTEGRATION_NOT_CONNECTED, message, ("id",))
    raise NotImplementedError
