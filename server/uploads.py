"""Uploads by PUT, and what answers about files share."""

import asyncio

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from auth.actor import Actor
from core import files
from core.codes import DenialCode
from core.errors import Denied, UserError
from core.ids import decode
from server import answers
from server.state import State
from services import uploads

PATIENCE_SECONDS = 600
_STATUS = {DenialCode.UNAUTHENTICATED: 401, DenialCode.UNAVAILABLE: 503, DenialCode.INTERNAL: 500}
_NO_UPLOAD = "You have no such upload, or it was received already: make one with `uploadCreate`."


async def receive(request: Request) -> Response:
    """Take the bytes of an announced file; they are stored as they come."""
    try:
        return await _receive(request)
    except UserError as error:
        return refused(request, error.message, 422)
    except Denied as error:
        return denied(request, error)
    except ClientDisconnect:
        return Response(status_code=400)
    except Exception as error:  # noqa: BLE001 - the boundary: logged, masked, answered
        return denied(request, Denied(*answers.masked(error)))


async def _receive(request: Request) -> Response:
    state: State = request.app.it
    actor = await actor_of(state, request)
    upload_id = _id(request, uploads.PREFIX)
    upload = await uploads.announced(state.database, actor, upload_id) if upload_id else None
    if upload is None:
        return refused(request, _NO_UPLOAD, 404)
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > upload.size:
        message = f"{upload.size} bytes were announced; {length} would come."
        return refused(request, message, 413)
    store = files.at(state.settings.files_url)
    async with asyncio.timeout(PATIENCE_SECONDS):
        digest = await uploads.receive(state.database, store, actor, upload, request.stream())
    if digest is None:
        return refused(request, _NO_UPLOAD, 404)
    return _json({"id": request.path_params["id"], "size": upload.size, "sha256": digest}, 201)


async def actor_of(state: State, request: Request) -> Actor:
    """Who sent the request, by its token."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    caller = None
    if scheme.lower() == "bearer" and token.strip():
        caller = await state.callers.of(token.strip())
    if caller is None:
        message = "Send `Authorization: Bearer` with a session token or an API key."
        raise Denied(DenialCode.UNAUTHENTICATED, message)
    request.scope["workspace"] = caller.actor.workspace_id
    return caller.actor


def _id(request: Request, prefix: str) -> str | None:
    decoded = decode(request.path_params["id"])
    return decoded[1] if decoded and decoded[0] == prefix else None


def denied(request: Request, error: Denied) -> Response:
    """The answer to a request that may not be made, or failed."""
    return _json(answers.denied(error, request.scope["request_id"]), _STATUS.get(error.code, 400))


def refused(request: Request, message: str, status: int) -> Response:
    """The answer to a request that cannot be carried out, in a sentence."""
    extensions = {"requestId": request.scope["request_id"]}
    return _json({"errors": [{"message": message, "extensions": extensions}]}, status)


def _json(body: object, status: int) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")
