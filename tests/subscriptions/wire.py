"""Sockets and streams as tests use them: frames as they are, and feeds of events."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import websockets
from websockets.asyncio.client import ClientConnection

PROTOCOL = "graphql-transport-ws"
PATIENCE = 20.0
BOARD = """subscription Board($id: ID!, $after: Cursor, $filter: DealFilter) {
  pipelineBoardEvents(pipelineId: $id, after: $after, filter: $filter) { __typename
    ... on BoardEvent { cursor at operationId actor { ... on User { id } } }
    ... on CardUpserted { stageId rank afterCardId changed
      card { id version name value { amount } weightedValue { amount } owner { id } } }
    ... on CardRemoved { cardId stageId reason }
    ... on ColumnTotalsChanged { stageId count totalValue { amount } weightedValue { amount } }
    ... on StagesChanged { stages { name } }
    ... on ResyncRequired { why: reason } } }"""
RECORDS = """subscription Records($ids: [ID!]!, $after: Cursor) {
  recordEvents(ids: $ids, after: $after) { __typename
    ... on RecordChanged { cursor changed record { id ... on Deal { name version }
      ... on Project { progressPercent } ... on Contact { firstName version } } }
    ... on RecordRemoved { cursor recordId reason }
    ... on ResyncRequired { cursor why: reason } } }"""


class Socket:
    """An open socket."""

    def __init__(self, wire: ClientConnection) -> None:
        self.wire = wire

    async def say(self, **message: Any) -> None:
        """Send a message."""
        await self.wire.send(json.dumps(message))

    async def hear(self) -> dict[str, Any]:
        """The next message."""
        text = await asyncio.wait_for(self.wire.recv(), PATIENCE)
        found: dict[str, Any] = json.loads(text)
        return found

    async def init(self, token: str | None) -> "Socket":
        """Sign in."""
        payload = {"authorization": f"Bearer {token}"} if token else None
        await self.say(type="connection_init", payload=payload)
        assert await self.hear() == {"type": "connection_ack"}
        return self

    async def follow(self, query: str, key: str = "1", **variables: Any) -> "Feed":
        """Subscribe, and be sure that the feed runs."""
        await self.say(id=key, type="subscribe", payload={"query": query, "variables": variables})
        return Feed(self, key)

    async def closed(self) -> int:
        """The code it is closed with."""
        await asyncio.wait_for(self.wire.wait_closed(), PATIENCE)
        code = self.wire.close_code
        return -1 if code is None else code


class Feed:
    """What one operation of a socket is told."""

    def __init__(self, socket: Socket, key: str) -> None:
        self.socket = socket
        self.key = key

    async def next(self, *kinds: str) -> dict[str, Any]:
        """The next event, of one of some kinds if they are named."""
        while True:
            message = await self.socket.hear()
            assert message["type"] == "next", message
            assert "errors" not in message["payload"], message
            (event,) = message["payload"]["data"].values()
            if not kinds or event["__typename"] in kinds:
                found: dict[str, Any] = event
                return found

    async def until(self, done: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
        """The events up to the one that is waited for."""
        found: list[dict[str, Any]] = []
        while not found or not done(found[-1]):
            found.append(await self.next())
        return found


@asynccontextmanager
async def socket(url: str, **options: Any) -> AsyncIterator[Socket]:
    """Open a socket at the address of an API."""
    options = {"subprotocols": [PROTOCOL], "proxy": None} | options
    address = url.replace("http", "ws", 1) + "/graphql"
    async with websockets.connect(address, **options) as wire:
        yield Socket(wire)


@asynccontextmanager
async def stream(
    url: str, token: str | None, query: str, last: str | None = None, **variables: Any
) -> AsyncIterator[AsyncIterator[tuple[str, str, Any]]]:
    """Open a stream: its events as (event, id, data)."""
    headers = {"accept": "text/event-stream"}
    headers |= {"authorization": f"Bearer {token}"} if token else {}
    headers |= {"last-event-id": last} if last else {}
    body = {"query": query, "variables": variables}
    async with (
        httpx.AsyncClient(base_url=url, timeout=PATIENCE) as client,
        client.stream("POST", "/graphql/stream", json=body, headers=headers) as response,
    ):
        assert response.status_code == 200, await response.aread()
        yield _events(response)


async def _events(response: httpx.Response) -> AsyncIterator[tuple[str, str, Any]]:
    event, place, data = "", "", ""
    async for line in response.aiter_lines():
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if event:
                yield event, place, json.loads(data) if data else None
            event, data = "", ""
        elif name == "event":
            event = value
        elif name == "id":
            place = value
        elif name == "data":
            data += value
