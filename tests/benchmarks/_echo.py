"""A bare server, which reads a request and answers at once: no answer costs less."""

import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from tests.plugins.dev import ROOT, eventually

_HEADERS = [(b"content-type", b"application/json")]


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Read the body, answer an empty object."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        continue
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": b"{}"})


@contextlib.contextmanager
def echo() -> Iterator[str]:
    """Its address while it runs, in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "tests.benchmarks._echo:app"]
    command += ["--port", str(port), "--log-level", "error", "--lifespan", "off"]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        assert eventually(lambda: _answers(port))
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
