"""Files over HTTP: uploads by PUT, error files and the template by GET."""

import asyncio
from collections.abc import AsyncIterator

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from auth.actor import Actor
from core import files
from core.codes import DenialCode
from core.errors import Denied, UserError
from core.ids import decode
from server import answers
from server.state import State
from services import uploads
from services.imports import errors, progress

PATIENCE_SECONDS = 600
_STATUS = {DenialCode.UNAUTHENTICATED: 401, DenialCode.UNAVAILABLE: 503, DenialCode.INTERNAL: 500}
_NO_UPLOAD = "You have no such upload, or it was received already: make one with `uploadCreate`."
_NO_FILE = "There is no such file, or you may not see it."


async def receive(request: Request) -> Response:
    """Take the bytes of an announced file; they are stored as they come."""
    try:
        return await _receive(request)
    except UserError as error:
        return _message(request, error.message, 422)
    except Denied as error:
        return _denied(request, error)
    except ClientDisconnect:
        return Response(status_code=400)
    except Exception as error:  # noqa: BLE001 - the boundary: logged, masked, answered
        return _denied(request, Denied(*answers.masked(error)))


async def _receive(request: Request) -> Response:
    state: State = request.app.state.it
    actor = await _actor(state, request)
    upload_id = _id(request, uploads.PREFIX)
    upload = await uploads.announced(state.database, actor, upload_id) if upload_id else None
    if upload is None:
        return _message(request, _NO_UPLOAD, 404)
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > upload.size:
        message = f"{upload.size} bytes were announced; {length} would come."
        return _message(request, message, 413)
    store = files.at(state.settings.files_url)
    async with asyncio.timeout(PATIENCE_SECONDS):
        digest = await uploads.receive(state.database, store, actor, upload, request.stream())
    return _json({"id": request.path_params["id"], "size": upload.size, "sha256": digest}, 201)


async def download(request: Request) -> Response:
    """The template of an import, or the error file of one."""
    try:
        return await _download(request)
    except Denied as error:
        return _denied(request, error)
    except Exception as error:  # noqa: BLE001 - the boundary: logged, masked, answered
        return _denied(request, Denied(*answers.masked(error)))


async def _download(request: Request) -> Response:
    if request.path_params["id"] == errors.TEMPLATE:
        return Response(errors.template(), headers=_csv("contacts.csv"))
    state: State = request.app.state.it
    actor = await _actor(state, request)
    import_id = _id(request, progress.PREFIX)
    header = await errors.header(state.database, actor, import_id) if import_id else None
    if import_id is None or header is None:
        return _message(request, _NO_FILE, 404)

    async def lines() -> AsyncIterator[str]:
        yield header
        async for line in errors.lines(state.database, actor, import_id):
            yield line

    return StreamingResponse(lines(), headers=_csv("import-errors.csv"))


async def _actor(state: State, request: Request) -> Actor:
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


def _csv(name: str) -> dict[str, str]:
    return {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": f'attachment; filename="{name}"',
        "cache-control": "no-store",
    }


def _denied(request: Request, error: Denied) -> Response:
    return _json(answers.denied(error, request.scope["request_id"]), _STATUS.get(error.code, 400))


def _message(request: Request, message: str, status: int) -> Response:
    extensions = {"requestId": request.scope["request_id"]}
    return _json({"errors": [{"message": message, "extensions": extensions}]}, status)


def _json(body: object, status: int) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")
