"""Signature services: envelopes sent to be signed, and what is told of them, signed both ways."""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import quote, urlsplit

import httpx
import orjson

from core import clock

SIGNATURE, TIMESTAMP = "x-signature", "x-signature-timestamp"
LARGEST_COPY = 25 * 1024 * 1024
_FRESH = timedelta(minutes=5)
"""How far the clocks of the two sides may be apart, and how late a request may come."""
_SECONDS = 10.0
_LONGEST_REASON = 300


class Refused(Exception):
    """The service does not take what it was sent; sending it again would not help."""


class Unavailable(Exception):
    """The service did not answer as it should; it is to be tried again."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Someone who is to sign."""

    name: str
    email: str
    party: str
    order: int


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is sent to be signed."""

    reference: str
    """Our name for it: the same reference is the same envelope, however often it is sent."""
    callback: str
    """Where the service tells what happens."""
    title: str
    file_name: str
    document: bytes
    signers: Sequence[Signer]


class Provider(Protocol):
    """What every signature service can do for us."""

    async def send(self, envelope: Outgoing) -> str:
        """Hand an envelope over; the provider's name for it."""

    async def void(self, provider_id: str, reason: str) -> None:
        """Withdraw an envelope; one that has ended stays as it is."""

    async def signed_copy(self, provider_id: str) -> bytes:
        """The countersigned PDF of an envelope that is complete."""


class Service:
    """The signature service of an installation, spoken to in JSON over HTTP."""

    def __init__(self, url: str, secret: str) -> None:
        self._url = url.rstrip("/")
        self._secret = secret

    async def send(self, envelope: Outgoing) -> str:
        """Hand an envelope over; the same reference again answers the same envelope."""
        body = orjson.dumps(
            {
                "reference": envelope.reference,
                "callback": envelope.callback,
                "title": envelope.title,
                "document": {
                    "name": envelope.file_name,
                    "content": b64encode(envelope.document).decode(),
                },
                "signers": [
                    {"name": one.name, "email": one.email, "party": one.party, "order": one.order}
                    for one in envelope.signers
                ],
            }
        )
        answer = await self._call(
            "POST", "/envelopes", body, {"idempotency-key": envelope.reference}
        )
        try:
            made = orjson.loads(answer)["id"]
        except (ValueError, KeyError, TypeError) as error:
            raise Unavailable("The answer names no envelope.") from error
        if not isinstance(made, str) or not made:
            raise Unavailable("The answer names no envelope.")
        return made

    async def void(self, provider_id: str, reason: str) -> None:
        """Withdraw an envelope."""
        path = f"/envelopes/{quote(provider_id, safe='')}/void"
        await self._call("POST", path, orjson.dumps({"reason": reason}))

    async def signed_copy(self, provider_id: str) -> bytes:
        """The countersigned PDF."""
        return await self._call("GET", f"/envelopes/{quote(provider_id, safe='')}/document")

    async def _call(
        self, method: str, path: str, body: bytes = b"", more: Mapping[str, str] | None = None
    ) -> bytes:
        url = self._url + path
        headers = {
            "content-type": "application/json",
            **signed(self._secret, urlsplit(url).path, body, clock.now()),
            **(more or {}),
        }
        try:
            async with (
                httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False) as client,
                client.stream(method, url, content=body or None, headers=headers) as response,
            ):
                answer = await _read(response)
        except httpx.HTTPError as error:
            raise Unavailable(f"The service cannot be reached: {type(error).__name__}.") from error
        if response.is_success:
            return answer
        reason = f"{response.status_code}: {answer[:_LONGEST_REASON].decode(errors='replace')}"
        if response.is_client_error and response.status_code not in {408, 425, 429}:
            raise Refused(reason)
        raise Unavailable(reason)


async def _read(response: httpx.Response) -> bytes:
    """The body of an answer, as long as it is no larger than a signed copy may be."""
    parts, size = [], 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > LARGEST_COPY:
            raise Refused("The answer is too large.")
        parts.append(part)
    return b"".join(parts)


def signed(secret: str, path: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers that prove who sends a body to a path, and when."""
    timestamp = str(int(now.timestamp()))
    return {TIMESTAMP: timestamp, SIGNATURE: _mac(secret, timestamp, path, body)}


def is_genuine(
    secret: str, path: str, body: bytes, headers: Mapping[str, str], now: datetime
) -> bool:
    """Whether a body was sent to a path by who holds the secret, in these minutes."""
    timestamp = headers.get(TIMESTAMP, "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):  # noqa: PLR2004
        return False
    # The proof is looked at first: a wrong one tells nothing of our clock.
    proven = hmac.compare_digest(
        headers.get(SIGNATURE, "").encode(), _mac(secret, timestamp, path, body).encode()
    )
    return proven and abs(int(timestamp) - now.timestamp()) <= _FRESH.total_seconds()


def _mac(secret: str, timestamp: str, path: str, body: bytes) -> str:
    content = b".".join((timestamp.encode(), path.encode(), body))
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()
