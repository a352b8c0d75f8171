"""Notifications: how many are unread, and marking them as read."""

from collections.abc import Mapping
from typing import Any

from auth.context import Context
from resolvers.mutation import extra, mutation, several
from resolvers.queries import valued
from resolvers.reading import Reading
from schema import notifications as given
from schema.notifications import Notification
from schema.types import Answered
from services import notifications


@valued("notification_unread_count", Answered(int, "How many of your notifications are unread."))
async def unread(reading: Reading, _arguments: Mapping[str, Any]) -> int:
    """How many notifications of the viewer are unread."""
    return await notifications.unread(reading)


@mutation(notifications=several(Notification))
async def notification_mark_read(ctx: Context, input: given.NotificationMarkReadInput) -> Any:
    """Mark notifications of yours as read; those that are stay as they are."""
    return {"notifications": await notifications.mark_read(ctx, input.ids)}


@mutation(marked=extra(int, "How many were unread."))
async def notification_mark_all_read(
    ctx: Context, _input: given.NotificationMarkAllReadInput
) -> Any:
    """Mark all of your notifications as read."""
    return {"marked": await notifications.mark_all_read(ctx)}
