"""The ASGI application, as a table of contents."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Route

from core.settings import Settings
from server import forms, graphql, pages, uploads
from server.requests import Requests
from server.state import opened

ROUTES = [
    Route("/graphql", graphql.endpoint, methods=["GET", "POST"]),
    Route("/graphql/assets/{name}", graphql.asset),
    Route("/uploads/{id}", uploads.receive, methods=["PUT"]),
    Route("/files/{id}", uploads.download),
    Route("/forms/{key}", forms.endpoint, methods=["POST", "OPTIONS"]),
    Route("/docs/errors", pages.errors),
    Route("/healthz", pages.healthy),
    Route("/readyz", pages.ready),
]

# A page on a foreign name that points here must not reach a development server.
_LOCAL = ["localhost", "127.0.0.1", "[::1]", "testserver"]


def _settle_memory() -> None:
    """Keep what lives as long as the process out of the collector's rounds.

    Answers are trees without cycles: reference counting frees them, so rounds may be rare.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


def application(settings: Settings) -> Starlette:
    """The application of one process."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with opened(settings) as state:
            app.state.it = state
            _settle_memory()
            yield

    named = [host.strip() for host in settings.allowed_hosts.split(",") if host.strip()]
    hosts = named or (["*"] if settings.is_production else _LOCAL)
    return Starlette(
        routes=ROUTES,
        lifespan=lifespan,
        middleware=[
            Middleware(Requests),
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
        ],
    )
