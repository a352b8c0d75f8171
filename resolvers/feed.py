"""The activity feed: what happened lately to records the viewer sees, from the event log."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from auth.policy import WORKSPACE, readable, visible
from models import metadata
from models.base import Uuid
from models.enums import FeedVerb
from models.registry import REGISTRY, Entity, pointer
from resolvers.plans.rendering import rendered
from resolvers.queries import valued
from resolvers.reading import Reading
from resolvers.scopes import Scope, scope_of
from schema.dashboard_view import DashboardScopeInput, FeedData
from schema.types import Answered, Given

_EVENT, _USER = metadata.tables["event"], metadata.tables["user"]
MOST = 100
_PAGE, _PAGES = 300, 5
_SUBJECTS = ("Contact", "Company", "Lead", "Deal", "Case", "Project", "Quote", "Contract")
_NAMED = ("name", "title", "subject", "number")
_VERBS: Mapping[str, FeedVerb] = {
    "created": FeedVerb.CREATED,
    "stage_changed": FeedVerb.MOVED,
    "won": FeedVerb.WON,
    "lost": FeedVerb.LOST,
    "converted": FeedVerb.CONVERTED,
    "resolved": FeedVerb.RESOLVED,
    "completed": FeedVerb.COMPLETED,
}
TYPES = {
    f"{name.lower()}.{event}": (name, verb) for name in _SUBJECTS for event, verb in _VERBS.items()
} | {"task.completed": ("Task", FeedVerb.COMPLETED)}
"""The types of events a feed tells, each with whose it is and what was done."""


@valued(
    "activity_feed",
    Answered(
        FeedData,
        "What happened lately to records you see, newest first.",
        {
            "first": Given(int, f"How many lines, at most {MOST}; 20 when left out.", 20),
            "scope": Given(DashboardScopeInput, "Whose records; as on your dashboard if left out."),
        },
    ),
)
async def activity_feed(reading: Reading, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The lines of the feed."""
    asked = arguments.get("first")
    first = max(0, min(20 if asked is None else asked, MOST))
    scope = await scope_of(reading, arguments.get("scope"))
    return {"kind": "FeedData", "items": await feed(reading, scope, first)}


async def feed(reading: Reading, scope: Scope, first: int) -> list[dict[str, Any]]:
    """The newest lines about records in sight; the log is looked through for a bounded way."""
    items: list[dict[str, Any]] = []
    before: int | None = None
    for _ in range(_PAGES):
        events = await reading.fetch(rendered(_events(before)))
        if events:
            items += await _lines(reading, scope, events)
            before = events[-1]["position"]
        if len(items) >= first or len(events) < _PAGE:
            break
    return items[:first]


def _events(before: int | None) -> sa.Select[Any]:
    event, user = _EVENT.alias(), _USER.alias()
    acted = sa.and_(user.c.workspace_id == event.c.workspace_id, user.c.id == event.c.actor_id)
    statement = (
        sa.select(
            event.c.position,
            event.c.at,
            event.c.type,
            event.c.record_id,
            sa.func.concat_ws(" ", user.c.first_name, user.c.last_name).label("actor"),
        )
        .select_from(event.outerjoin(user, acted))
        .where(
            event.c.workspace_id == WORKSPACE,
            event.c.import_id.is_(None),
            event.c.type == sa.any_(sa.literal(sorted(TYPES), sa.ARRAY(event.c.type.type))),
        )
        .order_by(event.c.position.desc())
        .limit(_PAGE)
    )
    return statement if before is None else statement.where(event.c.position < before)


async def _lines(reading: Reading, scope: Scope, events: Sequence[Any]) -> list[dict[str, Any]]:
    wanted: dict[str, list[str]] = {}
    for event in events:
        wanted.setdefault(TYPES[event["type"]][0], []).append(event["record_id"])
    known = {
        record_id: row
        for name, ids in wanted.items()
        if readable(REGISTRY[name], reading.actor)
        for record_id, row in (await _seen(reading, scope, REGISTRY[name], ids)).items()
    }
    return [
        _line(event, known[event["record_id"]]) for event in events if event["record_id"] in known
    ]


def _line(event: Any, record: Any) -> dict[str, Any]:
    name, verb = TYPES[event["type"]]
    amount = None
    if "amount" in record.keys():  # noqa: SIM118 - a driver's record iterates over its values
        amount = {"amount": record["amount"], "currency": record["currency"]}
    return {
        "actor": event["actor"] or None,
        "verb": verb,
        "subject": pointer(name, event["record_id"]),
        "subject_name": record["label"],
        "amount": amount,
        "occurred_at": event["at"],
    }


async def _seen(
    reading: Reading, scope: Scope, entity: Entity, ids: Sequence[str]
) -> dict[str, Any]:
    rows = entity.table.alias("item")
    label = next(rows.c[name] for name in _NAMED if name in rows.c)
    columns = [rows.c.id, label.label("label")]
    if entity.name == "Deal":
        columns += [rows.c.value_amount.label("amount"), rows.c.value_currency.label("currency")]
    own = scope.of(rows) if "owner_id" in rows.c else sa.true()
    wanted = sa.literal(list(dict.fromkeys(ids)), sa.ARRAY(Uuid))
    found = await reading.fetch(
        rendered(
            sa.select(*columns).where(
                visible(entity, reading.actor, rows), own, rows.c.id == sa.any_(wanted)
            )
        )
    )
    return {row["id"]: row for row in found}
