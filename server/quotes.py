"""`/q/{key}`: the page of a quote for its customer, its PDF, and the customer's answer."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from auth import visitors
from auth.visit import Visit
from core import files
from core.codes import DenialCode
from core.errors import Denied, Refusals, UserError
from server import answers
from server.files import paper
from server.quote_page import POLICY, Asked, offered, sentence
from server.requests import read_body
from server.state import State
from server.visits import visit_of
from services import public_quotes, uploads
from services.documents.showing import Served
from services.public_quotes import Changed, NoQuote, Offer, Stand

MAX_BODY = 16 * 1024
MAX_INPUTS = 20
_COOKIE = "coeffection_visitor"
_COOKIE_SECONDS = 365 * 24 * 3600
_FORM = "application/x-www-form-urlencoded"
_STATUS = {DenialCode.RATE_LIMITED: 429, DenialCode.UNAVAILABLE: 503, DenialCode.TIMEOUT: 503}
_HEADERS = {
    "content-security-policy": POLICY,
    "cache-control": "no-store",
    "x-robots-tag": "noindex, nofollow",
}
_INPUTS = frozenset({"name", "reason"})
_PURPOSES = ("sec-purpose", "purpose", "x-purpose", "x-moz")
_UNKNOWN = (
    "There is no quote here",
    "The link is not complete, or the quote was taken back to be revised.",
    "A revised quote is mailed to you when it is ready. Otherwise ask whoever sent you the link.",
)
_NO_COOKIE = (
    "Your browser has not sent its cookie along. Allow cookies for this page and try again."
)
_CHANGED = "The quote has changed since you opened this page. Look at it again, then answer."


async def show(request: Request) -> Response:
    """The quote, or what has become of it; each visitor is counted once."""
    return await _guarded(request, _show)


async def answer(request: Request) -> Response:
    """The customer accepts or declines."""
    return await _guarded(request, _answer)


async def pdf(request: Request) -> Response:
    """The quote as a PDF."""
    return await _guarded(request, _pdf)


async def logo(request: Request) -> Response:
    """The seller's logo."""
    return await _guarded(request, _logo)


async def _guarded(
    request: Request, respond: Callable[[State, Visit, Request], Awaitable[Response]]
) -> Response:
    """Answer, or say in a page why not; nothing tells a link that is wrong from one that was."""
    state: State = request.app.it
    try:
        return await respond(state, await visit_of(state, request), request)
    except ClientDisconnect:
        return Response(status_code=400)
    except NoQuote:
        return _page(sentence(*_UNKNOWN), 404)
    except Denied as error:
        return _denied(error)
    except Exception as error:  # noqa: BLE001 - the boundary: logged, masked, answered
        return _denied(Denied(*answers.masked(error)))


async def _show(state: State, visit: Visit, request: Request) -> Response:
    visitor = visitors.known(request.cookies.get(_COOKIE)) or visitors.new()
    counted = None if _only_looks_ahead(request) else visitor
    offer = await public_quotes.look(visit, _key(request), counted)
    await state.wake()
    response = _offered(request, offer, visitor)
    if request.cookies.get(_COOKIE) != visitor:
        _remember(state, response, visitor)
    return response


async def _answer(state: State, visit: Visit, request: Request) -> Response:
    key, sent = _key(request), await _sent(request)
    visitor = visitors.known(request.cookies.get(_COOKIE))
    if not visitors.from_page(visitor, key, sent.get("token", "")):
        return await _again(visit, request, _Refusal(403, sent, {"": _NO_COOKIE}))
    edition, name = sent.get("edition", ""), sent.get("name", "")
    try:
        if sent.get("answer") == "decline":
            reason = sent.get("reason", "")
            await public_quotes.decline(visit, key, edition=edition, reason=reason, name=name)
        else:
            await public_quotes.accept(visit, key, edition=edition, name=name)
    except Changed:
        return await _again(visit, request, _Refusal(409, sent, {"": _CHANGED}))
    except (UserError, Refusals) as error:
        return await _again(visit, request, _Refusal(422, sent, _wrong(error)))
    await state.wake()
    return RedirectResponse(request.url.path, HTTPStatus.SEE_OTHER, _HEADERS)


