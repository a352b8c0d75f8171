"""A transaction that is held open holds up its own workspace at most."""

import asyncio

import asyncpg

from tests.faults import parts
from tests.faults.parts import say
from tests.plugins.world import World
from tests.services.importing import uuid

HELD_SECONDS = 5.0
_HOLD = "UPDATE event_head SET position = position WHERE workspace_id = $1"


async def test_relay_a_transaction_held_open_leaves_other_boards_live(server, world):
    other = World(server)
    acts, client = parts.Acts(world, [server.url]), parts.Follower(world, [server.url])
    behind = parts.Acts(other, [server.url])
    owner = await asyncpg.connect(server.ready["databaseUrl"])
    async with parts.following(client):
        async with owner.transaction():
            await owner.execute(_HOLD, uuid(other.id))
            waiting = asyncio.create_task(behind.once())
            await acts.go_on(HELD_SECONDS - 1)
            held_up = not behind.made
        await waiting
        await parts.told_all(acts, client)
    await owner.close()
    client.check(acts)
    assert held_up
    assert behind.made
    say(
        f"A transaction of another workspace open for {HELD_SECONDS:.0f} s",
        acts=len(acts.made),
        slowest_act_s=round(acts.slowest, 2),
        latest_card_s=round(client.late(acts), 2),
    )
