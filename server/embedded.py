"""PostgreSQL and Valkey for development: where they lie, and how a process asks for them.

One keeper process (`server.keeper`) owns both servers. Each process that uses them holds a
connection to the keeper, so the system tells the keeper when it ends, however it ends; with the
last one gone the keeper stops the servers. They listen on unix sockets in a folder only their
user can enter.
"""

import contextlib
import hashlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "coeffection"
OWNER = "postgres"
APP_ROLE = "coeffection_app"
PATIENCE = 180.0
SHARED_HOME = Path("/var/lib/coeffection")


class EmbeddedError(Exception):
    """The embedded servers cannot run; the message says why and what to do."""


@dataclass(frozen=True)
class Servers:
    """Running servers; closing the connection gives them up."""

    connection: socket.socket
    database_url: str
    app_url: str
    redis_url: str
    pids: dict[str, int]

    def close(self) -> None:
        """Give the servers up and wait until they have stopped, unless others use them."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(10)
            while self.connection.recv(1024):
                pass
        self.connection.close()


def folder(given: Path | None) -> Path:
    """The data folder a command was given, or the default one."""
    return (given or ROOT / ".coeffection").expanduser().absolute()


def run_folder(data: Path) -> Path:
    """Where the sockets lie: a short path, since a socket's has at most 103 bytes."""
    name = hashlib.sha256(f"{data}:{os.geteuid()}".encode()).hexdigest()[:12]
    return Path("/tmp") / f"coeffection-{name}"  # noqa: S108 - `private` refuses a foreign folder


def private(folder: Path, *, mode: int = 0o700) -> Path:
    """Make a folder of this user's own, or refuse one that is somebody else's."""
    folder.mkdir(parents=True, exist_ok=True, mode=mode)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise EmbeddedError(f"{folder} belongs to another user; choose a folder with --data.")
    folder.chmod(mode)
    return folder


def prepare(data: Path) -> Path:
    """Make the data folder; PostgreSQL runs as another user under root, who must pass through."""
    try:
        return private(data.resolve(), mode=0o711 if os.geteuid() == 0 else 0o700)
    except (FileExistsError, NotADirectoryError, PermissionError) as error:
        raise EmbeddedError(f"{data} cannot be used as a data folder: {error.strerror}.") from error


def connect(data: Path, want: Iterable[str], *, pg_bin: Path | None = None) -> Servers:
    """Ask the data folder's keeper for servers ("postgres", "valkey"), starting it if needed."""
    data = prepare(data)
    request = json.dumps({"want": sorted(want), "pg_bin": str(pg_bin or "")}) + "\n"
    keeper: subprocess.Popen[bytes] | None = None
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if servers := _ask(run_folder(data) / "keeper", request):
            return servers
        if keeper is None or keeper.poll() is not None:
            keeper = _start_keeper(data)
        time.sleep(0.02)
    raise EmbeddedError(f"The embedded servers did not start; see {data / 'logs'}.")


def _start_keeper(data: Path) -> subprocess.Popen[bytes]:
    logs = private(data / "logs", mode=0o700)
    with (logs / "keeper.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "server.keeper", str(data)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            start_new_session=True,
        )


def _ask(path: Path, request: str) -> Servers | None:
    """The keeper's answer; None while there is no keeper, or one that is stopping."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(PATIENCE)
    try:
        connection.connect(str(path))
        connection.sendall(request.encode())
        answer = _line(connection)
    except OSError:
        answer = ""
    if not answer:
        connection.close()
        return None
    fields = json.loads(answer)
    if error := fields.pop("error", None):
        connection.close()
        raise EmbeddedError(error)
    return Servers(connection=connection, **fields)


def _line(connection: socket.socket) -> str:
    received = b""
    while not received.endswith(b"\n"):
        chunk = connection.recv(4096)
        if not chunk:
            return ""
        received += chunk
    return received.decode()
