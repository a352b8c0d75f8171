"""GraphQL over WebSocket: the protocol graphql-transport-ws."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any
from urllib.parse import urlsplit

import orjson

from core.codes import DenialCode
from core.errors import Denied
from core.log import logger
from server import answers, graphql, live
from server.live import Line, Refused
from server.requests import Call, Receive, Scope, Send, begun, read_head
from server.sending import writer
from server.state import State
from subscriptions.connections import Connection
from subscriptions.frames import Frame

PROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 5.0
IDLE_SECONDS = 10.0
"""How long a socket may stay open on which nobody is signed in and nothing runs."""
MOST_OPERATIONS = 100
_LONGEST_ID = 256
_LONGEST_REASON = 120
_LOG = logger("sockets")


class Closed(Exception):
    """The socket has to be closed."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Endpoint:
    """The sockets at `/graphql` that come by the routes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one."""
        await serve(scope["app"].state.it, scope, receive, send)


async def serve(state: State, scope: Scope, receive: Receive, send: Send) -> None:
    """Take a socket, if it comes from where it may and speaks what we do."""
    await receive()
    if not is_welcome(state, scope):
        await send({"type": "websocket.close", "code": 4403})
        return
    if PROTOCOL not in scope["subprotocols"]:
        await send({"type": "websocket.accept"})
        await _close(send, 4406, f"Speak {PROTOCOL}.")
        return
    await send({"type": "websocket.accept", "subprotocol": PROTOCOL})
    await _Socket(state, scope, receive, send).serve()


def is_welcome(state: State, scope: Scope) -> bool:
    """Whether the page that opens a socket is ours or an allowed one; programs name none."""
    headers = dict(scope["headers"])
    origin = headers.get(b"origin")
    if origin is None:
        return True
    allowed = {one.strip() for one in state.settings.allowed_origins.split(",")}
    named = origin.decode("latin-1")
    return (
        "*" in allowed
        or named in allowed
        or urlsplit(named).netloc == headers.get(b"host", b"").decode("latin-1")
    )


async def _close(send: Send, code: int, reason: str) -> None:
    reason = reason.encode()[:_LONGEST_REASON].decode(errors="ignore")
    await send({"type": "websocket.close", "code": code, "reason": reason})


