"""Mails of the outbox: sent once more."""

from typing import Any

from auth.context import Context
from resolvers.mutation import mutation
from schema import outbox as given
from schema.outbox import EmailDelivery
from services import mailing


@mutation(delivery=EmailDelivery)
async def email_delivery_retry(ctx: Context, input: given.EmailDeliveryRetryInput) -> Any:
    """Send a mail that was given up once more."""
    return await mailing.retry(ctx, input.id)
