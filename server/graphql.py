"""GraphQL over HTTP: from the bytes of a request to the bytes of its answer."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson
from graphql import (
    ExecutionResult,
    GraphQLError,
    OperationType,
    execute,
)
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from auth import allowances
from auth.allowances import Allowance
from auth.authenticate import Callers
from auth.heads import Stale
from auth.visit import Visit
from core import clock
from core.codes import DenialCode
from core.errors import Denied
from resolvers.plans import cache as plans
from resolvers.reading import Reading
from server import answers, bundles, media
from server.documents import Document, document
from server.requests import (
    ALWAYS,
    Call,
    Receive,
    Scope,
    Send,
    added,
    begun,
    lines,
    read_body,
    read_head,
)
from server.state import State
from server.waiting import Left, Waiting

PATH = "/graphql"
# Until Python 3.12 a member of an enum is found by a call each time.
OK, BAD_REQUEST = HTTPStatus.OK, HTTPStatus.BAD_REQUEST
CLIENT_LEFT = 499
"""The status in the log and the figures; nobody is there to be answered."""

MAX_BODY = 1024 * 1024
MAX_DEPTH = 64
MAX_VALUES = 20_000
"""Of variables: enough for 500 rows of 40 values; making them ready takes the time of all."""
TIMEOUT_SECONDS = 10.0

Headers = list[tuple[bytes, bytes]]
Respond = Callable[["Answer", str], Awaitable[None]]
"""Sends a whole answer with the id of its request."""

_STATUS = {
    DenialCode.UNAUTHENTICATED: 401,
    DenialCode.FORBIDDEN: 403,
    DenialCode.PAYLOAD_TOO_LARGE: 413,
    DenialCode.RATE_LIMITED: 429,
    DenialCode.UNAVAILABLE: 503,
    DenialCode.INTERNAL: 500,
}
_HEADERS = {
    401: {"www-authenticate": "Bearer"},
    # The rest of the body is not wanted either.
    413: {"connection": "close"},
    503: {"retry-after": "2"},
}
_CONTENT_TYPE = {kind: f"{kind}; charset=utf-8".encode() for kind in (media.JSON, media.GRAPHQL)}
_ALWAYS = lines(ALWAYS)


class Malformed(Denied):
    """A request that is not GraphQL over HTTP, with the status that says in what."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(DenialCode.BAD_REQUEST, message)
        self.status = status
        self.headers = headers


@dataclass(slots=True)
class Operating:
    """What resolvers are given as `info.context`."""

    visit: Visit
    callers: Callers
    wake: Any
    reading: Reading | None
    left: Allowance | None
    acted: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Asked:
    """A request's parameters, checked for their types."""

    query: str
    operation_name: str | None
    variables: dict[str, Any]


@dataclass(slots=True)
class Answer:
    """What goes over the wire: the body is written once, and not looked at again."""

    content: bytes
    status: int
    kind: str
    headers: dict[str, str]

    def heads(self, request_id: str) -> Headers:
        """All of its headers, as ASGI has them."""
        return [
            (b"content-type", _CONTENT_TYPE[self.kind]),
            (b"content-length", str(len(self.content)).encode()),
            *added(request_id),
            *self._own(),
        ]

    def lines(self, request_id: str) -> bytes:
        """The same as they are sent."""
        head = b"content-type: %b\r\ncontent-length: %d\r\nx-request-id: %b\r\n%b" % (
            _CONTENT_TYPE[self.kind],
            len(self.content),
            request_id.encode(),
            _ALWAYS,
        )
        return head + lines(self._own()) if self.headers else head

    def _own(self) -> Headers:
        return [(name.encode(), text.encode()) for name, text in self.headers.items()]


async def endpoint(request: Request) -> Response:
    """Answer `/graphql`: the page to browsers, an operation to programs."""
    state: State = request.app.it
    call: Call = request.scope["call"]
    if request.method == "GET" and _wants_page(request):
        return page(state)
    try:
        answer = await answered(state, call)
    except Left:
        return Response(status_code=CLIENT_LEFT)
    headers = answer.headers | {"content-type": _CONTENT_TYPE[answer.kind].decode()}
    return Response(answer.content, answer.status, headers)


