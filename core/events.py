"""The event log's entries, collected in a transaction and written with their positions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Author:
    """Who acts: the kind of actor and its id, as events and history keep it."""

    kind: str
    id: str | None


SYSTEM = Author("SYSTEM", None)
"""Who acts when nobody asked: recurring work, consumers of events."""


@dataclass(frozen=True, slots=True)
class Event:
    """A fact as the log keeps it."""

    position: int
    at: datetime
    type: str
    entity: str
    record_id: str
    author: Author
    request_id: str
    """What the act was asked by: a request, a consumer's place, a run of a workflow."""
    operation_id: str
    import_id: str | None
    changes: Mapping[str, Any]
    """`{field: {"before": …, "after": …}}`, by columns."""
    data: Mapping[str, Any]


@dataclass(slots=True)
class Pending:
    """One fact about one record that the running transaction will log at its end."""

    type: str
    entity: str
    record_id: str
    changes: str
    """JSON of `{field: {"before": …, "after": …}}`."""
    data: dict[str, Any] = field(default_factory=dict)

    def merged(self, later: "Pending") -> "Pending":
        """Join this fact and a later one about the same record."""
        before, after = _read(self.changes), _read(later.changes)
        changes = {
            name: {
                "before": before.get(name, after.get(name))["before"],
                "after": after.get(name, before.get(name))["after"],
            }
            for name in {**before, **after}
        }
        kept = {name: change for name, change in changes.items() if _differs(change)}
        first_wins = self.type.endswith(".created") or later.type.endswith(".updated")
        return Pending(
            self.type if first_wins else later.type,
            self.entity,
            self.record_id,
            orjson.dumps(kept, default=_exact).decode(),
            self.data | later.data,
        )


def _read(changes: str) -> Any:
    """The changes with their numbers to the last digit."""
    return json.loads(changes, parse_float=Decimal)


def _exact(number: Decimal) -> orjson.Fragment:
    return orjson.Fragment(str(number))


def _differs(change: dict[str, Any]) -> bool:
    return bool(change["before"] != change["after"])
