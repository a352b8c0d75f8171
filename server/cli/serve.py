"""The heavy part of `./dev`: servers, migrations, the demo workspace, and what is shown."""

import contextlib
import gc
import importlib
import os
import select
import socket
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from core import settings
from server import embedded
from server.cli import place as places
from server.cli import show
from server.cli.options import Options
from server.cli.place import Place, Running
from server.cli.processes import Child, end
from server.cli.redis_check import check_redis
from server.cli.refusal import Refusal

HOST = "127.0.0.1"
START_TIMEOUT = 150.0


def serve(options: Options, data: Path, children: list[Child]) -> None:
    """Start the rest, say when it is ready, and stay until asked to stop."""
    if settings.from_environment().is_production:
        raise Refusal(
            "./dev is for development and makes demo users: with ENV=production start"
            " `python -m models.migrate`, `python -m server.api` and `python -m jobs.worker`."
        )
    place = places.of(data)
    port = _port(options.port)
    if place.redis_url:
        check_redis(place.redis_url)
    _load_in_background()
    with places.running(place) as servers:
        try:
            ready = _start(place, servers, port, children)
            if places.instance(data) is None:
                places.write_secret(data / "running.json", ready)
            gc.enable()
            show.ready(ready, as_json=options.as_json)
            _stay(servers, children, quiet=options.as_json)
        finally:
            end(children)
            _forget(data)


def _load_in_background() -> None:
    """Load our modules while the servers start."""

    def load() -> None:
        # What cannot be loaded is told where it is used.
        with contextlib.suppress(Exception):
            importlib.import_module("server.cli.demo")

    threading.Thread(target=load, daemon=True).start()


def _port(wanted: int | None) -> int:
    port = settings.from_environment().port if wanted is None else wanted
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise Refusal(f"Port {port} is for root only: choose one above 1023.") from error
        except OSError as error:
            raise Refusal(
                f"Port {port} is taken: stop what uses it, or choose another with --port."
            ) from error
        return int(probe.getsockname()[1])


def _start(place: Place, servers: Running, port: int, children: list[Child]) -> dict[str, Any]:
    from server.cli import demo as demo_workspace

    demo = demo_workspace.prepare(place, servers)
    environment = _environment(place, servers, demo["signIns"]["executive"]["token"])
    ports = {child.name: _port(0) for child in children}
    for child in children:
        child.tell(environment | {"PORT": str(port), "METRICS_PORT": str(ports[child.name])})
    url = f"http://{HOST}:{port}"
    _await_ready(url, *children)
    processes = {"dev": os.getpid()} | {child.name: child.pid for child in children}
    return {
        "url": url,
        "graphql": f"{url}/graphql",
        "live": f"{url}/live",
        "metrics": f"http://{HOST}:{ports['api']}/metrics",
        "workspace": demo["workspace"],
        "databaseUrl": servers.database_url,
        "appDatabaseUrl": servers.app_url,
        "appRole": _role(servers.app_url),
        "redisUrl": servers.redis_url,
        "signIns": demo["signIns"],
        "pids": processes | servers.pids,
    }


def _role(url: str) -> str:
    from models import migrate

    return migrate.role_of(url)


def _environment(place: Place, servers: Running, token: str) -> dict[str, str]:
    """What API and worker are told beyond what they inherit; the owner's address is not in it."""
    defaults = {
        "ENV": "development",
        "COEFFECTION_TEST_CLOCK": "1",
        "FILES_URL": files_url(place),
    }
    return {name: os.environ.get(name) or text for name, text in defaults.items()} | {
        "DATABASE_APP_URL": servers.app_url,
        "REDIS_URL": servers.redis_url,
        "HOST": HOST,
        "DEMO_TOKEN": token,
    }


def files_folder(data: Path) -> Path:
    """Where uploads lie in development."""
    return embedded.private(data / "files")


def files_url(place: Place) -> str:
    """Where uploads lie: where the environment says, else in the data folder."""
    return settings.from_environment().files_url or files_folder(place.data).as_uri()


def _await_ready(url: str, api: Child, worker: Child) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    waiting = {api.name, worker.name}
    while waiting:
        for child in (api, worker):
            child.refuse_ended()
        if api.name in waiting and _answers(f"{url}/readyz"):
            waiting.discard(api.name)
        if worker.name in waiting and any('"worker.ready"' in line for line in worker.lines()):
            waiting.discard(worker.name)
        if time.monotonic() > deadline:
            names = " and ".join(sorted(waiting))
            raise Refusal(f"Not ready after {START_TIMEOUT:.0f} s: {names}; see {api.log.parent}.")
        time.sleep(0.03)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 - our own address
            return bool(response.status == 200)  # noqa: PLR2004
    except (urllib.error.URLError, OSError):
        return False


def _stay(servers: Running, children: list[Child], *, quiet: bool) -> None:
    """Show what API and worker log until one of them, or a server, ends."""
    held = [servers.servers.connection] if servers.servers else []
    for child in children:
        child.lines()  # what was logged on the way here is of no interest any more
    while True:
        ended, _, _ = select.select(held, [], [], 0.25)
        if ended:
            raise Refusal("PostgreSQL or Valkey ended; see the logs in the data folder.")
        for child in children:
            child.refuse_ended()
            lines = child.lines()
            if not quiet:
                show.log(child.name, lines)


def _forget(data: Path) -> None:
    mine = places.read_secret(data / "running.json").get("pids", {}).get("dev") == os.getpid()
    if mine:
        (data / "running.json").unlink(missing_ok=True)
