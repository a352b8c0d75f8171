"""Redis emptied, hanging, dead and back again: nothing is lost, nothing doubled."""

import asyncio

from tests.faults import parts
from tests.faults.parts import say
from tests.jobs.test_relay import effects, relaying
from tests.plugins.dev import eventually
from tests.services.importing import resting
from tests.subscriptions.test_processes import another

AWAY_SECONDS = 15.0
"""How long it hangs, and how long it is dead."""


async def test_relay_redis_may_be_emptied_and_away_and_nothing_is_lost(server, world, tmp_path):
    redis, seen = parts.Redis(server.dev.data, tmp_path), tmp_path / "seen"
    with (
        resting(server),
        another(server, tmp_path, REDIS_URL=redis.url) as (url, _),
        relaying(server, seen, redis=redis.url, of="deal.created"),
    ):
        acts, client = parts.Acts(world, [url]), parts.Follower(world, [url])
        async with parts.following(client):
            await acts.go_on(2)
            redis.empty()
            await acts.go_on(2)
            with redis.hanging():
                await acts.go_on(AWAY_SECONDS, pause=0.1)
            await acts.go_on(2)
            redis.kill()
            await acts.go_on(AWAY_SECONDS, pause=0.1)
            redis.started()
            await acts.go_on(2)
            await parts.told_all(acts, client)
        waited = await asyncio.to_thread(
            eventually, lambda: effects(server, world) == len(acts.made)
        )
    redis.kill()
    client.check(acts)
    assert waited
    assert acts.unknown == 0
    say(
        "Redis emptied, hanging 15 s, dead 15 s, empty again",
        acts=len(acts.made),
        slowest_act_s=round(acts.slowest, 2),
        latest_card_s=round(client.late(acts), 2),
    )
