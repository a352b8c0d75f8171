"""What the product tells by itself, as tests wait for it."""

import asyncio
from collections.abc import Callable
from typing import Any

from tests.plugins.dev import eventually
from tests.plugins.world import Client, World
from tests.services.importing import sql, uuid

PATIENCE = 300.0
_AGAIN = 5.0
_MAILS = """{ emailDeliveries(first: 100) { nodes { kind recipients subject text state } } }"""
_TOLD = """{ notificationUnreadCount notifications(first: 100) { nodes { id kind text
  actor { id } record { __typename ... on Node { id } } } } }"""


def mails(world: World, kind: str) -> list[dict[str, Any]]:
    """The mails of a kind that a workspace has sent, the first one first."""
    nodes = world.admin.run(_MAILS)["emailDeliveries"]["nodes"]
    return [one for one in reversed(nodes) if one["kind"] == kind]


def told(client: Client, kind: str) -> list[dict[str, Any]]:
    """What a user is told of a kind, the first one first."""
    nodes = client.run(_TOLD)["notifications"]["nodes"]
    return [one for one in reversed(nodes) if one["kind"] == kind]


def logged(world: World, record_id: str, kind: str) -> list[str]:
    """The data, as JSON, of a record's events of a type, in their order."""
    statement = "SELECT data::text FROM event WHERE record_id = $1 AND type = $2 ORDER BY position"
    return [row[0] for row in sql(world.server, statement, uuid(record_id), kind)]


async def waited(done: Callable[[], Any]) -> bool:
    """Whether something becomes true, while other things go on."""
    return await asyncio.to_thread(eventually, lambda: bool(done()), PATIENCE)


async def recurred(world: World, kind: str, done: Callable[[], Any]) -> bool:
    """Whether something becomes true by recurring work.

    It is begun at once: a clock that other tests moved has put its next time off.
    """
    begun = "UPDATE due_work SET at = now() WHERE kind = $1 AND attempts = 0"

    def found() -> bool:
        sql(world.server, begun, kind)
        return eventually(lambda: bool(done()), _AGAIN)

    return await asyncio.to_thread(eventually, found, PATIENCE)


def team(world: World, name: str, manager: str, *members: str) -> str:
    """Found a team; its id."""
    people = [world.user(one) for one in members]
    given = {"name": name, "managerId": world.user(manager), "memberIds": people}
    made = world.admin.act("teamCreate", given, "team { id }")
    return str(made["team"]["id"])
