"""`/dev/mail`: what a development server has mailed, to be read without a mail server."""

from contextlib import suppress
from html import escape
from ipaddress import ip_address
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from core.ids import decode, encode
from server.files import paper
from server.state import State
from services import mailbox
from services.documents.showing import Served

_STYLE = """
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;
margin:2rem auto;padding:0 1rem}h1{font-size:1.4rem}
details{border:1px solid #8886;border-radius:8px;margin:.75rem 0;padding:.75rem 1rem}
summary{cursor:pointer;display:grid;grid-template-columns:1fr auto;gap:.1rem 1rem}
summary b{overflow-wrap:anywhere}summary span,.small{opacity:.75;font-size:.875rem}
.FAILED{color:#c0392b;opacity:1}pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}
iframe{width:100%;height:26rem;border:1px solid #8886;border-radius:6px;background:#fff}
"""
_SEALED = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'"
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'none';"
    " base-uri 'none'"
)


async def page(request: Request) -> Response:
    """The latest mails, newest first; with `?workspace=` those of one workspace."""
    state: State = request.app.it
    if not _is_ours(state, request):
        return PlainTextResponse("Not Found", 404)
    chosen = decode(request.query_params.get("workspace", ""))
    mails = await mailbox.latest(state.database, chosen and chosen[1])
    told = "".join(_shown(mail) for mail in mails) or "<p>Nothing was mailed yet.</p>"
    sent = "handed to SMTP_URL" if state.settings.smtp_url else "kept here, and sent nowhere"
    html = (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Mailbox · Coeffection</title>"
        f"<meta name=viewport content='width=device-width'><style>{_STYLE}</style>"
        f"<h1>Mailbox</h1><p>The {mailbox.MOST} latest mails of all workspaces here; they are"
        f" {sent}.</p>{told}</html>"
    )
    return HTMLResponse(html, headers={"content-security-policy": _POLICY})


async def part(request: Request) -> Response:
    """A mail as HTML, or the PDF that goes with it."""
    state: State = request.app.it
    workspace, mail_id = (decode(request.path_params[name]) for name in ("workspace", "mail"))
    if not _is_ours(state, request) or workspace is None or mail_id is None:
        return PlainTextResponse("Not Found", 404)
    mail = await mailbox.read(state.database, workspace[1], mail_id[1])
    wanted = request.path_params["part"]
    if mail is not None and wanted == "html":
        return HTMLResponse(mail["html"], headers={"content-security-policy": _SEALED})
    if mail is not None and mail["sha256"] and wanted == "pdf":
        served = Served(f"{mail['number']}.pdf", mail["size"], mail["sha256"])
        return await paper(request, workspace[1], served)
    return PlainTextResponse("Not Found", 404)


def _is_ours(state: State, request: Request) -> bool:
    """Whether who asks develops on this machine: the mails hold links that sign people in."""
    peer = request.client.host if request.client else ""
    with suppress(ValueError):
        return not state.settings.is_production and ip_address(peer).is_loopback
    return False


def _shown(mail: dict[str, Any]) -> str:
    """A mail, folded; its HTML lies in a frame that can do nothing."""
    workspace = encode("ten", mail["workspace_id"])
    path = f"/dev/mail/{workspace}/{encode('mail', mail['id'])}"
    at = f"{mail['created_at']:%Y-%m-%d %H:%M:%S} UTC"
    to = escape(", ".join(mail["recipients"]))
    attached = ""
    if mail["sha256"]:
        attached = f"<p><a href='{path}/pdf'>{escape(mail['number'])}.pdf</a></p>"
    error = f"<p class=FAILED>{escape(mail['error'])}</p>" if mail["error"] else ""
    return (
        f"<details><summary><b>{escape(mail['subject'])}</b>"
        f"<span class={mail['state']}>{mail['state'].lower()}</span><span>To {to}</span>"
        f"<span>{at}</span></summary><p class=small>{escape(mail['kind'])} of"
        f" <a href='?workspace={workspace}'>{escape(mail['workspace_name'])}</a></p>"
        f"{error}{attached}"
        f"<iframe sandbox='allow-popups' loading=lazy src='{path}/html' title='The mail'></iframe>"
        f"<h2>As text</h2><pre>{escape(mail['text'])}</pre></details>"
    )
