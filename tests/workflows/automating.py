"""Workflows written, set off and looked at through the API, and a target for their calls."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.plugins.dev import eventually
from tests.plugins.world import Client, World

RUNS = """query($id: ID!, $after: Cursor) { node(id: $id) { ... on Workflow { active problems
  runs(first: 100, after: $after) { nodes {
    id status eventType error nextStep resumeAt startedAt finishedAt payload
    record { __typename id }
    chain { workflow { id name } run { id } }
    steps(first: 100) { nodes { path action attempt status input output error durationMs } } }
  pageInfo { hasNextPage endCursor } } } } }"""
OVER = {"SUCCEEDED", "SKIPPED", "FAILED", "CANCELED", "LOOP_DETECTED"}


def workflow(world: World, trigger: str, steps: list[Any], *, name: str = "", **given: Any) -> str:
    """An active workflow; its id."""
    return str(whole(world, trigger, steps, name=name, **given)["workflow"]["id"])


def whole(world: World, trigger: str, steps: list[Any], *, name: str = "", **given: Any) -> Any:
    """An active workflow, with the address of its webhook where it has one."""
    values = {"name": name or f"On {trigger}", "trigger": trigger, "steps": steps, "active": True}
    return world.admin.act("workflowCreate", values | given, "hookUrl workflow { id version }")


def runs(client: Client, workflow_id: str) -> list[Any]:
    """All runs of a workflow with their steps, the first first."""
    found: list[Any] = []
    after = None
    while True:
        page = client.run(RUNS, id=workflow_id, after=after)["node"]["runs"]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    for run in found:
        run["steps"] = run["steps"]["nodes"]
        for step in run["steps"]:
            step["input"], step["output"] = json.loads(step["input"]), json.loads(step["output"])
    return found[::-1]


def opened(run: Any) -> Any:
    """A run with its payload read."""
    return run | {"payload": json.loads(run["payload"])}


def ended(client: Client, workflow_id: str, count: int = 1, seconds: float = 60) -> list[Any]:
    """The runs of a workflow once so many are over."""
    found: list[Any] = []

    def over() -> bool:
        found[:] = runs(client, workflow_id)
        return sum(run["status"] in OVER for run in found) >= count

    assert eventually(over, seconds), found
    return found


def one(client: Client, workflow_id: str, seconds: float = 60) -> Any:
    """The only run of a workflow, once it is over."""
    (run,) = ended(client, workflow_id, 1, seconds)
    return run


def until(
    client: Client, workflow_id: str, fits: Callable[[list[Any]], Any], seconds: float = 60
) -> list[Any]:
    """The runs of a workflow once they fit."""
    found: list[Any] = []

    def there() -> bool:
        found[:] = runs(client, workflow_id)
        return bool(fits(found))

    assert eventually(there, seconds), found
    return found


def lead(world: World, client: Client | None = None, **given: Any) -> str:
    """A lead; its id."""
    values = {"lastName": "Okafor"} | given
    made: str = (client or world.admin).act("leadCreate", values, "lead { id }")["lead"]["id"]
    return made


@dataclass
class Call:
    """A request that came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """What it says."""
        return json.loads(self.body)


@dataclass
class Target:
    """A server that is called by workflows, and answers as it is told to."""

    port: int = 0
    calls: list[Call] = field(default_factory=list)
    answers: dict[str, list[int | str]] = field(default_factory=dict)
    """By path: the statuses it answers one after the other, the last for ever; or HANG."""
    served: dict[str, str] = field(default_factory=dict)
    """The effects it has had, by their keys: a key that is known has none."""
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def of(self, path: str) -> list[Call]:
        """The calls of a path, in their order."""
        return [call for call in self.calls if call.path == path]

    def answer(self, call: Call) -> int | str:
        """What is answered now."""
        told = self.answers.get(call.path) or [200]
        chosen = told.pop(0) if len(told) > 1 else told[0]
        if chosen == 200:
            self.served.setdefault(call.headers.get("idempotency-key", ""), call.path)
        return chosen


HANG = "HANG"


@contextmanager
def listening(port: int = 0) -> Iterator[Target]:
    """A target that is up."""
    target = Target()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            size = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            call = Call(self.command, self.path, headers, self.rfile.read(size))
            target.calls.append(call)
            status = target.answer(call)
            if status == HANG:
                target.over.wait(60)
                return
            body = b"thanks"
            self.send_response(int(status))
            if int(status) in {301, 302, 307}:
                self.send_header("location", f"{target.url}/elsewhere")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    target.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield target
    finally:
        target.over.set()
        server.shutdown()
        server.server_close()
