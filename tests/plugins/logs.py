"""What a process logs, read on from where it was read last: the file grows all through a run."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.plugins.dev import eventually


class Log:
    """The log of a process, as far as some of its lines matter."""

    def __init__(self, folder: Path, process: str, *, about: str) -> None:
        self._folder = folder
        self._process = process
        self._about = about.encode()
        self._lines: list[dict[str, Any]] = []
        self._read: dict[int, int] = {}
        """How far each file was read: one that is set aside keeps its number."""

    def lines(self) -> list[dict[str, Any]]:
        """The lines about it so far, oldest first."""
        self._lines += (
            json.loads(line) for line in self._more() if self._about in line and line[:1] == b"{"
        )
        return self._lines

    def _more(self) -> Iterator[bytes]:
        # A second start on the same folder sets a long log aside.
        for name in (f"{self._process}.old.log", f"{self._process}.log"):
            path = self._folder / name
            if not path.exists():
                continue
            with path.open("rb") as file:
                number = path.stat().st_ino
                file.seek(self._read.setdefault(number, 0))
                for line in file:
                    # What comes after the last end of a line is still being written.
                    if line.endswith(b"\n"):
                        self._read[number] += len(line)
                        yield line


class Links:
    """The links of invitations and sign-ins that the development log shows."""

    def __init__(self, folder: Path) -> None:
        self._log = Log(folder, "api", about=' link"')

    def all(self, what: str, email: str) -> list[str]:
        """The tokens of the links an address was sent, oldest first."""
        wanted = (f"{what} link", email)
        lines = [one for one in self._log.lines() if (one["event"], one.get("email")) == wanted]
        return [line["token"] for line in lines]

    def newest(self, what: str, email: str) -> str:
        """The token of the last link an address was sent."""
        assert eventually(lambda: bool(self.all(what, email))), f"no {what} link for {email}"
        return self.all(what, email)[-1]
