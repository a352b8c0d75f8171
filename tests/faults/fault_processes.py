"""API and worker processes killed in mid-stream: clients and consumers go on where they were."""

import asyncio
import random
import time

from tests.faults import parts
from tests.faults.parts import say
from tests.jobs.test_relay import effects, names, relaying
from tests.plugins.dev import eventually
from tests.services.importing import resting
from tests.subscriptions.test_processes import another

CUTS = 50


async def test_gql_03_api_processes_killed_in_mid_stream_lose_and_double_nothing(
    server, world, tmp_path
):
    safe = server.url
    with another(server, tmp_path) as (url, process):
        acts = parts.Acts(world, [url, safe])
        clients = [parts.Follower(world, [url, safe], kind) for kind in ("ws", "sse") * 5]
        async with parts.following(*clients):
            await acts.go_on(3, at_once=8)
            going = asyncio.create_task(acts.go_on(3, at_once=8))
            await asyncio.sleep(1)
            parts.killed(process)
            await going
            waited = await parts.told_all(acts, *clients)
    for client in clients:
        client.check(acts)
    assert sorted(parts.deals(server, world)) == sorted(acts.made)
    say(
        "An API process killed under 8 writers and 10 clients",
        acts=len(acts.made),
        without_answer=acts.unknown,
        latest_card_s=round(max(client.late(acts) for client in clients), 2),
        caught_up_s=round(waited, 2),
    )


async def test_gql_03_connections_cut_at_random_resume_without_gap_or_repeat(server, world):
    acts = parts.Acts(world, [server.url])
    clients = [parts.Follower(world, [server.url], kind) for kind in ("ws", "sse")]
    chance = random.Random(50)
    async with parts.following(*clients):
        going = asyncio.create_task(acts.go_on(15))
        while not going.done():
            await asyncio.sleep(chance.uniform(0.05, 0.5))
            for client in clients:
                if client.breaks < CUTS:
                    client.cut()
        await going
        await parts.told_all(acts, *clients)
    for client in clients:
        client.check(acts)
    say(
        "Socket and stream cut at random",
        acts=len(acts.made),
        cuts=[client.breaks for client in clients],
    )


def test_relay_workers_killed_in_mid_stream_take_effect_once(server, world, tmp_path):
    files = [tmp_path / f"seen{number}" for number in range(3)]
    with resting(server), relaying(server, files[0], 6), relaying(server, files[1], 14):
        for number in range(30):
            world.contact(lastName=f"N{number}", email=None, phone=f"+1415555{number:04d}")
        began = time.monotonic()
        with relaying(server, files[2]):
            assert eventually(lambda: effects(server, world) == 30)
    took = time.monotonic() - began
    told = [names(one, world) for one in files]
    whole = [name for one in told for name in one]
    assert sorted(set(whole)) == sorted(f"N{number}" for number in range(30))
    say(
        "Two of three workers killed between effect and commit",
        effects=30,
        noted_again=len(whole) - 30,
        all_done_after_s=round(took, 1),
    )
