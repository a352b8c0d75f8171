"""Requests written byte by byte, and what every answer must hold whatever was asked."""

import json
from typing import Any

import httpx

from tests.plugins.world import Client

INSIDES = (
    "asyncpg",
    "sqlalchemy",
    "strawberry",
    "site-packages",
    "Traceback",
    "SELECT ",
    "INSERT ",
    "ROLLBACK",
    ".py",
    "object at 0x",
)
"""What must never reach a client."""


def sent(client: Client, body: bytes, /, **headers: str) -> httpx.Response:
    """Send bytes as the body of a request; header names are written with underscores."""
    given = {name.replace("_", "-"): text for name, text in headers.items()}
    kind = {"content-type": "application/json"} if "content_type" not in headers else {}
    return client.server.http.post("/graphql", content=body, headers=client.headers | kind | given)


def asked(client: Client, query: str, variables: Any = None, **headers: str) -> httpx.Response:
    """Send an operation as JSON."""
    body = json.dumps({"query": query, "variables": variables}).encode()
    return sent(client, body, **headers)


def codes(response: httpx.Response) -> list[str]:
    """The codes of an answer whose errors have all an error needs."""
    leaked = [inside for inside in INSIDES if inside in response.text]
    assert not leaked, (leaked, response.text)
    found = []
    for error in response.json().get("errors", ()):
        extensions = error["extensions"]
        assert error["message"], error
        assert extensions["help"] == f"/docs/errors#{extensions['code']}"
        assert extensions["requestId"] == response.headers["x-request-id"]
        found.append(extensions["code"])
    return found


def refusals(response: httpx.Response) -> list[tuple[str, ...]]:
    """The refusals of the only mutation of an answer: the code, then the path."""
    assert codes(response) == [], response.text
    (payload,) = response.json()["data"].values()
    assert payload["operationId"] is None
    assert payload["eventCursor"] is None
    return [(error["code"], *error["path"]) for error in payload["userErrors"]]
