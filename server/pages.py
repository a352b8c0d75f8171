"""Small pages: health, the live page, and what each error code means."""

import asyncio
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from core.choices import Choice
from core.codes import DenialCode, UserErrorCode
from server import bundles
from server.state import State

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;"
    "color-scheme:light dark}dt{font-family:ui-monospace,monospace;font-weight:600;margin-top:1rem}"
    "dd{margin:0}:target{outline:2px solid;outline-offset:6px}"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


async def healthy(_request: Request) -> Response:
    """Whether the process lives."""
    return PlainTextResponse("ok\n")


async def ready(request: Request) -> Response:
    """Whether the process can serve: its database answers."""
    state: State = request.app.it
    try:
        async with asyncio.timeout(1):
            await state.database.ping()
    except Exception:  # noqa: BLE001 - whatever keeps it from serving means the same
        return PlainTextResponse("The database does not answer.\n", 503, {"retry-after": "1"})
    return PlainTextResponse("ready\n")


async def live(request: Request) -> Response:
    """The live page: boards and dashboards that follow what others do."""
    state: State = request.app.it
    return bundles.page(state.settings, "live", "Live")


async def errors(_request: Request) -> Response:
    """Every error code with what to do about it."""
    return page(
        "Errors · Coeffection",
        "<h1>Error codes</h1><h2>Refusals</h2><p>Entries of <code>userErrors</code>; nothing was"
        f" changed.</p>{_listed(UserErrorCode)}<h2>Denials</h2><p>Entries of <code>errors</code>,"
        f" by <code>extensions.code</code>.</p>{_listed(DenialCode)}",
    )


def page(title: str, inner: str, status: int = 200) -> Response:
    """A page of ours: its title and its HTML."""
    html = (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(title)}</title>"
        f"<meta name=viewport content='width=device-width'><style>{_STYLE}</style>{inner}</html>"
    )
    return HTMLResponse(html, status, {"content-security-policy": _POLICY})


def _listed(codes: type[Choice]) -> str:
    items = (f"<dt id={code}>{code}</dt><dd>{escape(code.description)}</dd>" for code in codes)
    return f"<dl>{''.join(items)}</dl>"
