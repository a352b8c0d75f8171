"""Web forms over HTTP: pages of any site send what is filled in by POST."""

from collections.abc import Sequence
from html import escape
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from core.codes import DenialCode, UserErrorCode
from core.errors import Denied
from server import elsewhere
from server.elsewhere import JSON, Reason
from server.pages import page
from server.requests import read_body
from server.state import State
from server.visits import visit_of
from services import submissions

MAX_BODY = 64 * 1024
MAX_INPUTS = 200
_FORM = "application/x-www-form-urlencoded"
_KINDS = f"Send the form as {_FORM} or {JSON}."


async def endpoint(request: Request) -> Response:
    """Answer `/forms/{key}`: what a browser asks first, and what it sends."""
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=elsewhere.PREFLIGHT)
    try:
        response = await _received(request)
    except ClientDisconnect:
        return Response(status_code=400)
    response.headers.update(elsewhere.ANYWHERE)
    return response


async def _received(request: Request) -> Response:
    state: State = request.app.it
    try:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in {JSON, _FORM}:
            return _refused(request, [(DenialCode.BAD_REQUEST, _KINDS, ())], 415)
        sent = await _sent(request, kind)
        visit = await visit_of(state, request)
        received = await submissions.receive(visit, request.path_params["key"], sent)
    except submissions.NoForm:
        message = "There is no such form, or it takes nothing any more."
        return _refused(request, [(UserErrorCode.NOT_FOUND, message, ())], 404)
    except Exception as error:  # noqa: BLE001 - the boundary: logged, masked, answered
        why = elsewhere.refused(error)
        response = _refused(request, why.reasons, why.status)
        response.headers.update(why.headers)
        return response
    request.scope["workspace"] = received.workspace
    await state.wake()
    return _thanks(request, received)


async def _sent(request: Request, kind: str) -> dict[str, Any]:
    body = await read_body(request.receive, MAX_BODY)
    if body is None:
        message = f"A submission has at most {MAX_BODY // 1024} kB."
        raise Denied(DenialCode.PAYLOAD_TOO_LARGE, message)
    try:
        if kind == JSON:
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


def _thanks(request: Request, received: submissions.Received) -> Response:
    if not _wants_page(request):
        known = {"visitor": received.visitor} if received.visitor else {}
        return elsewhere.answered({"ok": True, "redirectUrl": received.redirect_url} | known, 200)
    if received.redirect_url:
        return RedirectResponse(received.redirect_url, HTTPStatus.SEE_OTHER)
    return page("Thank you", "<h1>Thank you</h1><p>Your message has arrived.</p>")


def _refused(request: Request, errors: Sequence[Reason], status: int) -> Response:
    """Why nothing was taken: data to programs, a page to who sent the form from a browser."""
    if _wants_page(request):
        items = "".join(
            f"<dt>{escape(' '.join(path))}</dt><dd>{escape(message)}</dd>"
            for _, message, path in errors
        )
        inner = f"<h1>Not sent</h1><dl>{items}</dl><p>Go back, correct it and send it again.</p>"
        return page("Not sent", inner, status)
    return elsewhere.told(request, errors, status)


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")
