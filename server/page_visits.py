"""Tracked pages over HTTP: the script they load, and the visits it tells of."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from core.codes import DenialCode, UserErrorCode
from core.errors import Denied
from server import elsewhere
from server.requests import read_body
from server.state import State
from server.visits import visit_of
from services import page_visits

MAX_BODY = 8 * 1024
SCRIPT: Final = (Path(__file__).parent / "track.js").read_bytes()
# A beacon is sent as text: with a kind of its own the browser would ask first.
_KINDS = {elsewhere.JSON, "text/plain"}


async def script(_request: Request) -> Response:
    """What pages load to tell of visits."""
    headers = elsewhere.ANYWHERE | {"cache-control": "public, max-age=3600"}
    return Response(SCRIPT, media_type="text/javascript; charset=utf-8", headers=headers)


async def endpoint(request: Request) -> Response:
    """Answer `/track/{key}`: 204 whether or not somebody is known."""
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
        if kind not in _KINDS:
            message = "Send a visit as application/json or text/plain."
            return elsewhere.told(request, [(DenialCode.BAD_REQUEST, message, ())], 415)
        sent = await _sent(request)
        visit = await visit_of(state, request)
        workspace = await page_visits.receive(visit, request.path_params["key"], sent)
    except page_visits.NoKey:
        message = "There is no such key, or it takes no visits any more."
        return elsewhere.told(request, [(UserErrorCode.NOT_FOUND, message, ())], 404)
    except Exception as error:  # noqa: BLE001 - the boundary: logged, masked, answered
        why = elsewhere.refused(error)
        response = elsewhere.told(request, why.reasons, why.status)
        response.headers.update(why.headers)
        return response
    if workspace is not None:
        request.scope["workspace"] = workspace
        await state.wake()
    return Response(status_code=204)


async def _sent(request: Request) -> Mapping[str, Any]:
    body = await read_body(request.receive, MAX_BODY)
    if body is None:
        message = f"A visit has at most {MAX_BODY // 1024} kB."
        raise Denied(DenialCode.PAYLOAD_TOO_LARGE, message)
    try:
        given = orjson.loads(body)
    except ValueError as error:
        raise Denied(DenialCode.BAD_REQUEST, "Send one JSON object in UTF-8.") from error
    if not isinstance(given, dict):
        raise Denied(DenialCode.BAD_REQUEST, "Send one JSON object.")
    return given
