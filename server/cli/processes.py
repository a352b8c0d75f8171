"""The processes `./dev` starts: our API and worker."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from server import embedded
from server.cli.refusal import Refusal

LARGEST_LOG = 5_000_000
STOPPING = 2.5
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Child:
    """One of our processes, with the log it writes."""

    def __init__(self, name: str, module: str, heavy: Sequence[str], data: Path) -> None:
        """Start it; it loads the heavy modules and waits to be told its settings."""
        self.name = name
        self.log = _log(data / "logs" / f"{name}.log")
        self._seen = self.log.stat().st_size
        self._rest = ""
        read, self._lifeline = os.pipe()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "server.cli.lifeline", str(read), module, *heavy],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=embedded.ROOT,
                env=_inherited(),
                pass_fds=[read],
                start_new_session=True,
            )
        os.close(read)

    def tell(self, environment: Mapping[str, str]) -> None:
        """Give it its settings, whereupon it begins to work."""
        told = self._process.stdin
        # One that has ended already says why in its log.
        with contextlib.suppress(BrokenPipeError):
            if told:
                told.write(json.dumps(dict(environment)).encode())
                told.close()

    @property
    def pid(self) -> int:
        """Its process id, which is its process group's too."""
        return self._process.pid

    def ended(self) -> int | None:
        """The exit code, once it has ended."""
        return self._process.poll()

    def refuse_ended(self) -> None:
        """Say why it ended, if it did."""
        if (code := self.ended()) is not None:
            reason = _reason(self.lines()) or f"code {code}"
            raise Refusal(f"The {self.name} ended: {reason} (more in {self.log}).")

    def lines(self) -> list[str]:
        """The whole lines written since the last call."""
        with self.log.open("rb") as log:
            log.seek(self._seen)
            written = log.read()
        self._seen += len(written)
        *whole, self._rest = (self._rest + written.decode(errors="replace")).split("\n")
        return whole

    def ask_to_stop(self) -> None:
        """Send the polite signal and go on."""
        self._signal(signal.SIGTERM)

    def stop(self, until: float) -> None:
        """Wait for its end, then end its whole group."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.05, until - time.monotonic()))
        self._signal(signal.SIGKILL)
        self._process.wait()
        os.close(self._lifeline)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)


def end(children: list[Child]) -> None:
    """Stop them together; the way out takes a few seconds at most, and nothing interrupts it."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    for child in children:
        child.ask_to_stop()
    until = time.monotonic() + STOPPING
    while children:
        children.pop().stop(until)


def _inherited() -> dict[str, str]:
    """What they inherit: all but the owner's address, which is for nobody else."""
    inherited = {name: text for name, text in os.environ.items() if name != "DATABASE_URL"}
    return inherited | {"PYTHONPATH": str(embedded.ROOT), "PYTHONUNBUFFERED": "1"}


def _log(path: Path) -> Path:
    embedded.private(path.parent)
    if path.exists() and path.stat().st_size > LARGEST_LOG:
        path.replace(path.with_suffix(".old.log"))
    path.touch(mode=0o600)
    return path


def _reason(lines: list[str]) -> str:
    """What a process's last lines say went wrong: an exception before all else."""
    said = ""
    for line in reversed(lines):
        text, is_exception = _message(line)
        if is_exception:
            return text
        said = said or text
    return said


def _message(line: str) -> tuple[str, bool]:
    """What a log line says, and whether it tells of an exception."""
    text = line
    with contextlib.suppress(ValueError, AttributeError):
        fields = json.loads(line)
        text = str(fields.get("exception") or fields.get("event", ""))
    last = text.strip().rpartition("\n")[2]
    return last.strip(), "Traceback (most recent call last)" in text
