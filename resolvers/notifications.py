"""Notifications: how many are unread, and marking them as read."""

from collections.abc import Mapping
from typing import Any

from auth.context import Context
from resolvers.mutation import extra, mutation, several
from resolvers.queries import valued
from resolvers.reading import Reading
from schema import notifications as given
from schema.notifications import Notification, NotificationSetting
from schema.types import Answered
from services import notification_settings, notifications


@valued("notification_unread_count", Answered(int, "How many of your notifications are unread."))
async def unread(reading: Reading, _arguments: Mapping[str, Any]) -> int:
    """How many notifications of the viewer are unread."""
    return await notifications.unread(reading)


@valued(
    "notification_settings",
    Answered(list[NotificationSetting], "How you are told each kind of thing."),
)
async def settings(reading: Reading, _arguments: Mapping[str, Any]) -> list[NotificationSetting]:
    """How the viewer is told each kind of thing."""
    found = await notification_settings.of_viewer(reading)
    return [NotificationSetting(kind=kind, **ways._asdict()) for kind, ways in found]


@mutation(notification_setting=extra(NotificationSetting, "How you are told it from here on."))
async def notification_setting_update(
    ctx: Context, input: given.NotificationSettingUpdateInput
) -> Any:
    """Choose how you are told a kind of thing: in the product, by e-mail, both or not at all."""
    ways = await notification_settings.update(ctx, input.kind, in_app=input.in_app, mail=input.mail)
    return {"notification_setting": NotificationSetting(kind=input.kind, **ways._asdict())}


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
