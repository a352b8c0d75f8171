"""Operations over sockets and streams: what is wrong with them, and what they are answered."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from graphql import OperationType

from auth import allowances
from auth.authenticate import Caller
from core.codes import DenialCode
from core.errors import Denied
from resolvers.feeds import Told
from resolvers.plans import cache as plans
from resolvers.plans.feeds import Watching
from resolvers.reading import Reading
from server import answers, graphql
from server.documents import document
from server.requests import Call
from server.state import State
from subscriptions.connections import Connection
from subscriptions.frames import Frame

Frames = AsyncGenerator[Frame, None]


class Refused(Exception):
    """An operation that was not begun, or ended before its time; with the errors that say why."""

    def __init__(self, errors: list[Any]) -> None:
        super().__init__("refused")
        self.errors = errors


@dataclass(slots=True)
class Line:
    """A socket or stream as operations know it: who is on it, if anybody is signed in."""

    state: State
    connection: Connection | None = None

    async def caller(self) -> Caller | None:
        """Whose it is, by the database."""
        if self.connection is None:
            return None
        return await self.state.callers.of(self.connection.token)


async def frames(
    line: Line,
    call: Call,
    asked: graphql.Asked,
    after: str | None = None,
    written: Callable[[Sequence[Frame]], bool] | None = None,
) -> Frames:
    """The answers of an operation, one or many; events may be `written` without coming by here."""
    state = line.state
    try:
        planned = _planned(state, call, asked)
        if planned.operation.operation is not OperationType.SUBSCRIPTION:
            yield await _answer(state, call, asked)
            return
        await _charge(line)
        actor = line.connection.actor if line.connection else None
        watching = state.plans.watch(actor, planned)
        told = _events(line, planned, after, written)
        if watching.feed.states is not None:
            told = _states(line, watching)
        async with aclosing(told):
            async for frame in told:
                yield frame
    except Refused:
        raise
    except Exception as error:
        raise Refused(answers.errors_of(error, call.request_id)) from error


def _planned(state: State, call: Call, asked: graphql.Asked) -> plans.Asked:
    known = document(state.documents, state.schema, asked.query)
    if known.errors or known.node is None:
        raise Refused([answers.entry(one, call.request_id, known.code) for one in known.errors])
    chosen = known.operation(asked.operation_name)
    call.operation = asked.operation_name or (chosen.name.value if chosen.name else None)
    known.points(state.schema, chosen, asked.variables)
    return plans.Asked(asked.query, known.node, chosen, asked.variables)


async def _answer(state: State, call: Call, asked: graphql.Asked) -> Frame:
    body, _status, _left = await graphql.run(state, call, asked)
    if "data" not in body:
        raise Refused(body["errors"])
    return Frame(graphql.dumped(body).decode())


async def _charge(line: Line) -> None:
    """Take one unit to begin with; what is told is free."""
    state = line.state
    if line.connection is not None and state.settings.rate_limits == "on":
        await allowances.allowance(line.connection.actor, state.limiter).charge(1)


async def _events(
    line: Line,
    planned: plans.Asked,
    after: str | None,
    written: Callable[[Sequence[Frame]], bool] | None,
) -> Frames:
    connection, hub = line.connection, line.state.hub
    assert connection is not None  # noqa: S101 - feeds of events are for those signed in
    queue = await hub.follow(connection, planned, after)
    queue.written = written
    try:
        while (frame := await queue.next()) is not None:
            yield frame
        if queue.errors:
            raise Refused(queue.errors)
    finally:
        hub.unfollow(connection, queue)


async def _states(line: Line, watching: Watching) -> Frames:
    boundary = line.state.hub.boundary
    made: Any = watching.feed.states
    reading: Reading | None = None

    async def anew() -> Reading:
        nonlocal reading
        caller = await line.caller()
        if caller is None:
            raise Denied(DenialCode.UNAUTHENTICATED, "The token is expired or revoked.")
        head = caller.head
        found = reading = Reading(
            line.state.database, caller.actor, head.now, head.position, "live"
        )
        return found

    values = made(anew, watching.arguments)
    async with aclosing(values):
        async for value in values:
            for answer in await watching.answers(reading, [Told(value)]):
                if answer is not None:
                    yield Frame(boundary.written(answer))
