"""`./dev` as tests use it: as a command, and as the one running instance of a test run."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 300.0
GIVEN = (
    "DATABASE_URL",
    "DATABASE_APP_URL",
    "REDIS_URL",
    "ENV",
    "PORT",
    "METRICS_PORT",
    "FILES_URL",
    "SIGNATURE_URL",
    "SIGNATURE_SECRET",
)


def environment(**given: str) -> dict[str, str]:
    """The environment of the tests without the settings of another instance."""
    inherited = {name: text for name, text in os.environ.items() if name not in GIVEN}
    return inherited | given


def run(*arguments: object, **given: str) -> subprocess.CompletedProcess[str]:
    """Run a command of `./dev` to its end."""
    return subprocess.run(
        [ROOT / "dev", *map(str, arguments)],
        env=environment(**given),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


class Dev:
    """A running `./dev --json`."""

    def __init__(self, data: Path, *options: object, **given: str) -> None:
        self.data = data
        self.process = subprocess.Popen(
            [ROOT / "dev", "--json", "--data", data, *map(str, options)],
            env=environment(**given),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.ready: dict[str, Any] = json.loads(self._first_line())

    def _first_line(self) -> str:
        assert self.process.stdout
        assert self.process.stderr
        if line := self.process.stdout.readline():
            return line
        raise AssertionError(f"./dev ended: {self.process.stderr.read()}")

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[str, str]:
        """Send a signal and wait for the end; the rest of what it printed."""
        self.process.send_signal(number)
        return self.process.communicate(timeout=PATIENCE)

    def alive(self) -> list[str]:
        """Which of its processes run."""
        return [name for name, pid in self.ready["pids"].items() if runs(pid)]


def runs(pid: int) -> bool:
    """Whether a process runs; one that has ended and is not yet fetched does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    with contextlib.suppress(OSError):
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    return True


def eventually(done: Callable[[], bool], seconds: float = 120.0) -> bool:
    """Whether something becomes true before a generous deadline."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if done():
            return True
        time.sleep(0.02)
    return done()


@contextlib.contextmanager
def data_folder() -> Iterator[Path]:
    """An empty data folder that PostgreSQL's user can reach, under root too."""
    folder = Path(tempfile.mkdtemp(prefix="coeffection-test-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def started(data: Path, *options: object, **given: str) -> Iterator[Dev]:
    """A `./dev` that is ready, ended afterwards if it still runs."""
    dev = Dev(data, *options, **given)
    try:
        yield dev
    finally:
        if dev.process.poll() is None:
            dev.end()
        for stream in (dev.process.stdout, dev.process.stderr):
            assert stream
            stream.close()


@pytest.fixture(scope="session")
def dev() -> Iterator[Dev]:
    """The one instance of this test run: servers, migrated database, API and worker."""
    with data_folder() as data, started(data, "--port", 0) as running:
        yield running


@pytest.fixture(scope="session")
async def other_process(dev: Dev) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a second API process on the same database and Redis."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {
        "DATABASE_APP_URL": dev.ready["appDatabaseUrl"],
        "REDIS_URL": dev.ready["redisUrl"],
        "PORT": str(port),
        "COEFFECTION_TEST_CLOCK": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "server.api"],
        cwd=ROOT,
        env=environment(**settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    assert eventually(lambda: _answers(f"{url}/healthz"))
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        yield client
    process.terminate()
    process.wait(timeout=30)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False


def refused(done: subprocess.CompletedProcess[str], *words: str) -> Sequence[str]:
    """The words missing from a refusal: one sentence on stderr, exit code 1, nothing on stdout."""
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return [word for word in words if word not in done.stderr]
