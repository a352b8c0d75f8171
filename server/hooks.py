"""Webhooks that come in by POST: what signature services tell, what sets workflows off."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from core import clock
from core.codes import DenialCode
from core.db import undisturbed
from core.errors import Denied
from server import answers
from server.requests import read_body
from server.state import State
from server.visits import visit_of
from services.contracts import hooks
from services.workflows import hooks as workflow_hooks

MAX_BODY = 64 * 1024
_STATUS = {
    DenialCode.BAD_REQUEST: 400,
    DenialCode.RATE_LIMITED: 429,
    DenialCode.UNAVAILABLE: 503,
    DenialCode.TIMEOUT: 503,
}

Take = Callable[[Request, bytes], Awaitable[Response]]


async def signatures(request: Request) -> Response:
    """Answer `/hooks/signatures/{workspace}`: 200 once it is kept, however often it is told."""
    return await _answered(request, _told)


async def workflows(request: Request) -> Response:
    """Answer `/hooks/workflows/{key}`: 202 once its run is noted, which is carried out later."""
    return await _answered(request, _set_off)


async def _answered(request: Request, take: Take) -> Response:
    try:
        body = await read_body(request.receive, MAX_BODY)
        if body is None:
            return _refused(f"An event has at most {MAX_BODY // 1024} kB.", 413)
        return await undisturbed(partial(take, request, body))
    except ClientDisconnect:
        return Response(status_code=400)
    except (hooks.Rejected, workflow_hooks.Rejected) as error:
        return _refused(str(error), error.status)
    except Denied as denied:
        return _denied(denied)
    except Exception as error:  # noqa: BLE001 - the boundary: logged, masked, answered
        return _denied(Denied(*answers.masked(error)))


async def _told(request: Request, body: bytes) -> Response:
    state: State = request.app.it
    workspace = await hooks.receive(
        state.database,
        request.path_params["workspace"],
        body,
        request.headers,
        now=clock.now(await state.callers.clock_offset()),
        request_id=request.scope["request_id"],
    )
    request.scope["workspace"] = workspace
    await state.wake()
    return _json({"ok": True}, 200)


async def _set_off(request: Request, body: bytes) -> Response:
    state: State = request.app.it
    received = await workflow_hooks.receive(
        await visit_of(state, request),
        request.path_params["key"],
        body,
        workflow_hooks.delivery_of(request.headers),
    )
    request.scope["workspace"] = received.workspace
    await state.wake()
    return _json({"runId": received.run_id}, 202)


def _denied(denied: Denied) -> Response:
    response = _refused(denied.message, _STATUS.get(denied.code, 500))
    if "retryAfter" in denied.extensions:
        response.headers["retry-after"] = str(denied.extensions["retryAfter"])
    return response


def _refused(message: str, status: int) -> Response:
    return _json({"error": message}, status)


def _json(content: dict[str, Any], status: int) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")
