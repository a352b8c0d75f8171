"""A strict signature service on this machine: it refuses what a real one would refuse."""

import hashlib
import hmac
import json
import secrets
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.plugins.dev import data_folder, eventually, started
from tests.plugins.world import Server

SECRET = "a secret of the signature service and ours"
COPY = b"%PDF-1.7\n% countersigned\n%%EOF\n"
_OPEN = {"SENT", "DELIVERED"}


def proof(path: str, body: bytes, at: float | None = None) -> dict[str, str]:
    """The headers with which the service proves what it tells."""
    timestamp = str(int(time.time() if at is None else at))
    content = b".".join((timestamp.encode(), path.encode(), body))
    found = hmac.new(SECRET.encode(), content, hashlib.sha256).hexdigest()
    return {"x-signature-timestamp": timestamp, "x-signature": found}


@dataclass
class Envelope:
    """What was handed over to be signed."""

    id: str
    body: bytes
    asked: dict[str, Any]
    state: str = "SENT"
    reason: str | None = None

    @property
    def reference(self) -> str:
        """What the sender calls it."""
        return str(self.asked["reference"])

    @property
    def document(self) -> bytes:
        """The file that is to be signed."""
        return b64decode(self.asked["document"]["content"])


@dataclass
class Service:
    """The service: its envelopes by reference, and what it does wrong on purpose."""

    url: str = ""
    envelopes: dict[str, Envelope] = field(default_factory=dict)
    calls: list[tuple[str, str, int]] = field(default_factory=list)
    """Method, path and status of every request."""
    failing: list[int] = field(default_factory=list)
    """The statuses that the next requests are answered with."""
    forgetful: int = 0
    """How many of the next envelopes are taken, and answered with an error."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, title: str) -> Envelope:
        """The one envelope whose title begins so, once it is there."""
        assert eventually(lambda: bool(self.all_of(title)), 60), self.calls[-5:]
        (found,) = self.all_of(title)
        return found

    def all_of(self, title: str) -> list[Envelope]:
        """Every envelope whose title begins so."""
        with self.lock:
            return [one for one in self.envelopes.values() if one.asked["title"].startswith(title)]

    def event(self, envelope: Envelope, kind: str, **more: Any) -> dict[str, Any]:
        """Something to tell of an envelope."""
        at = datetime.now(UTC).isoformat()
        known = {"id": secrets.token_hex(8), "reference": envelope.reference}
        return known | {"envelope": envelope.id, "kind": kind, "at": at} | more

    def tell(self, envelope: Envelope, event: dict[str, Any], **proven: Any) -> httpx.Response:
        """Tell the sender of an event; `proven` headers take the place of the right ones."""
        url = str(envelope.asked["callback"])
        body = json.dumps(event).encode()
        headers = proof(urlsplit(url).path, body) | proven
        return httpx.post(url, content=body, headers=headers, timeout=30)

    def told(self, envelope: Envelope, kind: str, **more: Any) -> None:
        """Tell of something that happens now."""
        response = self.tell(envelope, self.event(envelope, kind, **more))
        assert response.status_code == 200, response.text

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, bytes]:
        """What a request is answered."""
        if self.failing:
            return self.failing.pop(0), b"out of order"
        right = proof(path, body, float(headers.get("x-signature-timestamp") or 0))
        late = abs(time.time() - float(headers.get("x-signature-timestamp") or 0)) > 300
        if late or headers.get("x-signature") != right["x-signature"]:
            return 401, b"not proved"
        with self.lock:
            if (method, path) == ("POST", "/envelopes"):
                return self._take(headers, body)
            return self._of_envelope(method, path.split("/"), body)

    def _take(self, headers: Any, body: bytes) -> tuple[int, bytes]:
        asked = json.loads(body)
        key = headers.get("idempotency-key")
        if not key or key != asked["reference"]:
            return 400, b"no key"
        known = self.envelopes.get(key)
        if known is not None and known.body != body:
            return 409, b"the key was used for something else"
        if known is None:
            if problem := _problem(asked):
                return 422, problem.encode()
            known = self.envelopes[key] = Envelope(f"env {secrets.token_hex(4)}", body, asked)
            if self.forgetful:
                self.forgetful -= 1
                return 500, b"it was taken, but you do not know"
        return 201, json.dumps({"id": known.id}).encode()

    def _of_envelope(self, method: str, parts: list[str], body: bytes) -> tuple[int, bytes]:
        name = parts[2].replace("%20", " ") if len(parts) == 4 else ""
        found = next((one for one in self.envelopes.values() if one.id == name), None)
        if found is None:
            return 404, b"no such envelope"
        if (method, parts[3]) == ("POST", "void"):
            if found.state not in _OPEN:
                return 409, b"it has ended"
            found.state, found.reason = "VOIDED", json.loads(body)["reason"]
            return 200, b"{}"
        if (method, parts[3]) == ("GET", "document") and found.state == "COMPLETED":
            return 200, COPY
        return 409, b"not now"


def _problem(asked: dict[str, Any]) -> str | None:
    """Why an envelope is not taken."""
    if not b64decode(asked["document"]["content"]).startswith(b"%PDF-"):
        return "the document is no PDF"
    emails = [one["email"] for one in asked["signers"]]
    if not emails or len(set(emails)) < len(emails) or not all("@" in one for one in emails):
        return "each signer has an address of their own"
    if [one["order"] for one in asked["signers"]] != list(range(1, len(emails) + 1)):
        return "signers are numbered from 1"
    if any(one["email"].startswith("bounces") for one in asked["signers"]):
        return "this address is known to bounce"
    return None


@contextmanager
def serving() -> Iterator[Service]:
    """A service that listens."""
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            status, answer = service.answer(self.command, self.path, self.headers, body)
            service.calls.append((self.command, self.path, status))
            self.send_response(status)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = _answer  # noqa: N815 - the library asks for these names

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def signature_service() -> Iterator[Service]:
    """A signature service."""
    with serving() as service:
        yield service


@pytest.fixture(scope="session")
def signing_server(signature_service: Service) -> Iterator[Server]:
    """An instance of the product that is connected to the signature service."""
    settings = {"SIGNATURE_URL": signature_service.url, "SIGNATURE_SECRET": SECRET}
    with data_folder() as data, started(data, "--port", 0, **settings) as running:
        yield Server(running)
