"""Operations over sockets and streams: what is wrong with them, and what they are answered."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
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
from subscriptions.frames import Frame, Queue

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


async def opened(
    line: Line, call: Call, asked: graphql.Asked, after: str | None = None
) -> Queue | Frames:
    """Begin an operation: a feed of events is a queue, all else the answers, one or many."""
    state = line.state
    with _refusals(call):
        planned = _planned(state, call, asked)
        if planned.operation.kind is not OperationType.SUBSCRIPTION:
            return _answer(state, call, asked)
        await _charge(line)
        actor = line.connection.actor if line.connection else None
        watching = state.plans.watch(actor, planned)
        if watching.feed.states is not None:
            return _states(line, call, watching)
        assert line.connection is not None  # noqa: S101 - feeds of events are for those signed in
        return await state.hub.follow(line.connection, planned, after)


async def frames(line: Line, call: Call, asked: graphql.Asked, after: str | None = None) -> Frames:
    """The answers of an operation, for whoever waits for each."""
    told = await opened(line, call, asked, after)
    if isinstance(told, Queue):
        told = _events(line, told)
    async with aclosing(told):
        async for frame in told:
            yield frame


@contextmanager
def _refusals(call: Call) -> Iterator[None]:
    try:
        yield
    except Refused:
        raise
    except Exception as error:
        raise Refused(answers.errors_of(error, call.request_id)) from error


def _planned(state: State, call: Call, asked: graphql.Asked) -> plans.Asked:
    known = document(state.documents, state.schema, asked.query)
    if known.errors:
        raise Refused([answers.entry(one, call.request_id, known.code) for one in known.errors])
    operation = known.operation(asked.operation_name)
    call.operation = operation.name
    operation.points(asked.variables)
    return plans.Asked(operation, asked.variables)


async def _answer(state: State, call: Call, asked: graphql.Asked) -> Frames:
    with _refusals(call):
        body, _status, _left = await graphql.run(state, call, asked)
    if "data" not in body:
        raise Refused(body["errors"])
    yield Frame(graphql.dumped(body).decode())


async def _charge(line: Line) -> None:
    """Take one unit to begin with; what is told is free."""
    state = line.state
    if line.connection is not None and state.settings.rate_limits == "on":
        await allowances.allowance(line.connection.actor, state.limiter).charge(1)


async def _events(line: Line, queue: Queue) -> Frames:
    try:
        while (frame := await queue.next()) is not None:
            yield frame
        if queue.errors:
            raise Refused(queue.errors)
    finally:
        assert line.connection is not None  # noqa: S101 - it follows
        line.state.hub.unfollow(line.connection, queue)


async def _states(line: Line, call: Call, watching: Watching) -> Frames:
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

    with _refusals(call):
        values = made(anew, watching.arguments)
        async with aclosing(values):
            async for value in values:
                for answer in await watching.answers(reading, [Told(value)]):
                    if answer is not None:
                        yield Frame(boundary.written(answer))
