"""Consumers of events: declared by name, given each event at least once and in order."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from core.events import Event
from core.writes import Transaction

TakeIn = Callable[[Transaction, Sequence[Event]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Consumer:
    """What takes events in, and which."""

    name: str
    of: frozenset[str]
    """The types of events it wants; empty for all."""
    about: frozenset[str]
    """The tables whose events it wants; empty for all."""
    take_in: TakeIn

    def wants(self, event: Event) -> bool:
        """Whether an event concerns it; what the relay itself writes concerns nobody."""
        return (
            event.entity != "dead_letter"
            and (not self.of or event.type in self.of)
            and (not self.about or event.entity in self.about)
        )


CONSUMERS: dict[str, Consumer] = {}


def consumer(
    name: str, *, of: Sequence[str] = (), about: Sequence[str] = ()
) -> Callable[[TakeIn], TakeIn]:
    """Make a function a consumer of events.

    It is given a transaction of the workspace, as the system, in which its place in the log moves
    too: what it writes there happens once. What happens elsewhere is asked for as due work, and is
    done once by its key in the effect ledger (`services.effects`). An event that fails is tried
    again with growing pauses, then becomes a dead letter, and the consumer goes on.
    """

    def declare(take_in: TakeIn) -> TakeIn:
        CONSUMERS[name] = Consumer(name, frozenset(of), frozenset(about), take_in)
        return take_in

    return declare
