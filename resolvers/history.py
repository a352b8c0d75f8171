"""Undo and the history of records."""

from typing import Any

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError
from core.ids import decode, encode
from resolvers.mutation import extra, mutation
from schema import history as given
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
        }
    }


def operation_of(wire_id: str) -> str:
    """The UUID of an operation's id."""
    decoded = decode(wire_id)
    if decoded is None or decoded[0] != "op":
        message = "Not the id of an act: those look like op_01HX…"
        raise UserError(UserErrorCode.INVALID_ID, message, ("operationId",))
    return decoded[1]
