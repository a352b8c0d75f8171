"""Files by GET: attachments, images and PDFs, the error file and the template of an import."""

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from auth import links, rights
from auth.actor import Actor
from auth.custom_fields import NONE
from core import clock, files
from core.codes import DenialCode
from core.errors import Denied
from core.ids import decode
from server import answers
from server.state import State
from server.uploads import actor_of, denied, refused
from services import files as kept
from services import uploads
from services.documents import showing, storing
from services.imports import errors, progress
from services.rules.files import byte_range, disposition, served_type

_NO_FILE = "There is no such file, or you may not see it."
_NO_DOCUMENT = "There is no such document, or you may not see what it shows."
_SEALED = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
# Browsers show no PDF in a sandbox; ours hold no scripts, and what shows one has its own.
_PAPER = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'"


async def download(request: Request) -> Response:
    """A file, the template of an import, or the error file of one."""
    try:
        prefix, _, _ = request.path_params["id"].rpartition("_")
        if prefix.lower() == kept.PREFIX:
            return await _file(request)
        return await _of_import(request)
    except Denied as error:
        return denied(request, error)
    except Exception as error:  # noqa: BLE001 - the boundary: logged, masked, answered
        return denied(request, Denied(*answers.masked(error)))


async def document(request: Request) -> Response:
    """The PDF of a quote, a contract or an invoice."""
    try:
        return await _document(request)
    except Denied as error:
        return denied(request, error)
    except Exception as error:  # noqa: BLE001 - the boundary: logged, masked, answered
        return denied(request, Denied(*answers.masked(error)))


async def _document(request: Request) -> Response:
    state: State = request.app.it
    decoded = decode(request.path_params["id"])
    if decoded is None or decoded[0] != showing.PREFIX:
        return refused(request, _NO_DOCUMENT, 404)
    actor = await _viewer(state, request, decoded[1])
    found = await showing.served(state.database, actor, decoded[1]) if actor else None
    if actor is None or found is None:
        return refused(request, _NO_DOCUMENT, 404)
    return await paper(request, actor.workspace_id, found)


async def paper(request: Request, workspace: str, found: showing.Served) -> Response:
    """A PDF that whoever asks may have."""
    headers = {
        "cache-control": "private, no-cache",
        "content-disposition": f'inline; filename="{found.name}"',
        "content-security-policy": _PAPER,
        "content-type": "application/pdf",
        "etag": f'"{found.sha256}"',
    }
    if _same(request.headers.get("if-none-match"), headers["etag"]):
        return Response(status_code=304, headers=headers)
    place = storing.key(workspace, found.sha256)
    return await _sent(request, place, None, found.size, headers)


async def _file(request: Request) -> Response:
    state: State = request.app.it
    decoded = decode(request.path_params["id"])
    if decoded is None:
        return refused(request, _NO_FILE, 404)
    actor = await _viewer(state, request, decoded[1])
    found = await kept.served(state.database, actor, decoded[1]) if actor else None
    if actor is None or found is None:
        return refused(request, _NO_FILE, 404)
    headers = {
        "accept-ranges": "bytes",
        "cache-control": "private, no-cache",
        "content-disposition": disposition(found.name, found.content_type),
        "content-security-policy": _SEALED,
        "content-type": served_type(found.content_type),
        "etag": f'"{found.sha256}"',
    }
    if _same(request.headers.get("if-none-match"), headers["etag"]):
        return Response(status_code=304, headers=headers)
    span = byte_range(_wanted(request, headers["etag"]), found.size)
    if span is False:
        ends = {"content-range": f"bytes */{found.size}"}
        return Response(status_code=416, headers=headers | ends)
    place = uploads.key(actor.workspace_id, found.upload_id)
    return await _sent(request, place, span, found.size, headers)


async def _sent(
    request: Request,
    place: str,
    span: tuple[int, int] | None,
    size: int,
    headers: dict[str, str],
) -> Response:
    first, last = span or (0, size - 1)
    headers = headers | {"content-length": str(last - first + 1)}
    if span:
        headers["content-range"] = f"bytes {first}-{last}/{size}"
    status = 206 if span else 200
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    state: State = request.app.it
    pieces = await files.at(state.settings.files_url).stream(place, first, last + 1)
    if pieces is None:
        return refused(request, _NO_FILE, 404)
    return StreamingResponse(pieces, status, headers)


async def _viewer(state: State, request: Request, file: str) -> Actor | None:
    """Whose sight decides: that of the link's user as it is now, or of who sent a token."""
    key = request.query_params.get("key")
    if key is None:
        return await actor_of(state, request)
    now = clock.now(await state.callers.clock_offset())
    link = links.followed(key, file, now)
    if link is None:
        message = "The link is too old or is none: ask for the file's `url` again."
        raise Denied(DenialCode.UNAUTHENTICATED, message)
    request.scope["workspace"] = link.workspace
    return await rights.of_user(state.database, link.workspace, link.user)


def _same(header: str | None, etag: str) -> bool:
    given = [one.strip().removeprefix("W/") for one in (header or "").split(",")]
    return "*" in given or etag in given


def _wanted(request: Request, etag: str) -> str | None:
    """The Range, unless it is of another version of the file."""
    condition = request.headers.get("if-range")
    return request.headers.get("range") if condition in {None, etag} else None


async def _template(request: Request) -> str:
    """The header of a file to fill in; who says who they are gets their workspace's fields too."""
    if "authorization" not in request.headers:
        return errors.template(NONE.of("contact"))
    actor = await actor_of(request.app.it, request)
    return errors.template(actor.custom.of("contact"))


async def _of_import(request: Request) -> Response:
    if request.path_params["id"] == errors.TEMPLATE:
        return Response(await _template(request), headers=_csv("contacts.csv"))
    state: State = request.app.it
    actor = await actor_of(state, request)
    decoded = decode(request.path_params["id"])
    import_id = decoded[1] if decoded and decoded[0] == progress.PREFIX else None
    header = await errors.header(state.database, actor, import_id) if import_id else None
    if import_id is None or header is None:
        return refused(request, _NO_FILE, 404)

    async def lines() -> AsyncIterator[str]:
        yield header
        async for line in errors.lines(state.database, actor, import_id):
            yield line

    return StreamingResponse(lines(), headers=_csv("import-errors.csv"))


def _csv(name: str) -> dict[str, str]:
    return {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": f'attachment; filename="{name}"',
        "cache-control": "no-store",
    }
