"""The relay: events reach their consumers in order, take effect once, and hold nobody up."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg

from core.db import Database
from core.settings import Settings
from jobs.lead import Lead
from tests.plugins.dev import ROOT, environment, eventually
from tests.plugins.world import Server, World
from tests.services.importing import resting, sql, uuid

PATIENCE = 90.0


@contextlib.contextmanager
def relaying(
    server: Server, seen: Path, die_at: int = 0, *, redis: str = "", of: str = "contact.created"
) -> Iterator[subprocess.Popen[bytes]]:
    """A worker with the tests' consumer beside its own."""
    given = {
        "DATABASE_APP_URL": server.ready["appDatabaseUrl"],
        "REDIS_URL": redis or server.ready["redisUrl"],
        "FILES_URL": (Path(server.dev.data) / "files").as_uri(),
        "COEFFECTION_TEST_CLOCK": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "tests.jobs.relaying", seen, str(die_at), of],
        cwd=ROOT,
        env=environment(**given, PYTHONPATH=str(ROOT)),
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def names(seen: Path, world: World) -> list[str]:
    """The contacts of a workspace that were taken in, in that order."""
    workspace = uuid(world.id)
    lines = [line.split() for line in seen.read_text().splitlines()] if seen.exists() else []
    return [name for of, _, name in lines if of == workspace]


def effects(server: Server, world: World) -> int:
    """How many contacts took effect."""
    statement = "SELECT count(*) FROM effect WHERE workspace_id = $1 AND key LIKE 'probe:%'"
    return int(sql(server, statement, uuid(world.id))[0][0])


def people(world: World, first: int, count: int) -> list[str]:
    """Contacts made one after the other, by their names."""
    wanted = [f"N{number}" for number in range(first, first + count)]
    for name in wanted:
        world.contact(lastName=name, email=None)
    return wanted


def test_relay_events_take_effect_once_and_in_order_whoever_is_killed(
    server: Server, world: World, tmp_path: Path
):
    seen, rest = tmp_path / "seen", tmp_path / "rest"
    with resting(server), relaying(server, seen, 8) as first, relaying(server, rest):
        wanted = people(world, 0, 12)
        taken = [seen, rest]
        assert eventually(lambda: effects(server, world) == len(wanted), PATIENCE)
        wanted += people(world, 12, 3)
        assert eventually(lambda: effects(server, world) == len(wanted), PATIENCE)
        killed = first.poll() is not None
    # What a killed process had noted and not committed comes again; nothing is left out.
    told = [name for one in taken for name in names(one, world)]
    assert list(dict.fromkeys(sorted(told, key=lambda name: int(name[1:])))) == wanted
    assert killed == (len(names(seen, world)) == 8)
    assert all(
        names(one, world) == sorted(names(one, world), key=lambda name: int(name[1:]))
        for one in taken
    )


def test_relay_a_poison_event_holds_up_nobody_and_is_replayed_once(
    server: Server, world: World, tmp_path: Path
):
    seen = tmp_path / "seen"
    with resting(server), relaying(server, seen):
        world.contact(lastName="Before", email=None)
        world.contact(lastName="Poison", email=None)
        world.contact(lastName="After", email=None)
        other = World(server)
        other.contact(lastName="Elsewhere", email=None)
        assert eventually(lambda: names(seen, other) == ["Elsewhere"], PATIENCE)
        assert eventually(lambda: names(seen, world)[-1:] == ["After"], PATIENCE)
        (letter,) = letters(world)
        assert letter["kind"] == "probe"
        assert letter["attempts"] == 5
        assert "poison" in letter["error"]
        assert not letters(other)

        seen.with_suffix(".mended").touch()
        hidden = world.rep.send("{ deadLetters { totalCount } }")
        assert hidden.codes == ["FORBIDDEN"]
        done = world.admin.act("deadLetterReplay", {"id": letter["id"]}, "deadLetter { state }")
        assert done["deadLetter"] == {"state": "REPLAYED"}
        again = world.admin.act("deadLetterReplay", {"id": letter["id"]})
        assert again.codes == ["INVALID_TRANSITION"]
        assert eventually(lambda: names(seen, world)[-1:] == ["Poison"], PATIENCE)
        # The line is written before the commit.
        assert eventually(lambda: effects(server, world) == 3, PATIENCE)


async def test_relay_one_of_many_leads_until_it_is_silent(server: Server):
    settings = Settings(database_app_url=server.ready["appDatabaseUrl"], database_pool_size=2)
    database = await Database.open(settings, application="test of the lead")
    many = [Lead(database, "test") for _ in range(5)]
    led = [[await one.held() for one in many]]
    await many[0].give_up()
    led.append([await one.held() for one in many[1:]])
    owner = await asyncpg.connect(server.ready["databaseUrl"])
    await owner.execute("UPDATE due_work SET leased_until = now() WHERE kind = 'lead.test'")
    led.append([await one.held() for one in many[2:]])
    await many[2].give_up()
    await owner.execute("DELETE FROM due_work WHERE kind = 'lead.test'")
    await owner.close()
    await database.close()

    assert [sum(one) for one in led] == [1, 1, 1]
    assert [one[0] for one in led] == [True, True, True]


def letters(world: World) -> list[dict[str, Any]]:
    """The dead letters of a workspace that wait."""
    query = """{ deadLetters(filter: {state: {eq: WAITING}}) {
      nodes { id kind attempts error } } }"""
    return list(world.admin.run(query)["deadLetters"]["nodes"])
