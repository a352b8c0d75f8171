"""Asking two servers the same and comparing the bytes of their answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

from tests.plugins.world import Client

ROLES = ("rep", "manager", "executive", "admin", "finance")
_REQUEST_ID = "the-same-for-both"
_MOMENTS = 3
"""How often both are asked: what is counted up to now may differ by a second between them."""


@dataclass
class Answerer:
    """One of the two servers."""

    url: str
    metrics: str
    log: Path

    @cached_property
    def http(self) -> httpx.Client:
        """The connections to it."""
        return httpx.Client(base_url=self.url, timeout=60)

    def ask(self, client: Client, body: Mapping[str, Any]) -> tuple[int, bytes]:
        """The status and bytes of an answer."""
        headers = client.headers | {"x-request-id": _REQUEST_ID}
        response = self.http.post("/graphql", json=body, headers=headers)
        return response.status_code, response.content

    def executed(self) -> dict[str, float]:
        """How many operations its executor answered, by reason."""
        found: dict[str, float] = {}
        for line in httpx.get(self.metrics).text.splitlines():
            if line.startswith("coeffection_executor_operations_total{"):
                reason = line.split('"')[1]
                found[reason] = float(line.rsplit(" ", 1)[1])
        return found

    def sent(self) -> float:
        """How many statements its read pool has sent."""
        lines = httpx.get(self.metrics).text.splitlines()
        counted = [
            line for line in lines if line.startswith('coeffection_sql_statements_total{pool="r')
        ]
        return float(counted[0].rsplit(" ", 1)[1])


@dataclass
class Pair:
    """Both servers."""

    plans: Answerer
    executor: Answerer
    compared: int = field(default=0)

    def same(
        self, client: Client, query: str, variables: Mapping[str, Any] | None = None, **rest: Any
    ) -> dict[str, Any]:
        """Ask both and insist on the same bytes; what they answered."""
        body = {"query": query, "variables": variables} | rest
        for _ in range(_MOMENTS):
            ours, theirs = self.plans.ask(client, body), self.executor.ask(client, body)
            if ours == theirs:
                break
        assert ours == theirs, f"{query}\n{variables}\nplans    {ours}\nexecutor {theirs}"
        self.compared += 1
        answered: dict[str, Any] = httpx.Response(ours[0], content=ours[1]).json()
        return answered

    def compiled(
        self, client: Client, query: str, variables: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The same, and the first of them answered by a plan."""
        before = self.plans.executed()
        answered = self.same(client, query, variables)
        after = self.plans.executed()
        assert after == before, f"{query}\nwas executed: {before} -> {after}"
        return answered

    def statements(
        self, client: Client, query: str, variables: Mapping[str, Any] | None = None
    ) -> float:
        """How many statements a plan sends; who is calling comes with the first of them."""
        self.compiled(client, query, variables)
        before = self.plans.sent()
        self.compiled(client, query, variables)
        return self.plans.sent() - before
