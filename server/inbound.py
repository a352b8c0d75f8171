"""Mail that comes in over HTTP: a mail service hands each mail to the workspace's own address."""

import asyncio
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from core import files
from core.codes import DenialCode
from core.db import undisturbed
from core.errors import Denied
from models.automation_enums import InboundState
from server import answers
from server.requests import read_body
from server.state import State
from server.visits import visit_of
from services import inbound
from services.rules import mime
from services.rules.mime import Unreadable

FIELDS = ("email", "body-mime")
"""The field of a form that holds a mail as it was sent."""
_RAW, _FORM = ("message/rfc822", "text/plain", "application/octet-stream"), "multipart/form-data"
_STATUS = {
    DenialCode.RATE_LIMITED: 429,
    DenialCode.UNAVAILABLE: 503,
    DenialCode.TIMEOUT: 503,
}


async def endpoint(request: Request) -> Response:
    """Answer `/hooks/mail/{key}`: 200 once the mail is kept, however often it comes."""
    try:
        return await _taken(request)
    except ClientDisconnect:
        return Response(status_code=400)
    except inbound.NoKey:
        return _refused("No workspace takes mail by this address.", 404)
    except Unreadable as unreadable:
        return _refused(unreadable.sentence, 422)
    except Exception as error:  # noqa: BLE001 - the boundary: logged, masked, answered
        denied = error if isinstance(error, Denied) else Denied(*answers.masked(error))
        return _refused(denied.message, _STATUS.get(denied.code, 500))


async def _taken(request: Request) -> Response:
    state: State = request.app.it
    key = request.path_params["key"]
    workspace = await inbound.admit(await visit_of(state, request), key)
    request.scope["workspace"] = workspace
    body = await read_body(request.receive, inbound.LARGEST)
    if body is None:
        return _refused(f"A mail has at most {inbound.LARGEST // 1024 // 1024} MB here.", 413)
    raw = await asyncio.to_thread(_mail, request.headers.get("content-type", ""), body)
    if raw is None:
        wanted = f"Send the mail as message/rfc822, or as the field `{FIELDS[0]}` of a form."
        return _refused(wanted, 415)
    store = files.at(state.settings.files_url)

    async def take() -> inbound.Taken:
        visit = await visit_of(state, request)
        return await inbound.receive(visit, store, workspace, raw)

    taken = await undisturbed(take)
    await state.wake()
    if taken.state == InboundState.REFUSED:
        return _refused(taken.error or "It was not taken.", 422)
    return _json({"state": taken.state, "again": taken.again}, 200)


def _mail(content_type: str, body: bytes) -> bytes | None:
    """The mail that a request brings: its body, or a field of the form it is."""
    kind = content_type.partition(";")[0].strip().lower()
    if not kind or kind in _RAW:
        return body
    return mime.field_of_form(content_type, body, FIELDS) if kind == _FORM else None


def _refused(message: str, status: int) -> Response:
    return _json({"error": message}, status)


def _json(content: dict[str, Any], status: int) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")
