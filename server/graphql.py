"""GraphQL over HTTP: from the bytes of a request to the bytes of its answer."""

import asyncio
import inspect
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson
from graphql import (
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    execute,
)
from starlette.requests import Request
from starlette.responses import Response

from auth import allowances
from auth.allowances import Allowance
from auth.authenticate import Callers
from auth.visit import Visit
from core import clock
from core.codes import DenialCode
from core.errors import Denied
from resolvers.plans import cache as plans
from resolvers.reading import Reading
from server import answers, graphiql, media
from server.documents import document, operation
from server.requests import client_ip, read_body
from server.state import State

MAX_BODY = 1024 * 1024
MAX_DEPTH = 64
MAX_VALUES = 20_000
"""Of variables: enough for 500 rows of 40 values; making them ready takes the time of all."""
TIMEOUT_SECONDS = 10.0

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


@dataclass(frozen=True, slots=True)
class Asked:
    """A request's parameters, checked for their types."""

    query: str
    operation_name: str | None
    variables: dict[str, Any]


async def endpoint(request: Request) -> Response:
    """Answer `/graphql`: the page to browsers, an operation to programs."""
    state: State = request.app.state.it
    if request.method == "GET" and _wants_page(request):
        return page(state)
    accepted = media.accepted(request.headers.getlist("accept"))
    kind = accepted or media.JSON
    headers: dict[str, str] = {}
    request_id: str = request.scope["request_id"]
    try:
        asked = await _asked(request, accepted)
        operating = await _operating(state, request)
        body, status = await _answer(state, request, asked, operating)
        headers = _left(operating)
        if kind == media.JSON and status == HTTPStatus.BAD_REQUEST:
            # So the specification has it: clients of this older type take 4xx for no answer at all.
            status = HTTPStatus.OK
    except Malformed as error:
        return _json(answers.denied(error, request_id), error.status, kind, error.headers)
    except Denied as error:
        body, status = answers.denied(error, request_id), _STATUS.get(error.code, 400)
        if error.code is DenialCode.RATE_LIMITED:
            headers = {"retry-after": str(error.extensions["retryAfter"])}
    except Exception as error:  # noqa: BLE001 - the boundary: logged, masked, answered
        code, message = answers.masked(error)
        body = answers.denied(Denied(code, message), request_id)
        status = _STATUS.get(code, 500)
    return _json(body, status, kind, headers | _HEADERS.get(status, {}))


def page(state: State) -> Response:
    """GraphiQL, signed in on the demo workspace in development."""
    token = None if state.settings.is_production else state.settings.demo_token or None
    return Response(
        graphiql.page(token=token, signed_in_as="Executive" if token else None),
        media_type="text/html",
        headers={
            "content-security-policy": graphiql.CONTENT_SECURITY_POLICY,
            "cache-control": "no-store",
        },
    )


async def asset(request: Request) -> Response:
    """A file of the page; its name holds its hash, so it never changes."""
    found = graphiql.asset(request.path_params["name"])
    if found is None:
        return Response("Not found.", 404, media_type="text/plain")
    content, media = found
    return Response(
        content,
        headers={"content-type": media, "cache-control": "public, max-age=31536000, immutable"},
    )


def _wants_page(request: Request) -> bool:
    return "query" not in request.query_params and "text/html" in request.headers.get("accept", "")


def _json(body: Any, status: int, kind: str, headers: dict[str, str] | None = None) -> Response:
    content = orjson.dumps(body, default=str)
    return Response(content, status, headers, media_type=f"{kind}; charset=utf-8")


async def _asked(request: Request, accepted: str | None) -> Asked:
    if accepted is None:
        message = f"The answer is {media.GRAPHQL} or {media.JSON}: accept one of them."
        raise Malformed(HTTPStatus.NOT_ACCEPTABLE, message)
    if request.method != "POST":
        given: Any = dict(request.query_params)
        for name in ("variables", "extensions"):
            if name in given:
                given[name] = _loaded(given[name].encode())
        return _checked(given)
    if not media.readable(request.headers):
        message = "Send the request as application/json in UTF-8, uncompressed."
        raise Malformed(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message)
    body = await read_body(request.receive, MAX_BODY)
    if body is None:
        raise Denied(DenialCode.PAYLOAD_TOO_LARGE, f"A request has at most {MAX_BODY} bytes.")
    return _checked(_loaded(body))


