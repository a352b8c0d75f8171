"""`python -m server.api`: one API process."""

import asyncio
import signal
import sys

import uvicorn
from prometheus_client import start_http_server

from auth.production import demo_users
from core import log
from core.settings import from_environment, refusals
from server.app import application

GRACE_SECONDS = 8


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
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
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
