"""Connections: sockets and streams, whose they are, and what is told over them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from auth.actor import Actor
from resolvers.plans.cache import Asked
from subscriptions.frames import Queue


@dataclass(eq=False, slots=True)
class Connection:
    """A socket or a stream of somebody who is signed in."""

    token: str
    actor: Actor
    revoked: Callable[[], None]
    """Closes it, because the token opens nothing any more."""
    running: dict[Queue, Asked] = field(default_factory=dict)
    """The feeds of events that are followed over it."""
