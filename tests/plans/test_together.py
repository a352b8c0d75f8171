"""Lookups of several requests that go in one statement: each gets its own answer."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from resolvers.plans.together import MOST, PATIENCE, Together
from tests.plans.pair import Pair
from tests.plugins.line import Line, head
from tests.plugins.world import Client, World

DEAL = "query($id: ID!) { deal(id: $id) { id name owner { name } company { name } } }"
NODE = "query($id: ID!) { node(id: $id) { id ... on Deal { name quotes { totalCount } } } }"
MISSING = "deal_00000000000000000000000000"
WAITING = """SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE relation = 'deal'::regclass AND NOT granted AND application_name = 'coeffection-api'"""

Lookup = tuple[Client, str]
Gathered = tuple[list[str], list[Line], asyncpg.Connection]


@asynccontextmanager
async def _held(world: World) -> AsyncIterator[asyncpg.Connection]:
    """Nobody reads a deal meanwhile: what is asked for gathers."""
    owner = await asyncpg.connect(world.server.ready["databaseUrl"])
    try:
        async with owner.transaction():
            await owner.execute("LOCK TABLE deal IN ACCESS EXCLUSIVE MODE")
            yield owner
    finally:
        await owner.close()


async def _wait(owner: asyncpg.Connection, least: int) -> None:
    """Until so many statements wait, or more; until none does where none is asked for."""
    for _ in range(1000):
        waiting = await owner.fetchval(WAITING)
        if waiting >= least and (least or not waiting):
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"{waiting} statements wait, not {least}")


def _sent(pair: Pair, query: str, lookups: Sequence[Lookup]) -> list[Line]:
    """The connections over which all were sent at once."""
    lines = [Line(f"{pair.plans.url}/graphql") for _ in lookups]
    for line, (client, record) in zip(lines, lookups, strict=True):
        body = json.dumps({"query": query, "variables": {"id": record}})
        line.send(head(client, body) + body)
    return lines


async def _waiting(pair: Pair, query: str, lookups: Sequence[Lookup], owner: Any) -> list[Line]:
    lines = _sent(pair, query, lookups)
    await _wait(owner, 1)
    # All that was sent has been taken, and waits: for the table, or for who waits for the table.
    await asyncio.sleep(0.3)
    return lines


@asynccontextmanager
async def _gathered(pair: Pair, world: World) -> AsyncIterator[Gathered]:
    """Lookups of as many deals that wait, and what holds them up."""
    deals = _deals(world, 12)
    pair.compiled(world.admin, DEAL, {"id": deals[0]})
    async with _held(world) as owner:
        lines = await _waiting(pair, DEAL, [(world.admin, one) for one in deals], owner)
        yield deals, lines, owner


def _data(line: Line) -> Any:
    return json.loads(line.answer()[1])["data"]


def _deals(world: World, count: int, client: Client | None = None) -> list[str]:
    return [world.deal(client, name=f"Deal {number}") for number in range(count)]


@pytest.mark.parametrize("query", [DEAL, NODE])
async def test_gql_10_lookups_gather_and_each_is_answered_its_own(
    pair: Pair, world: World, query: str
) -> None:
    deals = _deals(world, 12)
    world.admin.act("dealDelete", {"id": deals[5]})
    people = [world.admin, world.executive]
    lookups = [(people[at % 2], one) for at, one in enumerate([*deals, *deals[:4], MISSING] * 2)]
    expected = [pair.compiled(client, query, {"id": one})["data"] for client, one in lookups]
    before = pair.plans.sent()

    async with _held(world) as owner:
        lines = await _waiting(pair, query, lookups, owner)

    assert [_data(line) for line in lines] == expected
    counted = 2 if query == NODE else 1
    assert pair.plans.sent() - before < counted * len(lookups)


async def test_gql_09_lookups_of_others_are_not_read_along(pair: Pair, world: World) -> None:
    elsewhere = World(world.server)
    other, _ = world.join("other", "REP")
    deals = _deals(world, 3, world.rep) + _deals(world, 3, other) + _deals(elsewhere, 3)
    people = (world.rep, other, world.manager, world.admin, elsewhere.admin)
    lookups = [(client, one) for one in deals for client in people]
    expected = [pair.compiled(client, DEAL, {"id": one})["data"] for client, one in lookups]
    seen = [one["deal"] is not None for one in expected]

    async with _held(world) as owner:
        lines = await _waiting(pair, DEAL, lookups, owner)

    assert [_data(line) for line in lines] == expected
    assert sum(seen) == 3 + 3 + 6 + 3


async def test_setup_12_a_role_narrowed_meanwhile_holds_for_what_has_gathered(
    pair: Pair, world: World
) -> None:
    mover, user = world.join("mover", "EXECUTIVE")
    deals = _deals(world, 8)
    for one in deals:
        assert pair.compiled(mover, DEAL, {"id": one})["data"]["deal"]
    world.admin.act("userRoleUpdate", {"id": user, "role": "REP"})

    async with _held(world) as owner:
        lines = await _waiting(
            pair, DEAL, [(who, one) for one in deals for who in (mover, world.executive)], owner
        )

    found = [_data(line)["deal"] for line in lines]
    assert found[::2] == [None] * len(deals)
    assert [one["id"] for one in found[1::2]] == deals


async def test_gql_10_who_leaves_a_gathering_takes_nothing_from_the_others(
    pair: Pair, world: World
) -> None:
    async with _gathered(pair, world) as (deals, lines, _):
        for line in lines[::2]:
            line.close()
        await asyncio.sleep(0.1)

    assert [_data(line)["deal"]["id"] for line in lines[1::2]] == deals[1::2]


async def test_gql_10_a_gathering_that_all_have_left_is_not_read(pair: Pair, world: World) -> None:
    async with _gathered(pair, world) as (deals, lines, owner):
        for line in lines:
            line.close()
        await _wait(owner, 0)

    assert pair.compiled(world.admin, DEAL, {"id": deals[1]})["data"]["deal"]


async def test_gql_10_a_connection_lost_meanwhile_is_told_to_all_and_the_next_are_answered(
    pair: Pair, world: World
) -> None:
    async with _gathered(pair, world) as (deals, lines, owner):
        await owner.fetch(WAITING.replace("count(*)", "pg_terminate_backend(pid)"))

    for line, one in zip(lines, deals, strict=True):
        answer = json.loads(line.answer()[1])
        if "errors" in answer:
            assert answer["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
        else:
            assert answer["data"]["deal"]["id"] == one
    assert pair.compiled(world.admin, DEAL, {"id": deals[2]})["data"]["deal"]


async def test_gql_10_who_comes_late_does_not_wait_for_a_statement_that_hangs(
    pair: Pair, world: World
) -> None:
    deals = _deals(world, 6)
    pair.compiled(world.admin, DEAL, {"id": deals[0]})

    async with _held(world) as owner:
        lines = []
        for count, one in enumerate(deals, 1):
            lines += _sent(pair, DEAL, [(world.admin, one)])
            await _wait(owner, count)
            await asyncio.sleep(4 * PATIENCE)

    assert [_data(line)["deal"]["id"] for line in lines] == deals


async def test_gql_10_a_gathering_has_a_bound_and_nothing_is_kept_of_it() -> None:
    asked: list[int] = []
    together: Together[list[str]] = Together(patience=60)

    async def read(ids: Sequence[str]) -> list[str]:
        asked.append(len(ids))
        await asyncio.sleep(0.001)
        return list(ids)

    wanted = [f"id {number}" for number in range(2 * MOST + 50)]
    found = await asyncio.gather(*(together.read("all", one, read) for one in wanted))

    assert all(one in rows for one, rows in zip(wanted, found, strict=True))
    assert sorted(asked) == [1, 1, 48, MOST, MOST]
    await asyncio.sleep(0)
    assert not together._lines


async def test_gql_10_a_gathering_that_fails_fails_for_all_of_it_alone() -> None:
    together: Together[str] = Together(patience=60)
    turns = iter(range(100))

    async def read(_ids: Sequence[str]) -> str:
        turn = next(turns)
        await asyncio.sleep(0.001)
        if turn == 2:
            raise OSError("gone")
        return "read"

    reads = (together.read("all", f"id {number}", read) for number in range(8))
    found = await asyncio.gather(*reads, return_exceptions=True)

    assert [type(one) for one in found] == [str] * 2 + [OSError] * 6
    assert await together.read("all", "id", read) == "read"
