"""`python -m server.api`: one API process."""

import asyncio
import signal
import socket
import sys
from typing import cast

import uvicorn
from prometheus_client import start_http_server

from auth.production import demo_users
from core import log
from core.settings import from_environment, refusals
from server.app import Application, application
from server.connection import Connection
from server.sockets import Socket

GRACE_SECONDS = 8
MAX_MESSAGE = 256 * 1024
"""Bytes of one message over a WebSocket."""


class Served(uvicorn.Server):
    """A server that ends its streams before it waits for what is still answered."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End."""
        # Uvicorn ends what began well only: there is a state.
        app = cast("Application", self.config.app)
        app.it.hub.closing.set()
        await super().shutdown(sockets)


def main() -> None:
    """Serve until told to stop."""
    settings = from_environment()
    log.configure(settings.log_level)
    reasons = refusals(settings) or asyncio.run(demo_users(settings))
    if reasons:
        sys.exit("\n".join(reasons))
    if settings.metrics_port:
        start_http_server(settings.metrics_port, addr=settings.host)
    app = application(settings)
    server = Served(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            http=Connection,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws=Socket,
            ws_max_size=MAX_MESSAGE,
            timeout_graceful_shutdown=GRACE_SECONDS,
            h11_max_incomplete_event_size=64 * 1024,
        )
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        # Uvicorn raises the signal again once it has ended: that is no reason to be killed by it.
        signal.signal(number, lambda *_: None)
    server.run()
    log.flush()
    sys.exit(0 if server.started else 1)


if __name__ == "__main__":
    main()
