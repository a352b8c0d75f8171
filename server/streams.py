"""GraphQL over server-sent events: the protocol of graphql-sse, a connection an operation."""

import asyncio
from collections.abc import Coroutine
from contextlib import aclosing
from http import HTTPStatus
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from core.codes import DenialCode
from core.errors import Denied
from server import answers, graphql, live, media
from server.live import Line, Refused
from server.requests import Call
from server.state import State
from subscriptions.connections import Connection
from subscriptions.frames import Frame

PATH = "/graphql/stream"
BEAT_SECONDS = 12.0
_EVENTS = "text/event-stream"
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),
]
_COMPLETE = b"event: complete\ndata:\n\n"
_BEAT = b":\n\n"


async def endpoint(request: Request) -> Response:
    """Answer an operation as a stream of events."""
    state: State = request.app.it
    call: Call = request.scope["call"]
    try:
        _check_accepted(request)
        asked = await graphql.asked_by(call, media.JSON)
        line = Line(state)
        stream = _Stream(line, call, asked, request.headers.get("last-event-id"))
        await _sign_in(stream)
    except Exception as error:  # noqa: BLE001 - the boundary: logged, masked, answered
        return _refusal(error, call)
    return stream


def _check_accepted(request: Request) -> None:
    accept = request.headers.get("accept", "*/*")
    if _EVENTS not in accept and "*/*" not in accept:
        message = f"The answer is {_EVENTS}: accept it."
        raise graphql.Malformed(HTTPStatus.NOT_ACCEPTABLE, message)


def _refusal(error: Exception, call: Call) -> Response:
    status = graphql.status_of(error)
    content = orjson.dumps({"errors": answers.errors_of(error, call.request_id)}, default=str)
    return Response(content, status, media_type=media.JSON)


async def _sign_in(stream: "_Stream") -> None:
    state, token = stream.line.state, graphql.token_of(stream.call)
    if token is None:
        return
    caller = await state.callers.of(token) if token else None
    if caller is None:
        message = "The token is unknown, expired or revoked; sign in again."
        raise Denied(DenialCode.UNAUTHENTICATED, message)
    if state.hub.count(caller.actor) >= state.settings.live_connections:
        message = "You have too many streams open."
        raise Denied(DenialCode.RATE_LIMITED, message, retryAfter=1)
    stream.call.workspace = caller.actor.workspace_id
    stream.line.connection = Connection(token, caller.actor, stream.revoked)


class _Stream(Response):
    """The answers of one operation, each an event, with signs of life between them."""

    def __init__(self, line: Line, call: Call, asked: graphql.Asked, after: str | None) -> None:
        self.line = line
        self.call = call
        self.background = None
        self._asked = asked
        self._after = after
        self._revoked = asyncio.Event()

    def revoked(self) -> None:
        """The token opens nothing any more."""
        self._revoked.set()

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, until it ends, the client leaves, or the process does."""
        hub, connection = self.line.state.hub, self.line.connection
        await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
        if connection is not None:
            hub.connect(connection)
        parts: list[Coroutine[Any, Any, Any]] = [
            self._told(send),
            _beat(send),
            _left(receive),
            self._revoked.wait(),
            hub.closing.wait(),
        ]
        tasks = [asyncio.create_task(part) for part in parts]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if self._revoked.is_set():
                await send(_body(_errors(self._ended())))
                await send(_body(_COMPLETE))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if connection is not None:
                hub.disconnect(connection)
        if not tasks[2].done() or tasks[2].cancelled():
            await send({"type": "http.response.body", "body": b""})

    def _ended(self) -> list[Any]:
        denied = Denied(DenialCode.UNAUTHENTICATED, "The session or key has ended.")
        return answers.errors_of(denied, self.call.request_id)

    async def _told(self, send: Send) -> None:
        await send(_body(_BEAT))
        told = live.frames(self.line, self.call, self._asked, self._after)
        try:
            async with aclosing(told):
                async for frame in told:
                    await send(_body(_event(frame)))
        except Refused as refused:
            await send(_body(_errors(refused.errors)))
        await send(_body(_COMPLETE))


def _event(frame: Frame) -> bytes:
    place = f"id: {frame.cursor}\n" if frame.cursor else ""
    return f"{place}event: next\ndata: {frame.payload}\n\n".encode()


def _errors(errors: list[Any]) -> bytes:
    return b"event: next\ndata: " + orjson.dumps({"errors": errors}, default=str) + b"\n\n"


def _body(content: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": content, "more_body": True}


async def _beat(send: Send) -> None:
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        await send(_body(_BEAT))


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
