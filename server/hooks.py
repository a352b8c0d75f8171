"""Webhooks of signature services: what they tell of a workspace's contracts, by POST."""

from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from core import clock
from core.codes import DenialCode
from core.db import CONFLICTS
from core.errors import Denied
from server import answers
from server.requests import read_body
from server.state import State
from services.contracts import hooks

MAX_BODY = 64 * 1024
_ATTEMPTS = 4
_STATUS = {DenialCode.UNAVAILABLE: 503, DenialCode.TIMEOUT: 503}


async def signatures(request: Request) -> Response:
    """Answer `/hooks/signatures/{workspace}`: 200 once it is kept, however often it is told."""
    try:
        body = await read_body(request.receive, MAX_BODY)
        if body is None:
            return _refused(f"An event has at most {MAX_BODY // 1024} kB.", 413)
        return await _received(request, body)
    except ClientDisconnect:
        return Response(status_code=400)
    except hooks.Rejected as error:
        return _refused(str(error), error.status)
    except Exception as error:  # noqa: BLE001 - the boundary: logged, masked, answered
        denied = Denied(*answers.masked(error))
        return _refused(denied.message, _STATUS.get(denied.code, 500))


async def _received(request: Request, body: bytes) -> Response:
    state: State = request.app.state.it
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            workspace = await hooks.receive(
                state.database,
                request.path_params["workspace"],
                body,
                request.headers,
                now=clock.now(await state.callers.clock_offset()),
                request_id=request.scope["request_id"],
            )
        except CONFLICTS:
            # The other act goes on; of this one nothing is left, so it begins again.
            if attempt == _ATTEMPTS:
                raise
        else:
            break
    request.scope["workspace"] = workspace
    await state.wake()
    return _json({"ok": True}, 200)


def _refused(message: str, status: int) -> Response:
    return _json({"error": message}, status)


def _json(content: dict[str, Any], status: int) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")