class _Socket:
    """One socket: who is signed in on it, and what runs."""

    def __init__(self, state: State, scope: Scope, receive: Receive, send: Send) -> None:
        self.state = state
        self.scope = scope
        self.receive = receive
        self.send = send
        self.line = Line(state)
        self.acknowledged = False
        self.running: dict[str, asyncio.Task[None]] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.closed = False
        self.write = writer(send)
        self.timer = self._later(INIT_SECONDS, 4408, "Connection initialisation timeout.")

    async def serve(self) -> None:
        """Take messages until it is closed."""
        try:
            while True:
                message = await self.receive()
                if message["type"] == "websocket.disconnect":
                    return
                if not self.closed:
                    await self._take(message.get("text"))
        except Closed as why:
            await self._shut(why.code, why.reason)
        except OSError:
            return
        finally:
            self._forget()

    def _forget(self) -> None:
        self.closed = True
        self.timer.cancel()
        for task in [*self.running.values(), *self.tasks]:
            task.cancel()
        if self.line.connection is not None:
            self.state.hub.disconnect(self.line.connection)
            self.line.connection = None

    def _later(self, seconds: float, code: int, reason: str) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(seconds, self._end, code, reason)

    def _end(self, code: int, reason: str) -> None:
        """Close it from outside of its own loop."""
        if not self.closed:
            task = asyncio.get_running_loop().create_task(self._shut(code, reason))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def _shut(self, code: int, reason: str) -> None:
        if self.closed:
            return
        self.closed = True
        for task in self.running.values():
            task.cancel()
        try:
            await _close(self.send, code, reason)
        except OSError:
            return

    async def _tell(self, **message: Any) -> None:
        await self.send({"type": "websocket.send", "text": orjson.dumps(message).decode()})

    async def _take(self, text: str | None) -> None:
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
            task = self.running.pop(_id(message), None)
            if task is not None:
                task.cancel()
        else:
            raise Closed(4400, "Unknown type of message.")

    async def _init(self, message: Mapping[str, Any]) -> None:
        payload = _payload(message)
        if self.acknowledged:
            raise Closed(4429, "Too many initialisation requests.")
        token = _token(payload, dict(self.scope["headers"]))
        if token is not None:
            await self._sign_in(token)
        self.acknowledged = True
        self.timer.cancel()
        self._watch_idle()
        await self._tell(type="connection_ack")

    async def _sign_in(self, token: str) -> None:
        try:
            caller = await self.state.callers.of(token) if token else None
        except Exception as error:
            answers.masked(error)
            raise Closed(1013, "The service is away for a moment; try again.") from error
        if caller is None:
            raise Closed(4401, "The token is unknown, expired or revoked.")
        if self.state.hub.count(caller.actor) >= self.state.settings.live_connections:
            raise Closed(4429, "You have too many sockets open.")
        revoked = "The session or key has ended."
        connection = Connection(token, caller.actor, lambda: self._end(4401, revoked))
        self.line.connection = connection
        self.state.hub.connect(connection)

    def _watch_idle(self) -> None:
        """Close a socket that nobody signs in on, once nothing runs."""
        nobody = self.acknowledged and self.line.connection is None
        if nobody and not self.running and not self.closed:
            self.timer.cancel()
            self.timer = self._later(IDLE_SECONDS, 4401, "Sign in to stay connected.")

    async def _subscribe(self, key: str, payload: Any) -> None:
        if not self.acknowledged:
            raise Closed(4401, "Send connection_init first.")
        if key in self.running:
            raise Closed(4409, f"Subscriber for {key} already exists.")
        call = self._call()
        try:
            asked = self._asked(payload)
        except Denied as error:
            errors = answers.errors_of(error, call.request_id)
            await self._tell(id=key, type="error", payload=errors)
            return
        self.timer.cancel()
        task = asyncio.get_running_loop().create_task(self._operate(key, call, asked))
        self.running[key] = task

    def _asked(self, payload: Any) -> graphql.Asked:
        asked = _asked(payload)
        if len(self.running) >= MOST_OPERATIONS:
            message = f"At most {MOST_OPERATIONS} operations run on a socket."
            raise Denied(DenialCode.LIMIT_EXCEEDED, message)
        return asked

    def _call(self) -> Call:
        """The call of an operation: sent with the token that the socket was opened with."""
        connection = self.line.connection
        headers = [one for one in self.scope["headers"] if one[0] != b"authorization"]
        if connection is not None:
            headers.append((b"authorization", f"Bearer {connection.token}".encode()))
        scope = {**self.scope, "method": "WEBSOCKET", "headers": headers}
        return begun(read_head(scope), self.scope.get("client"), _never)

    async def _operate(self, key: str, call: Call, asked: graphql.Asked) -> None:
        own = asyncio.current_task()

        def at_once(frames: Sequence[Frame]) -> bool:
            if self.closed or self.running.get(key) is not own:
                return False
            return self.write(f"{begin}{one.payload}}}".encode() for one in frames)

        begin = f'{{"id":{orjson.dumps(key).decode()},"type":"next","payload":'
        status = 200
        try:
            try:
                told = live.frames(self.line, call, asked, None, at_once)
                async with aclosing(told):
                    async for frame in told:
                        text = f"{begin}{frame.payload}}}"
                        await self.send({"type": "websocket.send", "text": text})
                end: dict[str, Any] = {"type": "complete"}
            except Refused as refused:
                status, end = 400, {"type": "error", "payload": refused.errors}
            if self.running.get(key) is own:
                del self.running[key]
                await self._tell(id=key, **end)
        except OSError:
            status = graphql.CLIENT_LEFT
        finally:
            if self.running.get(key) is own:
                del self.running[key]
            self._watch_idle()
            if self.line.connection is not None:
                call.workspace = self.line.connection.actor.workspace_id
            call.ended(graphql.PATH, status)


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