def _loaded(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Denied(DenialCode.BAD_REQUEST, f"Not JSON: {error.msg[:80]}.") from error


def _checked(given: Any) -> Asked:
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
    if not media.shallow(variables, MAX_DEPTH):
        message = f"Variables are nested at most {MAX_DEPTH} deep."
        raise Denied(DenialCode.LIMIT_EXCEEDED, message)
    if not media.small(variables, MAX_VALUES):
        message = f"Variables hold at most {MAX_VALUES:,} values; send them in several requests."
        raise Denied(DenialCode.LIMIT_EXCEEDED, message)
    if extensions is not None and not isinstance(extensions, dict):
        raise Denied(DenialCode.BAD_REQUEST, "`extensions` is an object.")
    return Asked(query, name or None, variables or {})


async def _operating(state: State, request: Request) -> Operating:
    caller = None
    header = request.headers.get("authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() == "bearer" and token.strip():
            caller = await state.callers.of(token.strip())
        if caller is None:
            message = "The token is unknown, expired or revoked; sign in again."
            raise Denied(DenialCode.UNAUTHENTICATED, message)
    request_id: str = request.scope["request_id"]
    trusted = frozenset(filter(None, state.settings.trusted_proxies.split(",")))
    visit = Visit(
        database=state.database,
        limiter=state.limiter,
        now=caller.head.now if caller else await _now(state),
        request_id=request_id,
        ip=client_ip(request.scope, trusted),
        user_agent=request.headers.get("user-agent"),
    )
    reading, left = None, None
    if caller:
        limits = state.limiter if state.settings.rate_limits == "on" else None
        left = allowances.allowance(caller.actor, limits)
        request.scope["workspace"] = caller.actor.workspace_id
        reading = Reading(
            state.database, caller.actor, caller.head.now, caller.head.position, request_id
        )
    return Operating(visit, state.callers, state.wake, reading, left)


async def _now(state: State) -> Any:
    return clock.now(await state.callers.clock_offset())


async def _answer(
    state: State, request: Request, asked: Asked, operating: Operating
) -> tuple[dict[str, Any], int]:
    request_id: str = request.scope["request_id"]
    known = document(state.documents, state.schema, asked.query)
    if known.errors or known.node is None:
        errors = [answers.entry(error, request_id, known.code) for error in known.errors]
        return {"errors": errors}, 400
    chosen = operation(known.node, asked.operation_name)
    request.scope["operation"] = asked.operation_name or (
        chosen.name.value if chosen.name else None
    )
    _check_operation(chosen, request.method)
    points = known.price(state.schema, chosen).check(asked.variables)
    if operating.left is not None:
        await operating.left.charge(1)
    planned = plans.Asked(asked.query, known.node, chosen, asked.variables)
    body, status = await _executed(state, planned, asked, operating, request_id)
    if operating.left is not None and operating.reading is not None:
        await operating.left.settle(operating.reading.rows)
        body["extensions"] = {"cost": allowances.cost(operating.left, points)}
    return body, status


def _left(operating: Operating) -> dict[str, str]:
    return allowances.headers(operating.left) if operating.left is not None else {}


async def _executed(
    state: State, planned: plans.Asked, asked: Asked, operating: Operating, request_id: str
) -> tuple[dict[str, Any], int]:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        result: Any = await state.plans.answer(operating.reading, planned)
        if result is None:
            result = await state.plans.act(operating, planned)
        if result is None:
            result = execute(
                state.schema,
                planned.node,
                context_value=operating,
                variable_values=asked.variables,
                operation_name=asked.operation_name,
            )
        if inspect.isawaitable(result):
            result = await result
    assert isinstance(result, ExecutionResult)  # noqa: S101 - no incremental delivery is enabled
    return _result(result.data, result.errors, request_id)


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


def _check_operation(chosen: OperationDefinitionNode, method: str) -> None:
    if chosen.operation is OperationType.SUBSCRIPTION:
        raise Denied(DenialCode.BAD_REQUEST, "Subscriptions are not taken over this transport.")
    if chosen.operation is not OperationType.MUTATION:
        return
    if method != "POST":
        message = "Mutations are sent by POST."
        raise Malformed(HTTPStatus.METHOD_NOT_ALLOWED, message, {"allow": "POST"})
