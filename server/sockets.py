"""GraphQL over WebSocket: the protocol graphql-transport-ws."""

import asyncio
from collections import deque
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson
from websockets.frames import CloseCode
from websockets.http11 import Request

from core.codes import DenialCode
from core.errors import Denied
from core.log import logger
from server import answers, graphql, live
from server.live import Line, Refused
from server.requests import Call, Head, begun, read_head
from server.state import State
from server.wire import Wire
from subscriptions.connections import Connection
from subscriptions.frames import Frame, Queue

PROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 5.0
IDLE_SECONDS = 10.0
"""How long a socket may stay open on which nobody is signed in and nothing runs."""
MOST_OPERATIONS = 100
_LONGEST_ID = 256
_REVOKED = "The session or key has ended."
_READ = frozenset({b"authorization", b"user-agent", b"x-forwarded-for", b"x-request-id"})
"""Headers of the request that its operations are asked about."""
_LOG = logger("sockets")


class Closed(Exception):
    """The socket has to be closed."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class _Operation:
    """An operation that runs; while it only waits for events it has no task."""

    __slots__ = ("begin", "call", "key", "queue", "task")

    def __init__(self, key: str, call: Call) -> None:
        self.key = key
        self.call = call
        self.begin = f'{{"id":{orjson.dumps(key).decode()},"type":"next","payload":'
        self.queue: Queue | None = None
        self.task: asyncio.Task[None] | None = None

    def message(self, frame: Frame) -> bytes:
        """An answer, as it is sent."""
        return f"{self.begin}{frame.payload}}}".encode()


class Socket(Wire):
    """One socket: who is signed in on it, and what runs."""

    __slots__ = ("_acknowledged", "_given", "_head", "_inbox", "_patience", "_running", "line")

    def opened(self, request: Request) -> tuple[HTTPStatus, str | None]:
        """Take a socket, if it comes from where it may."""
        headers = [(name.lower(), value) for name, value in request.headers.raw_items()]
        hosts = [value for name, value in headers if name == "host"]
        if len(hosts) != 1 or not self.app.serves(hosts[0]):
            return HTTPStatus.BAD_REQUEST, None
        if unquote(request.path.partition("?")[0]) != graphql.PATH:
            return HTTPStatus.NOT_FOUND, None
        state: State = self.app.it
        if not is_welcome(state, dict(headers).get("origin"), hosts[0]):
            return HTTPStatus.FORBIDDEN, None
        self.line = Line(state)
        coded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        self._given = [one for one in coded if one[0] in _READ]
        offered = ",".join(v for name, v in headers if name == "sec-websocket-protocol")
        spoken = PROTOCOL in {one.strip() for one in offered.split(",")}
        return HTTPStatus.SWITCHING_PROTOCOLS, PROTOCOL if spoken else None

    def ready(self, protocol: str | None) -> None:
        """Wait for who it is."""
        self._acknowledged = False
        self._head: Head | None = None
        self._running: dict[str, _Operation] = {}
        self._inbox: deque[str | None] | None = None
        self._patience: asyncio.TimerHandle | None = None
        if protocol is None:
            self.close(4406, f"Speak {PROTOCOL}.")
        else:
            self._wait(INIT_SECONDS, 4408, "Connection initialisation timeout.")

    def heard(self, text: str | None) -> None:
        """Take a message, behind those that came before it."""
        if self._inbox is not None:
            self._inbox.append(text)
            return
        self._inbox = deque((text,))
        # What is not read yet is the client's to keep.
        self.transport.pause_reading()
        self._spawn(self._attend())

    def left(self) -> None:
        """Forget what runs, and who was here."""
        self._wait(None)
        if self._inbox is not None:
            self._inbox.clear()
        for one in list(self._running.values()):
            self._stop(one)
        if self.line.connection is not None:
            self.line.state.hub.disconnect(self.line.connection)
            self.line.connection = None

    async def _attend(self) -> None:
        assert self._inbox is not None  # noqa: S101 - it was just filled
        try:
            while self._inbox:
                await self._obey(self._inbox.popleft())
        except Closed as why:
            self.close(why.code, why.reason)
        except OSError:
            pass
        except Exception:  # noqa: BLE001 - the others' sockets go on
            _LOG.exception("message not taken")
            self.close(CloseCode.INTERNAL_ERROR, "Something went wrong.")
        finally:
            self._inbox = None
            if not self.transport.is_closing():
                self.transport.resume_reading()

    def _spawn(self, doing: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(doing)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    def _wait(self, seconds: float | None, code: int = 0, reason: str = "") -> None:
        """Close it after some time, unless something else is waited for then."""
        if self._patience is not None:
            self._patience.cancel()
        self._patience = None
        if seconds is not None:
            loop = asyncio.get_running_loop()
            self._patience = loop.call_later(seconds, self.close, code, reason)

    async def _tell(self, **message: Any) -> None:
        await self.send(orjson.dumps(message))

    async def _obey(self, text: str | None) -> None:
        message = _message(text)
        kind = message.get("type")
        if kind == "connection_init":
            await self._init(message)
        elif kind in {"ping", "pong"}:
            _payload(message)
            if kind == "ping":
                await self._tell(type="pong", **_echo(message))
        elif kind == "subscribe":
            await self._subscribe(_id(message), message.get("payload"))
        elif kind == "complete":
            one = self._running.get(_id(message))
            if one is not None:
                self._stop(one)
        else:
            raise Closed(4400, "Unknown type of message.")

    async def _init(self, message: Mapping[str, Any]) -> None:
        payload = _payload(message)
        if self._acknowledged:
            raise Closed(4429, "Too many initialisation requests.")
        token = _token(payload, dict(self._given))
        if token is not None:
            await self._sign_in(token)
        self._head = self._read(token)
        self._acknowledged = True
        self._wait(None)
        self._watch_idle()
        await self._tell(type="connection_ack")

    async def _sign_in(self, token: str) -> None:
        state = self.line.state
        try:
            caller = await state.callers.of(token) if token else None
        except Exception as error:
            answers.masked(error)
            raise Closed(1013, "The service is away for a moment; try again.") from error
        if self.closed:
            raise ConnectionError("the client has left")
        if caller is None:
            raise Closed(4401, "The token is unknown, expired or revoked.")
        if state.hub.count(caller.actor) >= state.settings.live_connections:
            raise Closed(4429, "You have too many sockets open.")
        revoked = partial(self.close, 4401, _REVOKED)
        self.line.connection = Connection(token, caller.actor, revoked)
        state.hub.connect(self.line.connection)

    def _read(self, token: str | None) -> Head:
        """The head of its operations: sent with the token that the socket was opened with."""
        headers = [one for one in self._given if one[0] != b"authorization"]
        self._given = []
        if token is not None:
            headers.append((b"authorization", f"Bearer {token}".encode()))
        return read_head({"method": "WEBSOCKET", "query_string": b"", "headers": headers})

    def _watch_idle(self) -> None:
        """Close a socket that nobody signs in on, once nothing runs."""
        nobody = self._acknowledged and self.line.connection is None
        if nobody and not self._running and not self.closed:
            self._wait(IDLE_SECONDS, 4401, "Sign in to stay connected.")

    async def _subscribe(self, key: str, payload: Any) -> None:
        if self._head is None:
            raise Closed(4401, "Send connection_init first.")
        if key in self._running:
            raise Closed(4409, f"Subscriber for {key} already exists.")
        call = begun(self._head, self.peer, _never)
        try:
            asked = self._asked(payload)
        except Denied as error:
            errors = answers.errors_of(error, call.request_id)
            await self._tell(id=key, type="error", payload=errors)
            return
        self._wait(None)
        one = self._running[key] = _Operation(key, call)
        one.task = self._spawn(self._operate(one, asked))

    def _asked(self, payload: Any) -> graphql.Asked:
        asked = _asked(payload)
        if len(self._running) >= MOST_OPERATIONS:
            message = f"At most {MOST_OPERATIONS} operations run on a socket."
            raise Denied(DenialCode.LIMIT_EXCEEDED, message)
        return asked

    async def _operate(self, one: _Operation, asked: graphql.Asked | None = None) -> None:
        """Tell what there is to tell; a feed of events goes on without this task."""
        status, rests = int(HTTPStatus.OK), False
        try:
            end: dict[str, Any] = {"type": "complete"}
            try:
                rests = await (self._begin(one, asked) if asked else self._tell_queued(one))
            except Refused as refused:
                status, end = HTTPStatus.BAD_REQUEST, {"type": "error", "payload": refused.errors}
            if not rests and self._running.get(one.key) is one:
                del self._running[one.key]
                await self._tell(id=one.key, **end)
        except OSError:
            status = graphql.CLIENT_LEFT
        finally:
            one.task = None
            if not rests:
                self._over(one, status)

    async def _begin(self, one: _Operation, asked: graphql.Asked) -> bool:
        told = await live.opened(self.line, one.call, asked)
        if isinstance(told, Queue):
            one.queue = told
            told.written = partial(self._write, one)
            told.wake = partial(self._call, one)
            return await self._tell_queued(one)
        async with aclosing(told):
            async for frame in told:
                await self.send(one.message(frame))
        return False

    async def _tell_queued(self, one: _Operation) -> bool:
        """Tell what waits for this subscriber; whether more may come."""
        assert one.queue is not None  # noqa: S101 - it follows events
        while (frame := await one.queue.take()) is not None:
            await self.send(one.message(frame))
        if one.queue.errors:
            raise Refused(one.queue.errors)
        return not one.queue.ended

    def _write(self, one: _Operation, frames: Sequence[Frame]) -> bool:
        """Write what is told at once, unless something waits before it; whether it did.

        What thousands are told is the same but for a few bytes: a task to wake and a message to
        look at for each of them costs more than the write.
        """
        return one.task is None and self.write([one.message(frame) for frame in frames])

    def _call(self, one: _Operation) -> None:
        """Go on to tell: something waits, or it ended."""
        if one.task is None and self._running.get(one.key) is one:
            one.task = self._spawn(self._operate(one))

    def _stop(self, one: _Operation) -> None:
        del self._running[one.key]
        if one.task is not None:
            one.task.cancel()
        else:
            self._over(one, HTTPStatus.OK)

    def _over(self, one: _Operation, status: int) -> None:
        if self._running.get(one.key) is one:
            del self._running[one.key]
        connection = self.line.connection
        if connection is not None:
            one.call.workspace = connection.actor.workspace_id
            if one.queue is not None:
                self.line.state.hub.unfollow(connection, one.queue)
        self._watch_idle()
        one.call.ended(graphql.PATH, status)


def is_welcome(state: State, origin: str | None, host: str) -> bool:
    """Whether the page that opens a socket is ours or an allowed one; programs name none."""
    if origin is None:
        return True
    allowed = {one.strip() for one in state.settings.allowed_origins.split(",")}
    return "*" in allowed or origin in allowed or urlsplit(origin).netloc == host


async def _never() -> Any:
    await asyncio.get_running_loop().create_future()


def _message(text: str | None) -> dict[str, Any]:
    if text is None:
        raise Closed(4400, "Send text.")
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Closed(4400, "Not JSON.") from error
    if not isinstance(message, dict):
        raise Closed(4400, "Send an object.")
    return message


def _payload(message: Mapping[str, Any]) -> dict[str, Any]:
    """The payload of a message that may have one: null and absent are legal."""
    payload = message.get("payload")
    if payload is not None and not isinstance(payload, dict):
        raise Closed(4400, "The payload is an object, null, or left out.")
    return payload or {}


def _echo(message: Mapping[str, Any]) -> dict[str, Any]:
    return {"payload": message["payload"]} if message.get("payload") is not None else {}


def _id(message: Mapping[str, Any]) -> str:
    found = message.get("id")
    if not isinstance(found, str) or not 0 < len(found) <= _LONGEST_ID:
        raise Closed(4400, "The id is a text of 1 to 256 characters.")
    return found


def _asked(payload: Any) -> graphql.Asked:
    """The operation of a subscribe message; what the protocol forbids closes the socket."""
    if not isinstance(payload, dict) or not isinstance(payload.get("query"), str):
        raise Closed(4400, "The payload is an object with `query`.")
    for name, kind in (("operationName", str), ("variables", dict), ("extensions", dict)):
        value = payload.get(name)
        if value is not None and not isinstance(value, kind):
            raise Closed(4400, f"`{name}` is of the wrong type.")
    return graphql.checked(payload)


def _token(payload: Mapping[str, Any], headers: Mapping[bytes, bytes]) -> str | None:
    """The token of the payload, else of the request's own header; None where there is neither."""
    named = {name.lower(): value for name, value in payload.items()}
    given = named.get("authorization")
    if given is None and b"authorization" in headers:
        given = headers[b"authorization"].decode("latin-1")
    if given is None:
        return None
    if not isinstance(given, str):
        raise Closed(4400, "`authorization` is a text: `Bearer` and the token.")
    scheme, _, token = given.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
