"""The keeper: the process that owns the embedded servers and stops them with their last user."""

import contextlib
import fcntl
import json
import os
import selectors
import shutil
import signal
import socket
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

from server import embedded
from server.postgres import Postgres
from server.program import Abandoned, Program, as_user
from server.valkey import Valkey

FIRST_CLIENT = 10.0
TICK = 0.2


class Keeper:
    """Serves one data folder: starts what is asked for, counts who uses it."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._run = embedded.run_folder(data)
        self._selector = selectors.DefaultSelector()
        self._clients: set[socket.socket] = set()
        self._last: socket.socket | None = None
        self._programs: dict[str, Program] = {}

    def serve(self) -> None:
        """Answer requests until nobody is left, then stop the servers."""
        with self._lock() as mine:
            if not mine:
                return
            listener = self._listen()
            try:
                self._loop(listener)
            except (Abandoned, KeyboardInterrupt):
                pass
            finally:
                self._close(listener)

    @contextlib.contextmanager
    def _lock(self) -> Any:
        # The folder itself is locked: the system frees it with the process, no file is left.
        descriptor = os.open(self._data, os.O_RDONLY)
        try:
            yield self._locked(descriptor)
        finally:
            os.close(descriptor)

    def _locked(self, descriptor: int) -> bool:
        deadline = time.monotonic() + embedded.PATIENCE / 2
        while time.monotonic() < deadline:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            if _answers(self._run / "keeper"):
                return False
            time.sleep(0.02)
        return False

    def _listen(self) -> socket.socket:
        embedded.private(self._run, mode=0o711 if os.geteuid() == 0 else 0o700)
        path = self._run / "keeper"
        path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen(64)
        self._selector.register(listener, selectors.EVENT_READ)
        return listener

    def _loop(self, listener: socket.socket) -> None:
        until = time.monotonic() + FIRST_CLIENT
        while self._clients or time.monotonic() < until:
            for key, _ in self._selector.select(TICK):
                if key.fileobj is listener:
                    self._accept(listener)
                else:
                    self._left(key.fileobj)
                until = 0.0
            self._check()

    def _accept(self, listener: socket.socket) -> None:
        client, _ = listener.accept()
        client.settimeout(2)
        try:
            request = json.loads(client.makefile().readline())
        except (OSError, ValueError):
            client.close()
            return
        self._selector.register(client, selectors.EVENT_READ)
        self._clients.add(client)
        try:
            answer = self._answer(request)
        except embedded.EmbeddedError as error:
            answer = {"error": str(error)}
        with contextlib.suppress(OSError):
            client.sendall((json.dumps(answer) + "\n").encode())

    def _left(self, client: Any) -> None:
        with contextlib.suppress(OSError):
            if client.recv(1024):
                return
        self._selector.unregister(client)
        self._clients.discard(client)
        # The last one waits for the end of its connection to know that all has stopped.
        if self._clients:
            client.close()
        else:
            self._last = client

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        for name in request["want"]:
            if name not in self._programs:
                self._programs[name] = self._start(name, request["pg_bin"])
        postgres, valkey = self._programs.get("postgres"), self._programs.get("valkey")
        database = f"/{embedded.DATABASE}?host={self._run / 's'}"
        return {
            "database_url": f"postgresql://{embedded.OWNER}@{database}" if postgres else "",
            "app_url": f"postgresql://{embedded.APP_ROLE}@{database}" if postgres else "",
            "redis_url": f"unix://{self._run / 's' / 'valkey'}" if valkey else "",
            "pids": {"keeper": os.getpid()}
            | {name: program.pid for name, program in self._programs.items()},
        }

    def _start(self, name: str, pg_bin: str) -> Program:
        sockets = self._run / "s"
        sockets.mkdir(exist_ok=True, mode=0o700)
        program: Program
        if name == "postgres":
            program = Postgres(self._data, sockets, Path(pg_bin) if pg_bin else None)
        else:
            program = Valkey(self._data, sockets)
        os.chown(sockets, *as_user(self._data))
        program.start(self._somebody_waits)
        return program

    def _somebody_waits(self) -> bool:
        """Whether a client is still there, asked while a server starts."""
        return any(map(_is_there, self._clients))

    def _check(self) -> None:
        """End with a server that has ended: its users must know."""
        for name, program in self._programs.items():
            if (code := program.ended()) is not None:
                sys.stderr.write(f"{name} ended with code {code}\n")
                raise Abandoned

    def _close(self, listener: socket.socket) -> None:
        (self._run / "keeper").unlink(missing_ok=True)
        listener.close()
        for program in self._programs.values():
            program.ask_to_stop()
        for program in self._programs.values():
            program.stop()
        shutil.rmtree(self._run, ignore_errors=True)


def _is_there(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        return client.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        client.settimeout(2)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Keep the servers of the data folder given."""
    signal.signal(signal.SIGTERM, _stop)
    Keeper(Path(sys.argv[1])).serve()


if __name__ == "__main__":
    main()