async def _pdf(_state: State, visit: Visit, request: Request) -> Response:
    offer, found = await public_quotes.pdf(visit, _key(request))
    if found is None:
        told = "The PDF is being made and is here in a moment; this page looks for it by itself."
        response = _page(sentence("One moment", told, again=True), 503)
        response.headers["retry-after"] = "2"
        return response
    served = Served(f"{offer.words['number']}.pdf", found["size"], found["sha256"])
    return await paper(request, offer.workspace, served)


async def _logo(state: State, visit: Visit, request: Request) -> Response:
    offer = await public_quotes.look(visit, _key(request), None)
    if offer.logo is None:
        raise NoQuote
    store = files.at(state.settings.files_url)
    content = await store.get(uploads.key(offer.workspace, offer.logo))
    kind = await public_quotes.logo_type(visit, offer)
    if content is None:
        raise NoQuote
    headers = {"cache-control": "private, max-age=3600", "content-security-policy": POLICY}
    return Response(content, headers=headers, media_type=kind)


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why an answer was not taken, and what was filled in."""

    status: int
    filled: Mapping[str, str]
    wrong: Mapping[str, str]


async def _again(visit: Visit, request: Request, refusal: _Refusal) -> Response:
    """The page once more, with why the answer was not taken."""
    offer = await public_quotes.look(visit, _key(request), None)
    visitor = visitors.known(request.cookies.get(_COOKIE)) or visitors.new()
    response = _offered(request, offer, visitor, refusal)
    _remember(request.app.it, response, visitor)
    return response


def _offered(
    request: Request, offer: Offer, visitor: str, refusal: _Refusal | None = None
) -> Response:
    request.scope["workspace"] = offer.workspace
    key = _key(request)
    token = visitors.form_token(visitor, key)
    if refusal is None:
        return _page(offered(offer, key, Asked(token)))
    # What has become of a quote that is not open says all there is to say.
    wrong = refusal.wrong if offer.stand is Stand.OPEN else {}
    return _page(offered(offer, key, Asked(token, refusal.filled, wrong)), refusal.status)


def _page(html: str, status: int = 200) -> Response:
    return HTMLResponse(html, status, _HEADERS)


def _remember(state: State, response: Response, visitor: str) -> None:
    response.set_cookie(
        _COOKIE,
        visitor,
        max_age=_COOKIE_SECONDS,
        path="/q",
        httponly=True,
        secure=state.settings.base_url.startswith("https:"),
        # A link in a mail comes from another site: the strict kind would stay at home.
        samesite="lax",
    )


def _denied(error: Denied) -> Response:
    response = _page(sentence("Not now", error.message), _STATUS.get(error.code, 500))
    if error.code is DenialCode.RATE_LIMITED:
        response.headers["retry-after"] = str(error.extensions["retryAfter"])
    return response


async def _sent(request: Request) -> dict[str, str]:
    """What a form sends; nothing where it is none of ours, which has no token then."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await read_body(request.receive, MAX_BODY)
    if kind != _FORM or body is None:
        return {}
    try:
        pairs = parse_qsl(body.decode(), errors="strict", max_num_fields=MAX_INPUTS)
    except ValueError:
        return {}
    return {name: value for name, value in pairs if "\x00" not in value}


def _wrong(error: UserError | Refusals) -> dict[str, str]:
    """What was refused, in sentences by the names of the inputs."""
    errors = error.errors if isinstance(error, Refusals) else [error]
    return {
        str(one.path[0]) if one.path and one.path[0] in _INPUTS else "": one.message
        for one in errors
    }


def _key(request: Request) -> str:
    return str(request.path_params["key"])


def _only_looks_ahead(request: Request) -> bool:
    """Whether nobody reads it: a program asks what is there, a browser loads what may be next."""
    purposes = (request.headers.get(name, "").lower() for name in _PURPOSES)
    ahead = any("prefetch" in one or "preview" in one for one in purposes)
    return request.method == "HEAD" or ahead or "preview" in request.query_params
