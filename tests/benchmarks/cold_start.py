"""`./dev` in a clean clone until it is ready, again, and what no start can do without."""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from server.postgres import programs
from server.program import as_user
from tests.benchmarks import _report, harness
from tests.benchmarks.harness import ROOT, median, ratio
from tests.plugins.dev import environment

ROUNDS = {True: 1, False: 3}
IMPORTS = "import server.app, resolvers.api, jobs.worker"
PATIENCE = 60.0


@contextmanager
def clone() -> Iterator[Path]:
    """The commit that is checked out, as somebody else would have it."""
    folder = Path(tempfile.mkdtemp(prefix="coeffection-clone-"))
    folder.chmod(0o711)
    try:
        made = folder / "repository"
        subprocess.run(["git", "clone", "-q", ROOT, made], check=True)
        yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def start(repository: Path) -> float:
    """Seconds from the command to the line that says it is ready; then it is ended."""
    began = time.monotonic()
    command = [sys.executable, str(repository / "dev"), "--json", "--port", "0"]
    process = subprocess.Popen(
        command, env=_outside(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    line = process.stdout.readline()
    took = time.monotonic() - began
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE)
    if not line:
        raise AssertionError("./dev ended before it was ready")
    return took


def _outside() -> dict[str, str]:
    """The environment a newcomer's shell has: nothing of ours."""
    ours = ("PYTHONPATH", "PYTHONPYCACHEPREFIX", "VIRTUAL_ENV")
    return {name: text for name, text in environment().items() if name not in ours}


def seconds(*command: Any, **options: Any) -> float:
    """Seconds a program runs."""
    began = time.monotonic()
    subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL, **options)
    return time.monotonic() - began


def install(repository: Path) -> float:
    """Seconds to install the locked packages into an empty environment, with what ./dev uses."""
    lock = repository / "requirements-dev.txt"
    made = repository / "bare"
    python = made / "bin" / "python"
    given = ("--require-hashes", "-q", "-r", lock)
    if uv := shutil.which("uv"):
        took = seconds(uv, "venv", "-q", "--no-project", "--python", sys.executable, made)
        return took + seconds(uv, "pip", "install", "--python", python, *given)
    took = seconds(sys.executable, "-m", "venv", made)
    return took + seconds(python, "-m", "pip", "install", "--no-compile", *given)


def bare_postgres(folder: Path) -> tuple[float, float]:
    """Seconds of a bare initdb, and of a bare server's start."""
    binaries = programs(folder, None)
    user, group = as_user(folder)
    cluster = folder / "cluster"
    cluster.mkdir()
    os.chown(cluster, user, group)
    who: dict[str, Any] = {"cwd": "/"}
    if os.geteuid() == 0:
        who |= {"user": user, "group": group}
    options = ("-A", "trust", "-E", "UTF8", "--lc-collate=C", "--lc-ctype=C.UTF-8")
    made = seconds(binaries / "initdb", "-D", cluster, *options, **who)
    began = time.monotonic()
    sockets = f"unix_socket_directories={cluster}"
    given = ("-D", cluster, "-c", "listen_addresses=", "-c", sockets)
    command = [str(part) for part in (binaries / "postgres", *given)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, **who)
    try:
        _await_ready(cluster / "postmaster.pid")
        return made, time.monotonic() - began
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(PATIENCE)


def _await_ready(file: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if file.exists() and "ready" in file.read_text():
            return
        time.sleep(0.01)
    raise AssertionError("the bare PostgreSQL did not start")


def one_round() -> dict[str, float]:
    """A cold start, a second one, and the parts no start can do without, in the same minute."""
    with clone() as repository:
        cold, second = start(repository), start(repository)
        packages = install(repository)
        made, started = bare_postgres(repository.parent)
        place = repository / ".venv"
        # Compiled already, as the second start finds them.
        compiled = _outside() | {"PYTHONPYCACHEPREFIX": str(place / "bytecode")}
        python = place / "bin" / "python"
        imports = seconds(python, "-c", IMPORTS, cwd=repository, env=compiled)
    return {
        "cold": cold,
        "second": second,
        "packages": packages,
        "initdb": made,
        "postgres": started,
        "imports": imports,
    }


def summary(rounds: Sequence[dict[str, float]]) -> dict[str, float]:
    """Medians, and both starts as times of what they cannot do without."""
    found = {name: round(median([one[name] for one in rounds]), 2) for name in rounds[0]}
    again = found["postgres"] + found["imports"]
    return found | {
        "cold_to_bare": ratio(found["cold"], found["packages"] + found["initdb"] + again),
        "second_to_bare": ratio(found["second"], again),
    }


def table(found: dict[str, float]) -> str:
    """The figures for docs/benchmarks.md."""
    bare = f"{found['packages']} + {found['initdb']} + {found['postgres']} + {found['imports']}"
    return _report.table(
        ("start", "until ready, s", "the bare parts, s", "ratio"),
        [
            (
                "cold: packages + initdb + PostgreSQL + imports",
                found["cold"],
                bare,
                found["cold_to_bare"],
            ),
            (
                "second: PostgreSQL + imports",
                found["second"],
                f"{found['postgres']} + {found['imports']}",
                found["second_to_bare"],
            ),
        ],
    )


def main() -> None:
    """Run it and say what came of it."""
    reading = argparse.ArgumentParser(prog="./dev bench cold_start")
    reading.add_argument("--json", action="store_true")
    reading.add_argument("--quick", action="store_true")
    given = reading.parse_args()
    rounds = []
    for number in range(ROUNDS[given.quick]):
        harness.say(f"Round {number + 1} of {ROUNDS[given.quick]}.")
        rounds.append(one_round())
    found = summary(rounds)
    if not given.quick:
        _report.put("cold_start", table(found))
    sys.stdout.write(json.dumps(found) + "\n" if given.json else table(found))


if __name__ == "__main__":
    main()
