"""Feeds: what subscriptions follow, declared by their root fields."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from core.events import Author
from core.ids import encode
from core.names import camel
from models.enums import ResyncReason
from models.registry import Entity, Pointer
from resolvers.reading import Reading
from schema.types import Answered
from services.actors import SYSTEM, shown


@dataclass(frozen=True, slots=True)
class Batch:
    """Events of a workspace that follow each other, read at once."""

    events: Sequence[Mapping[str, Any]]
    since: int
    """The position before the first of them."""
    to: int
    live: bool = True
    """False where they are told again to somebody who comes back."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing to tell, at its place in the log."""

    value: Any
    position: int = 0
    """Its cursor: who goes on from there misses nothing."""
    upto: int = 0
    """Who has a snapshot of this position or a later one knows it."""
    needed: Pointer | None = None
    """The record it is about: if that is gone by now, a later event says so."""


class Events(Protocol):
    """A feed of events: the same for all who share its arguments and their sight."""

    entities: frozenset[str] | None
    """The tables whose events concern it; None where all do."""

    async def round(self, reading: Reading, batch: Batch) -> list[Told]:
        """What a batch of events comes to."""


Name = tuple[str, str]
"""A value by the id of what shows it; with the user, where it is another one for each."""


class Values(Protocol):
    """A feed of values: each is told when it is another one than was told before."""

    pace: float
    """Seconds between two looks, however much happens."""

    @property
    def entities(self) -> frozenset[str]:
        """The tables whose events concern it."""

    async def load(self, reading: Reading) -> None:
        """Read anew what there is to follow."""

    async def configured(
        self, reading: Reading, events: Sequence[Mapping[str, Any]]
    ) -> ResyncReason | None:
        """Take note of what changed of the feed itself; why its snapshot is to be read again."""

    async def concerned(
        self,
        reading: Reading,
        viewers: Collection[str],
        events: Sequence[Mapping[str, Any]] | None,
    ) -> list[Name]:
        """The values that events may have changed for some viewers; all, without events."""

    async def values(self, reading: Reading, names: Sequence[Name]) -> dict[Name, dict[str, Any]]:
        """What some values are now."""


Anew = Callable[[], Awaitable[Reading]]
"""Makes a reading of the subscriber as of now."""
Opening = Callable[[Reading, Mapping[str, Any]], Awaitable[Events | Values]]
Sharing = Callable[[Reading, Mapping[str, Any]], Awaitable[Any]]
"""Says what two subscribers have in common who are told the same; refuses who may not follow."""
Kinds = Callable[[Mapping[str, Any]], list[tuple[Entity, Mapping[str, Any] | None]]]
"""The kinds of records that arguments ask for, each with the filter on them."""
States = Callable[[Anew, Mapping[str, Any]], AsyncIterator[Any]]


@dataclass(frozen=True, slots=True)
class Feed:
    """A root field of subscriptions: events with cursors, or states without."""

    opening: Opening | None = None
    sharing: Sharing | None = None
    kinds: Kinds = lambda _arguments: []
    states: States | None = None
    public: bool = False


FEEDS: dict[str, Feed] = {}
"""Feeds by the wire names of their fields."""
SUBSCRIPTIONS: dict[str, Answered] = {}
"""Their fields by snake_case name."""


def events(
    name: str, answered: Answered, kinds: Kinds, *, sharing: Sharing | None = None
) -> Callable[[Opening], Opening]:
    """Declare a feed of events (snake_case name) that takes `after`: what opens it.

    Where it is opened as `Values`, `sharing` is asked of each who follows.
    """

    def declare(opening: Opening) -> Opening:
        _add(name, answered, Feed(opening=opening, sharing=sharing, kinds=kinds))
        return opening

    return declare


def states(name: str, answered: Answered, *, public: bool = False) -> Callable[[States], States]:
    """Declare a feed of states (snake_case name): what makes them, one after the other."""

    def declare(made: States) -> States:
        _add(name, answered, Feed(states=made, public=public))
        return made

    return declare


def _add(name: str, answered: Answered, feed: Feed) -> None:
    if name in SUBSCRIPTIONS:
        message = f"The subscription {name} is declared twice."
        raise TypeError(message)
    SUBSCRIPTIONS[name] = answered
    FEEDS[camel(name)] = feed


def origin(event: Mapping[str, Any], position: int | None = None) -> dict[str, Any]:
    """The fields of every event: its place, its moment, who did it in which act."""
    return {
        "cursor": str(event["position"] if position is None else position),
        "at": event["at"],
        "actor": shown(Author(event["actor_kind"], event["actor_id"])),
        "operation_id": encode("op", event["operation_id"]),
    }


def nobodys(position: int, at: datetime) -> dict[str, Any]:
    """The same where it was no single act."""
    return {"cursor": str(position), "at": at, "actor": SYSTEM, "operation_id": None}


def resync(reason: ResyncReason, position: int, at: datetime) -> Told:
    """That the snapshot has to be read again."""
    value = {"kind": "ResyncRequired", **nobodys(position, at), "reason": reason}
    return Told(value, position, position)


def changed_fields(entity: Entity, columns: set[str]) -> list[str]:
    """The fields (wire names) that show any of some columns."""
    return [
        camel(field.name)
        for field in entity.fields.values()
        if columns.intersection(field.columns or field.needs)
    ]
