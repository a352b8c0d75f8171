"""The ASGI application, as a table of contents."""

import gc
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Route

from core.settings import Settings
from server import (
    files,
    forms,
    graphql,
    hooks,
    inbound,
    mail_tracking,
    mailbox,
    page_visits,
    pages,
    quotes,
    streams,
    uploads,
)
from server.requests import Call, Receive, Requests, Scope, Send
from server.state import State, opened

ROUTES = [
    Route(graphql.PATH, graphql.endpoint, methods=["GET", "POST"]),
    Route(streams.PATH, streams.endpoint, methods=["GET", "POST"]),
    Route("/graphql/assets/{name}", graphql.asset),
    Route("/live", pages.live),
    Route("/uploads/{id}", uploads.receive, methods=["PUT"]),
    Route("/files/{id}", files.download),
    Route("/documents/{id}.pdf", files.document),
    Route("/forms/{key}", forms.endpoint, methods=["POST", "OPTIONS"]),
    Route("/track/{key}", page_visits.endpoint, methods=["POST", "OPTIONS"]),
    Route("/track.js", page_visits.script),
    Route("/q/{key}", quotes.show, methods=["GET"]),
    Route("/q/{key}", quotes.answer, methods=["POST"]),
    Route("/q/{key}/pdf", quotes.pdf),
    Route("/q/{key}/logo", quotes.logo),
    Route("/dev/mail", mailbox.page),
    Route("/dev/mail/{workspace}/{mail}/{part}", mailbox.part),
    Route("/hooks/mail/{key}", inbound.endpoint, methods=["POST"]),
    Route("/t/o/{key}.gif", mail_tracking.opened, methods=["GET"]),
    Route("/t/c/{key}", mail_tracking.clicked, methods=["GET"]),
    Route("/t/u/{key}", mail_tracking.unsubscribing, methods=["GET"]),
    Route("/t/u/{key}", mail_tracking.unsubscribe, methods=["POST"]),
    Route("/hooks/signatures/{workspace}", hooks.signatures, methods=["POST"]),
    Route("/hooks/workflows/{key}", hooks.workflows, methods=["POST"]),
    Route("/docs/errors", pages.errors),
    Route("/healthz", pages.healthy),
    Route("/readyz", pages.ready),
]

# A page on a foreign name that points here must not reach a development server.
_LOCAL = ["localhost", "127.0.0.1", "[::1]", "testserver"]


def _settle_memory() -> None:
    """Keep what lives as long as the process out of the collector's rounds.

    Answers are trees without cycles: reference counting frees them, so rounds may be rare. But
    documents and statements have cycles, and those that caches forgot are freed by full rounds
    only: without them a stream of distinct documents would grow the process without end.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 3, 1)


class Application(Starlette):
    """The routes, and before them the one way nearly every request takes."""

    it: State
    """What the process holds, from its start on."""

    def __init__(self, hosts: list[str], **given: Any) -> None:
        super().__init__(**given)
        self._hosts = None if "*" in hosts else frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; operations at a host of ours go past the routes."""
        if scope["type"] == "http" and self.is_operation(scope):
            await graphql.post(self.it, scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    def is_operation(self, scope: Scope) -> bool:
        """Whether it is plainly an operation for us."""
        return scope["method"] == "POST" and scope["path"] == graphql.PATH and self._is_ours(scope)

    def operate(self, call: Call, respond: graphql.Respond) -> Awaitable[None]:
        """Answer an operation that came past ASGI."""
        return graphql.serve(self.it, call, respond)

    def serves(self, host: str) -> bool:
        """Whether a host is one of ours, where a socket names it."""
        name = host.partition(":")[0]
        return self._hosts is None or any(
            name == one or (one.startswith("*.") and name.endswith(one[1:])) for one in self._hosts
        )

    def _is_ours(self, scope: Scope) -> bool:
        # Whatever is not plainly ours is left to the middleware to refuse.
        if self._hosts is None:
            return True
        given = [value for name, value in scope["headers"] if name == b"host"]
        return len(given) == 1 and given[0].partition(b":")[0].decode("latin-1") in self._hosts


def application(settings: Settings) -> Application:
    """The application of one process."""

    @asynccontextmanager
    async def lifespan(app: Application) -> AsyncIterator[None]:
        async with opened(settings) as state:
            app.it = state
            _settle_memory()
            yield

    named = [host.strip() for host in settings.allowed_hosts.split(",") if host.strip()]
    hosts = named or (["*"] if settings.is_production else _LOCAL)
    return Application(
        hosts,
        routes=ROUTES,
        lifespan=lifespan,
        middleware=[
            Middleware(Requests),
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
        ],
    )
