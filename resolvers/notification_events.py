"""The feed of the viewer's notifications: as they are made, and as they are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auth.actor import ActorKind
from models.registry import REGISTRY, Entity, pointer
from resolvers.board_events import changes_of, named_changes
from resolvers.feeds import Batch, Told, events, origin
from resolvers.reading import Reading
from resolvers.transitions import Watched
from schema.notifications import NOTIFICATION_EVENTS
from services import notifications

_NOTIFICATION = REGISTRY["Notification"]
_DIGESTED = "notification.digested"
"""What a digest has told is shown as before."""


@dataclass(slots=True)
class NotificationEvents:
    """The feed of one user's notifications."""

    user: str
    watched: Watched
    entities: frozenset[str] | None = frozenset({_NOTIFICATION.table.name})

    async def round(self, reading: Reading, batch: Batch) -> list[Told]:
        """What a batch of events comes to, in the order of the log."""
        changes, by = changes_of([one for one in batch.events if self._may_be_told(one)])
        if not changes:
            return []
        found = await self.watched.transitions(reading, list(changes), batch.since)
        own = {one: by[one] for one in changes if found[one].now}
        if not own:
            return []
        unread = await notifications.unread(reading)
        told = [_changed(one, by[one], changes[one], unread) for one in own]
        return sorted(told, key=lambda one: one.position)

    def _may_be_told(self, event: Mapping[str, Any]) -> bool:
        """Whether it is not certain that somebody else is told; only who is told reads it."""
        if event["type"] == _DIGESTED:
            return False
        owner = event["changes"].get("owner_id")
        if owner is not None:
            return self.user in owner.values()
        return bool(event["actor_kind"] != ActorKind.USER or event["actor_id"] == self.user)


def _changed(record: str, event: Mapping[str, Any], names: set[str], unread: int) -> Told:
    shown, place = pointer(_NOTIFICATION.name, record), event["position"]
    value = {"kind": "NotificationChanged", **origin(event), "notification": shown}
    value |= {"changed": named_changes(_NOTIFICATION, names), "unread_count": unread}
    return Told(value, place, place, shown)


def _kinds(_arguments: Mapping[str, Any]) -> list[tuple[Entity, Mapping[str, Any] | None]]:
    return [(_NOTIFICATION, None)]


@events("notification_events", NOTIFICATION_EVENTS, _kinds)
async def opening(reading: Reading, _arguments: Mapping[str, Any]) -> NotificationEvents:
    """Follow the viewer's notifications."""
    watched = Watched(_NOTIFICATION, lambda rows: rows.c.id.is_not(None))
    return NotificationEvents(reading.actor.user_id, watched)
