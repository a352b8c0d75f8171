"""Addresses in mails: the picture that tells of opening, links that are followed, unsubscribing."""

import base64
from html import escape

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from core.codes import DenialCode
from core.errors import Denied
from server import answers
from server.pages import page
from server.state import State
from server.visits import visit_of
from services import mail_tracking as service

_PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_UNKEPT = {"cache-control": "no-store, private"}
_SEALED = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'"
_STATUS = {DenialCode.UNAVAILABLE: 503, DenialCode.TIMEOUT: 503}


async def opened(request: Request) -> Response:
    """Answer `/t/o/{key}.gif`: the picture, whatever comes of telling."""
    try:
        visit = await visit_of(_state(request), request)
        await _told(request, await service.opened(visit, request.path_params["key"]))
    except Exception as error:  # noqa: BLE001 - a reader of a mail is owed the picture
        answers.masked(error)
    return Response(_PIXEL, media_type="image/gif", headers=_UNKEPT)


async def clicked(request: Request) -> Response:
    """Answer `/t/c/{key}`: go where the link of the mail leads, and nowhere else."""
    try:
        visit = await visit_of(_state(request), request)
        found = await service.clicked(visit, request.path_params["key"])
    except Exception as error:  # noqa: BLE001 - the boundary: logged, masked, answered
        return _failed(error)
    if found is None:
        return _nothing()
    workspace, target = found
    await _told(request, workspace)
    return RedirectResponse(target, 302, headers=_UNKEPT)


async def unsubscribing(request: Request) -> Response:
    """Answer `/t/u/{key}` by GET: ask first, since machines follow links too."""
    try:
        name = await service.unsubscriber(_state(request).database, _key(request))
    except Exception as error:  # noqa: BLE001 - the boundary: logged, masked, answered
        return _failed(error)
    if name is None:
        return _nothing()
    inner = (
        f"<h1>Unsubscribe</h1><p>{escape(name)} will send you no more mail that you have not asked"
        " for.</p><form method=post><button>Unsubscribe</button></form>"
    )
    return _page("Unsubscribe", inner)


async def unsubscribe(request: Request) -> Response:
    """Answer `/t/u/{key}` by POST: a button, or the one click of a mail program."""
    try:
        visit = await visit_of(_state(request), request)
        workspace = await service.unsubscribe(visit, _key(request))
    except Exception as error:  # noqa: BLE001 - the boundary: logged, masked, answered
        return _failed(error)
    if workspace is None:
        return _nothing()
    await _told(request, workspace)
    return _page("Unsubscribed", "<h1>Done</h1><p>You will get no more such mail.</p>")


async def _told(request: Request, workspace: str | None) -> None:
    if workspace is not None:
        request.scope["workspace"] = workspace
        await _state(request).wake()


def _key(request: Request) -> str:
    return str(request.path_params["key"])


def _state(request: Request) -> State:
    state: State = request.app.it
    return state


def _nothing() -> Response:
    return _page("Nothing here", "<h1>Nothing here</h1><p>This link leads nowhere.</p>", 404)


def _failed(error: Exception) -> Response:
    denied = Denied(*answers.masked(error))
    inner = f"<h1>Not now</h1><p>{escape(denied.message)}</p>"
    return _page("Not now", inner, _STATUS.get(denied.code, 500))


def _page(title: str, inner: str, status: int = 200) -> Response:
    made = page(title, inner, status)
    made.headers["content-security-policy"] = _SEALED
    made.headers["cache-control"] = "no-store"
    return made
