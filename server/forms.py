"""Web forms over HTTP: pages of any site send what is filled in by POST."""

from collections.abc import Sequence
from html import escape
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

import asyncpg
import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from core.choices import Choice
from core.codes import DenialCode, UserErrorCode
from core.errors import Denied, Refusals, UserError
from resolvers import refusals
from server import answers
from server.pages import page
from server.requests import read_body
from server.state import State
from server.visits import visit_of
from services import submissions

MAX_BODY = 64 * 1024
MAX_INPUTS = 200
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"
_KINDS = f"Send the form as {_FORM} or {_JSON}."
_STATUS = {
    DenialCode.BAD_REQUEST: 400,
    DenialCode.PAYLOAD_TOO_LARGE: 413,
    DenialCode.RATE_LIMITED: 429,
    DenialCode.UNAVAILABLE: 503,
    DenialCode.TIMEOUT: 503,
}
# Forms lie on other sites, and nothing of a visitor's is sent along or answered.
_ANYWHERE = {"access-control-allow-origin": "*"}
_PREFLIGHT = _ANYWHERE | {
    "access-control-allow-methods": "POST",
    "access-control-allow-headers": "content-type",
    "access-control-max-age": "86400",
}


async def endpoint(request: Request) -> Response:
    """Answer `/forms/{key}`: what a browser asks first, and what it sends."""
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=_PREFLIGHT)
    try:
        response = await _received(request)
    except ClientDisconnect:
        return Response(status_code=400)
    response.headers.update(_ANYWHERE)
    return response


async def _received(request: Request) -> Response:
    state: State = request.app.state.it
    try:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in {_JSON, _FORM}:
            return _refused(request, [(DenialCode.BAD_REQUEST, _KINDS, ())], 415)
        sent = await _sent(request, kind)
        visit = await visit_of(state, request)
        received = await submissions.receive(visit, request.path_params["key"], sent)
    except submissions.NoForm:
        message = "There is no such form, or it takes nothing any more."
        return _refused(request, [(UserErrorCode.NOT_FOUND, message, ())], 404)
    except Denied as error:
        return _denied(request, error)
    except (UserError, Refusals) as error:
        errors = error.errors if isinstance(error, Refusals) else [error]
        return _refused(request, [_entry(one) for one in errors], 422)
    except Exception as error:  # noqa: BLE001 - the boundary: logged, masked, answered
        return _failed(request, error)
    request.scope["workspace"] = received.workspace
    await state.wake()
    return _thanks(request, received.redirect_url)


async def _sent(request: Request, kind: str) -> dict[str, Any]:
    body = await read_body(request.receive, MAX_BODY)
    if body is None:
        message = f"A submission has at most {MAX_BODY // 1024} kB."
        raise Denied(DenialCode.PAYLOAD_TOO_LARGE, message)
    try:
        if kind == _JSON:
            given = orjson.loads(body)
        else:
            given = dict(
                parse_qsl(
                    body.decode(),
                    keep_blank_values=True,
                    errors="strict",
                    max_num_fields=MAX_INPUTS,
                )
            )
    except ValueError as error:
        message = f"Send the form's inputs in UTF-8, at most {MAX_INPUTS} of them."
        raise Denied(DenialCode.BAD_REQUEST, message) from error
    if not isinstance(given, dict) or len(given) > MAX_INPUTS:
        message = f"Send one JSON object with at most {MAX_INPUTS} inputs, by their names."
        raise Denied(DenialCode.BAD_REQUEST, message)
    return given


def _thanks(request: Request, redirect_url: str | None) -> Response:
    if not _wants_page(request):
        return _json({"ok": True, "redirectUrl": redirect_url}, 200)
    if redirect_url:
        return RedirectResponse(redirect_url, HTTPStatus.SEE_OTHER)
    return page("Thank you", "<h1>Thank you</h1><p>Your message has arrived.</p>")


def _entry(error: UserError) -> tuple[Choice, str, Sequence[str]]:
    return error.code, error.message, [str(part) for part in error.path]


def _denied(request: Request, error: Denied) -> Response:
    response = _refused(request, [(error.code, error.message, ())], _STATUS.get(error.code, 500))
    if error.code is DenialCode.RATE_LIMITED:
        response.headers["retry-after"] = str(error.extensions["retryAfter"])
    return response


def _failed(request: Request, error: Exception) -> Response:
    if isinstance(error, asyncpg.PostgresError):
        refusal = refusals.of_constraint(error)
        if refusal is not None:
            return _refused(request, [_entry(refusal)], 422)
    return _denied(request, Denied(*answers.masked(error)))


def _refused(
    request: Request, errors: Sequence[tuple[Choice, str, Sequence[str]]], status: int
) -> Response:
    """Why nothing was taken: data to programs, a page to who sent the form from a browser."""
    if _wants_page(request):
        items = "".join(
            f"<dt>{escape(' '.join(path))}</dt><dd>{escape(message)}</dd>"
            for _, message, path in errors
        )
        inner = f"<h1>Not sent</h1><dl>{items}</dl><p>Go back, correct it and send it again.</p>"
        return page("Not sent", inner, status)
    request_id = request.scope["request_id"]
    entries = [
        {
            "message": message,
            "path": path,
            "extensions": {
                "code": code,
                "help": f"/docs/errors#{code}",
                "requestId": request_id,
            },
        }
        for code, message, path in errors
    ]
    return _json({"errors": entries}, status)


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _json(body: Any, status: int) -> Response:
    return Response(orjson.dumps(body), status, media_type=_JSON)
