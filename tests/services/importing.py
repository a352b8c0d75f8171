"""Importing as a client does it: upload, create, map, run, follow."""

import asyncio
import contextlib
import csv
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg

from core.ids import decode
from tests.plugins.dev import ROOT, environment, eventually
from tests.plugins.world import Client, Payload, Server

STATE = """query($id: ID!) { import(id: $id) {
  status totalRows doneRows createdRows updatedRows failedRows startedAt finishedAt error
  errorFileUrl version columns { header samples suggestedField confidence }
  mapping { column field } } }"""
PATIENCE = 120.0
ENDED = {"COMPLETED", "FAILED"}
CONTACTS = """query($filter: ContactFilter) { contacts(first: 100, filter: $filter) {
  totalCount nodes { id version firstName lastName email phone jobTitle status
    owner { id } primaryCompany { id name } companies { totalCount } } } }"""


class Importer:
    """Somebody who imports contacts."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.server = client.server

    def announce(self, size: int, name: str = "contacts.csv") -> dict[str, str]:
        """An upload that may be sent."""
        given = {"fileName": name, "size": size}
        made = self.client.act("uploadCreate", given, "upload { id putUrl }")
        return dict(made["upload"])

    def put(self, url: str, content: bytes) -> Any:
        """Send bytes to an address."""
        return self.server.http.put(url, content=content, headers=self.client.headers)

    def upload(self, content: bytes) -> str:
        """A file that was received."""
        made = self.announce(len(content))
        sent = self.put(made["putUrl"], content)
        assert sent.status_code == 201, sent.text
        return made["id"]

    def create(self, content: bytes | str) -> Payload:
        """Make an import of a file."""
        encoded = content.encode() if isinstance(content, str) else content
        given = {"uploadId": self.upload(encoded)}
        return self.client.act("importCreate", given, "import { id totalRows }")

    def ready(self, content: bytes | str, mapping: dict[str, str] | None = None) -> str:
        """An import whose columns are mapped, as suggested where nothing is said."""
        import_id: str = self.create(content)["import"]["id"]
        self.map(import_id, mapping or self.suggested(import_id))["import"]
        return import_id

    def suggested(self, import_id: str) -> dict[str, str]:
        """The suggested field of each column that has one."""
        columns = self.state(import_id)["columns"]
        return {one["header"]: one["suggestedField"] for one in columns if one["suggestedField"]}

    def map(self, import_id: str, mapping: dict[str, str]) -> Payload:
        """Say which column is which field."""
        entries = [{"column": column, "field": field} for column, field in mapping.items()]
        given = {"id": import_id, "mapping": entries}
        return self.client.act("importMappingSet", given, "import { id mapping { column field } }")

    def start(self, import_id: str) -> Payload:
        """Ask for an import to be run."""
        return self.client.act("importRun", {"id": import_id}, "import { id status }")

    def state(self, import_id: str) -> dict[str, Any]:
        """How far an import is."""
        return dict(self.client.run(STATE, id=import_id)["import"])

    def ended(self, import_id: str) -> dict[str, Any]:
        """An import at its end."""
        assert eventually(lambda: self.state(import_id)["status"] in ENDED, PATIENCE)
        return self.state(import_id)

    def run(self, content: bytes | str, mapping: dict[str, str] | None = None) -> dict[str, Any]:
        """Import a file from beginning to end."""
        import_id = self.ready(content, mapping)
        self.start(import_id)["import"]
        return self.ended(import_id) | {"id": import_id}

    def counts(self, content: bytes | str, mapping: dict[str, str] | None = None) -> list[int]:
        """Rows that created, updated and failed in an import that completed."""
        done = self.run(content, mapping)
        assert done["status"] == "COMPLETED", done
        assert done["doneRows"] == done["totalRows"]
        return [done["createdRows"], done["updatedRows"], done["failedRows"]]

    def errors(self, state: dict[str, Any]) -> list[list[str]]:
        """The error file of an import, without its header."""
        answer = self.server.http.get(state["errorFileUrl"], headers=self.client.headers)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("text/csv")
        return list(csv.reader(io.StringIO(answer.text, newline="")))[1:]

    def contacts(self, **given: Any) -> list[dict[str, Any]]:
        """The contacts that fit a filter, at most 100."""
        return list(self.client.run(CONTACTS, filter=given or None)["contacts"]["nodes"])

    def contact(self, email: str) -> dict[str, Any]:
        """The one contact with an address."""
        (found,) = self.contacts(email={"eq": email})
        return found


def file_of(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    """Rows as a CSV file."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


def people(count: int, tag: str, *, companies: int = 50) -> str:
    """A file of so many people."""
    rows = [["First name", "Last name", "Email", "Phone", "Company"]]
    rows += [
        [f"Ann{at}", f"Bee{at}", f"{tag}{at}@firm.example", f"+1415{at:07d}", f"F {at % companies}"]
        for at in range(count)
    ]
    return file_of(rows)


def sql(server: Server, text: str, *arguments: Any) -> list[Any]:
    """Rows of a statement, as the database's owner sees them."""

    async def fetch() -> list[Any]:
        connection = await asyncpg.connect(server.ready["databaseUrl"])
        try:
            return list(await connection.fetch(text, *arguments))
        finally:
            await connection.close()

    # In a thread of its own: tests that wait have a loop that runs.
    with ThreadPoolExecutor(1) as asking:
        return asking.submit(lambda: asyncio.run(fetch())).result()


def uuid(wire_id: str) -> str:
    """The UUID behind an id."""
    decoded = decode(wire_id)
    assert decoded
    return decoded[1]


def events(server: Server, import_id: str) -> dict[str, int]:
    """How many events of each type an import made."""
    statement = "SELECT type, count(*) AS n FROM event WHERE import_id = $1 GROUP BY type"
    return {row["type"]: row["n"] for row in sql(server, statement, uuid(import_id))}


@contextlib.contextmanager
def resting(server: Server) -> Iterator[None]:
    """Keep the instance's own worker from working for a while."""
    pid = server.ready["pids"]["worker"]
    try:
        assert eventually(lambda: _stopped(server, pid), PATIENCE)
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _stopped(server: Server, pid: int) -> bool:
    """Stop a worker, unless it is in the middle of an act whose locks it would go on holding."""
    os.kill(pid, signal.SIGSTOP)
    holds = """SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
               AND application_name = 'coeffection-worker' AND xact_start IS NOT NULL"""
    if not sql(server, holds):
        return True
    os.kill(pid, signal.SIGCONT)
    return False


@contextlib.contextmanager
def worker(server: Server) -> Iterator[subprocess.Popen[str]]:
    """A worker process of the test's own beside the instance's."""
    given = {
        "DATABASE_APP_URL": server.ready["appDatabaseUrl"],
        "REDIS_URL": server.ready["redisUrl"],
        "FILES_URL": (Path(server.dev.data) / "files").as_uri(),
        "COEFFECTION_TEST_CLOCK": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "jobs.worker"],
        cwd=ROOT,
        env=environment(**given, PYTHONPATH=str(ROOT)),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    try:
        while json.loads(process.stderr.readline())["event"] != "worker.ready":
            pass
        yield process
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
