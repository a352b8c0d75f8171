"""Undo and the history of records."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
import strawberry

from auth.context import Context, acting
from auth.policy import restorable, visible
from core.codes import UserErrorCode
from core.errors import UserError
from core.ids import decode, encode
from core.names import snake
from models.base import Uuid
from models.registry import REGISTRY
from resolvers import refusals
from resolvers.executor import named
from resolvers.listing import page_size, place_in_log
from resolvers.mutation import extra, mutation
from resolvers.queries import valued
from resolvers.reading import Reading
from schema import history as given
from schema.declare import derived
from schema.derive import DEFAULT_FIRST, HOW_MANY, log_arguments
from schema.scalars import Cursor
from schema.types import Answered, Given
from services import changes, history
from services.undo import acts


@mutation(undone=extra(given.UndoneAct, "What was undone; null when it was refused."))
async def undo(ctx: Context, input: given.UndoInput) -> Any:
    """Take an act back: every record becomes what it was before, in an act of its own.

    Updates, moves, deletions, restores, bulks, merges, conversions, tags and imports can be
    undone for 30 days, by who did them or by an Admin. Refused with `collisions` where later acts
    changed the same fields; later changes of other fields stay.
    """
    done = await acts.undo(ctx, operation_of(input.operation_id))
    return {
        "undone": {
            "operation_id": encode("op", done.act.operation_id),
            "act": done.act.name,
            "at": done.act.at,
            "record_count": done.count,
            "records": list(done.records),
            "finished": done.finished,
        }
    }


@valued(
    "own_acts",
    Answered(
        list[given.OwnAct],
        "Your last acts, newest first, with whether they can be undone.",
        {"first": Given(int, HOW_MANY, DEFAULT_FIRST)},
    ),
)
async def own_acts(reading: Reading, arguments: Mapping[str, Any]) -> Any:
    """What the viewer did last."""
    await reading.begin()
    return await acts.recent(reading, page_size(arguments.get("first")))


@valued(
    "undo_preview",
    Answered(
        given.UndoPreview,
        "Whether an act can be undone now, collisions included; changes nothing.",
        {"operation_id": Given(strawberry.ID, "The act's `operationId`.", required=True)},
    ),
)
async def undo_preview(reading: Reading, arguments: Mapping[str, Any]) -> Any:
    """What undo would say."""
    await reading.begin()
    shown: dict[str, Any] = {"operation_id": arguments["operationId"]}
    shown |= dict.fromkeys(("act", "at", "undone_at"))
    try:
        async with acting(
            reading.database, reading.actor, now=reading.now, request_id=reading.request_id
        ) as ctx:
            operation = operation_of(arguments["operationId"])
            found = await acts.find(ctx, operation)
            shown |= {"act": found.name, "at": found.at}
            shown["undone_at"] = next(iter(await acts.undone_at(ctx, found)), (None,))[0]
            await acts.preview(ctx, found)
    except UserError as error:
        return shown | {"refusal": refusals.answered(error)}
    return shown | {"refusal": None}


@valued(
    "history",
    Answered(
        given.HistoryEntryConnection | None,
        "The acts that changed a record of any kind, newest first; null when out of your sight."
        " Who may restore a deleted record sees its history.",
        {"id": Given(strawberry.ID, "Its id.", required=True), **log_arguments()},
    ),
)
async def history_of(reading: Reading, arguments: Mapping[str, Any]) -> Any:
    """A record's history by its id."""
    entity, record_id = named(arguments["id"])
    size, before = page_size(arguments.get("first")), place_in_log(arguments.get("after"))
    table = entity.table
    rows = await reading.fetch(
        sa.select(table).where(
            visible(entity, reading.actor, table, restorable(entity, reading.actor)),
            table.c[entity.key] == sa.bindparam("record", record_id, type_=Uuid),
        )
    )
    if not rows:
        return None
    (page,) = await history.pages(reading, entity, rows, size, before)
    return page


@valued(
    "changes",
    Answered(
        given.ChangePage,
        "The records that changed behind a place in the event log, for those who keep a copy:"
        " begin with the `eventCursor` of the query that filled it. Each record is in a page once,"
        " as it is now; what was deleted or left your sight comes as a tombstone.",
        {
            "after": Given(Cursor, "The place; the beginning of the log when left out."),
            "types": Given(
                list[derived("RecordType")],  # type: ignore[misc]
                "Which kinds of records; customers' own when left out.",
            ),
            "first": Given(int, HOW_MANY, DEFAULT_FIRST),
        },
    ),
)
async def changes_of(reading: Reading, arguments: Mapping[str, Any]) -> Any:
    """What changed behind a cursor."""
    wanted = {str(name) for name in arguments.get("types") or ()}
    kinds = [
        entity
        for entity in REGISTRY.values()
        if (snake(entity.name).upper() in wanted if wanted else entity.core)
    ]
    after = place_in_log(arguments.get("after")) or 0
    return await changes.page(reading, kinds, after, page_size(arguments.get("first")))


def operation_of(wire_id: str) -> str:
    """The UUID of an operation's id."""
    decoded = decode(wire_id)
    if decoded is None or decoded[0] != "op":
        message = "Not the id of an act: those look like op_01HX…"
        raise UserError(UserErrorCode.INVALID_ID, message, ("operationId",))
    return decoded[1]
