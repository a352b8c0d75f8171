"""The event log's entries, collected in a transaction and written with their positions."""

from dataclasses import dataclass, field
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Author:
    """Who acts: the kind of actor and its id, as events and history keep it."""

    kind: str
    id: str | None


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
        before, after = orjson.loads(self.changes), orjson.loads(later.changes)
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
            orjson.dumps(kept).decode(),
            self.data | later.data,
        )


def _differs(change: dict[str, Any]) -> bool:
    return bool(change["before"] != change["after"])