async def post(state: State, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer an operation sent by POST, with nothing between the server and us."""

    async def respond(answer: Answer, request_id: str) -> None:
        headers = answer.heads(request_id)
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.content})

    await serve(state, begun(read_head(scope), scope.get("client"), receive), respond)


async def serve(state: State, call: Call, respond: Respond) -> None:
    """Answer an operation, and say how it went."""
    status = 500
    try:
        answer = await answered(state, call)
        status = answer.status
        await respond(answer, call.request_id)
    except Left:
        status = CLIENT_LEFT
    finally:
        call.ended(PATH, status)


async def answered(state: State, call: Call) -> Answer:
    """The answer to an operation; what is wrong with the request is an answer too."""
    kind = call.head.accepted or media.JSON
    headers: dict[str, str] = {}
    try:
        asked = await asked_by(call, call.head.accepted)
        body, status, left = await run(state, call, asked)
        if left is not None:
            headers = allowances.headers(left)
        if kind == media.JSON and status == BAD_REQUEST:
            # So the specification has it: clients of this older type take 4xx for no answer at all.
            status = OK
    except Malformed as error:
        content = orjson.dumps(answers.denied(error, call.request_id), default=str)
        return Answer(content, error.status, kind, error.headers or {})
    except Left:
        raise
    except Denied as error:
        body, status = answers.denied(error, call.request_id), _STATUS.get(error.code, 400)
        if error.code is DenialCode.RATE_LIMITED:
            headers = {"retry-after": str(error.extensions["retryAfter"])}
    except Exception as error:  # noqa: BLE001 - the boundary: logged, masked, answered
        code, message = answers.masked(error)
        body = answers.denied(Denied(code, message), call.request_id)
        status = _STATUS.get(code, 500)
    content = dumped(body)
    if status != OK:
        headers = headers | _HEADERS.get(status, {})
    return Answer(content, status, kind, headers)


def dumped(body: Any) -> bytes:
    """An answer as JSON."""
    return orjson.dumps(body, default=str)


def status_of(error: Exception) -> int:
    """The status that says of an error what it is."""
    if isinstance(error, Malformed):
        return error.status
    code = error.code if isinstance(error, Denied) else answers.masked(error)[0]
    return _STATUS.get(code, 400) if isinstance(code, DenialCode) else 400


def page(state: State) -> Response:
    """GraphiQL, with the examples as its tabs."""
    return bundles.page(state.settings, "graphiql", "GraphiQL", tabs=bundles.examples())


async def asset(request: Request) -> Response:
    """A file of the page; its name holds its hash, so it never changes."""
    found = bundles.asset(request.path_params["name"])
    if found is None:
        return Response("Not found.", 404, media_type="text/plain")
    content, media = found
    return Response(
        content,
        headers={"content-type": media, "cache-control": "public, max-age=31536000, immutable"},
    )


def _wants_page(request: Request) -> bool:
    return "query" not in request.query_params and "text/html" in request.headers.get("accept", "")


async def asked_by(call: Call, accepted: str | None) -> Asked:
    """The parameters of a request, sent as its body or in its address."""
    if accepted is None:
        message = f"The answer is {media.GRAPHQL} or {media.JSON}: accept one of them."
        raise Malformed(HTTPStatus.NOT_ACCEPTABLE, message)
    if call.head.method != "POST":
        given: Any = dict(QueryParams(call.head.query))
        for name in ("variables", "extensions"):
            if name in given:
                given[name] = _loaded(given[name].encode())
        return checked(given)
    if not call.head.readable:
        message = "Send the request as application/json in UTF-8, uncompressed."
        raise Malformed(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message)
    body = call.body if call.body is not None else await read_body(call.receive, MAX_BODY)
    if body is None:
        raise Denied(DenialCode.PAYLOAD_TOO_LARGE, f"A request has at most {MAX_BODY} bytes.")
    return checked(_loaded(body))


def _loaded(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Denied(DenialCode.BAD_REQUEST, f"Not JSON: {error.msg[:80]}.") from error


def checked(given: Any) -> Asked:
    """The parameters of an operation, of the right types and not too large."""
    if not isinstance(given, dict):
        raise Denied(
            DenialCode.BAD_REQUEST, "Send one JSON object with `query`; batches are not taken."
        )
    query, name = given.get("query"), given.get("operationName")
    variables, extensions = given.get("variables"), given.get("extensions")
    if not isinstance(query, str) or not query.strip():
        raise Denied(DenialCode.BAD_REQUEST, "`query` is missing: send the document's text.")
    if name is not None and not isinstance(name, str):
        raise Denied(DenialCode.BAD_REQUEST, "`operationName` is a string.")
    if variables is not None and not isinstance(variables, dict):
        raise Denied(DenialCode.BAD_REQUEST, "`variables` is an object.")
    if variables and not media.plain(variables, MAX_VALUES):
        _check_size(variables)
    if extensions is not None and not isinstance(extensions, dict):
        raise Denied(DenialCode.BAD_REQUEST, "`extensions` is an object.")
    return Asked(query, name or None, variables or {})


def _check_size(variables: dict[str, Any]) -> None:
    if not media.shallow(variables, MAX_DEPTH):
        message = f"Variables are nested at most {MAX_DEPTH} deep."
        raise Denied(DenialCode.LIMIT_EXCEEDED, message)
    if not media.small(variables, MAX_VALUES):
        message = f"Variables hold at most {MAX_VALUES:,} values; send them in several requests."
        raise Denied(DenialCode.LIMIT_EXCEEDED, message)


async def run(
    state: State, call: Call, asked: Asked
) -> tuple[dict[str, Any], int, Allowance | None]:
    """Answer as who was known to hold the token, and once more if that was no longer true."""
    reading = _remembered(state, call) or await _reading(state, call)
    left = None
    if reading is not None:
        limits = state.limiter if state.settings.rate_limits == "on" else None
        left = allowances.allowance(reading.actor, limits)
    one = _One(state, call, asked, left)
    try:
        return *await one.answer(reading), left
    except Stale:
        reading = await _reading(state, call)
        return *await one.answer(reading), left


def token_of(call: Call) -> str | None:
    """The token a request was sent with: None without one, empty where it cannot be one."""
    header = call.head.header(b"authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    # An empty one is nobody's, like any other that is not known.
    return token.strip() if scheme.lower() == "bearer" else ""


def _remembered(state: State, call: Call) -> Reading | None:
    """The reading of whoever sent the token last; None where nobody is known to have."""
    callers, key = state.callers, call.head.caller
    known = callers.remembered(key) if key else None
    if known is None:
        return None
    call.workspace = known.actor.workspace_id
    return Reading(
        state.database,
        known.actor,
        known.now,
        request_id=call.request_id,
        heads=callers.heads,
        clock_offset=known.clock_offset,
    )


async def _reading(state: State, call: Call) -> Reading | None:
    """The reading of whoever sent the token, as the database says."""
    callers, request_id, key = state.callers, call.request_id, call.head.caller
    if key is None:
        return None
    caller = await callers.again(key) if key else None
    if caller is None:
        call.workspace = None
        message = "The token is unknown, expired or revoked; sign in again."
        raise Denied(DenialCode.UNAUTHENTICATED, message)
    call.workspace = caller.actor.workspace_id
    return Reading(state.database, caller.actor, caller.head.now, caller.head.position, request_id)


@dataclass(slots=True)
class _One:
    """One operation of one request."""

    state: State
    call: Call
    asked: Asked
    left: Allowance | None

    async def answer(self, reading: Reading | None) -> tuple[dict[str, Any], int]:
        """Its body and status; Stale where the actor does not hold any more."""
        state, call, asked = self.state, self.call, self.asked
        known = document(state.documents, state.schema, asked.query)
        try:
            if known.errors:
                return await self._wrong(known, reading)
            operation = known.operation(asked.operation_name)
            call.operation = operation.name
            is_query = operation.kind is OperationType.QUERY
            if not is_query:
                _check_kind(operation.kind, call.head.method)
            points = operation.points(asked.variables)
            if self.left is not None and not self.left.charged:
                await self.left.charge(1)
        except Denied:
            if reading is not None:
                await reading.begin()
            raise
        planned = plans.Asked(operation, asked.variables)
        with Waiting(state.watch, TIMEOUT_SECONDS, call.receive if is_query else None):
            result = await state.plans.answer(reading, planned) if is_query else None
            if result is not None:
                body, status = _result(result.data, result.errors, call.request_id)
            else:
                body, status = await self._executed(planned, reading)
        if self.left is not None and reading is not None:
            state.callers.touch(reading.actor, reading.now)
            await self.left.settle(reading.rows)
            body["extensions"] = {"cost": allowances.cost(self.left, points)}
        return body, status

    async def _wrong(self, known: Document, reading: Reading | None) -> tuple[dict[str, Any], int]:
        if reading is not None:
            await reading.begin()
        request_id = self.call.request_id
        errors = [answers.entry(error, request_id, known.code) for error in known.errors]
        return {"errors": errors}, 400

    async def _executed(
        self, planned: plans.Asked, reading: Reading | None
    ) -> tuple[dict[str, Any], int]:
        """What is not compiled, by the standard executor."""
        state, call = self.state, self.call
        if reading is not None:
            await reading.begin()
        visit = Visit(
            database=state.database,
            limiter=state.limiter,
            now=reading.now if reading else clock.now(await state.callers.clock_offset()),
            request_id=call.request_id,
            ip=call.ip(state.trusted),
            user_agent=call.head.header(b"user-agent"),
        )
        operating = Operating(visit, state.callers, state.wake, reading, self.left)
        result: Any = await state.plans.act(operating, planned)
        if result is None:
            result = execute(
                state.schema,
                planned.operation.whole,
                context_value=operating,
                variable_values=planned.variables,
                operation_name=planned.operation.name,
            )
        if inspect.isawaitable(result):
            result = await result
        assert isinstance(result, ExecutionResult)  # noqa: S101 - no incremental delivery is enabled
        return _result(result.data, result.errors, call.request_id)


def _result(
    data: Any, errors: list[GraphQLError] | None, request_id: str
) -> tuple[dict[str, Any], int]:
    body: dict[str, Any] = {}
    if errors:
        body["errors"] = [answers.entry(error, request_id) for error in errors]
        if data is None and not any(error.path for error in errors):
            return body, 400
    body["data"] = data
    return body, 200


def _check_kind(kind: OperationType, method: str) -> None:
    if kind is OperationType.SUBSCRIPTION:
        message = "Subscriptions are taken over WebSocket, or as a stream at /graphql/stream."
        raise Denied(DenialCode.BAD_REQUEST, message)
    if method in {"GET", "HEAD"}:
        message = "Mutations are sent by POST."
        raise Malformed(HTTPStatus.METHOD_NOT_ALLOWED, message, {"allow": "POST"})
