"""No filter, order, cursor or search declared reads a big table from end to end."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from auth.authenticate import Callers
from core.db import Database
from core.ids import encode, new_id
from core.names import camel
from core.settings import Settings
from core.sql import Rendered, render
from models.registry import REGISTRY, Entity, Kind
from resolvers import timelines
from resolvers.pages import listing
from resolvers.reading import Reading
from resolvers.search import Wanted, searching
from resolvers.timelines import Source
from schema.search import kinds
from tests.every_entity.walk import LISTED, fields_of, name_of
from tests.plugins.dev import run
from tests.plugins.world import World
from tests.services.importing import sql, uuid

CONTACTS = int(os.environ.get("COEFFECTION_EXPLAIN_ROWS", "6000"))
SMALL = 2000
"""A table of fewer rows is rightly read as a whole: it is a few pages of the disk."""

PAGE = 25
MOST_REMOVED = 10


@pytest.fixture(scope="module")
def crowded(server):
    """A workspace with many records, whose papers stay unprinted: workers have tests to serve."""
    world = World(server)
    done = run("demo", "--contacts", CONTACTS, "--workspace", world.id, "--data", server.dev.data)
    assert done.returncode == 0, done.stderr
    unprinted = "DELETE FROM due_work WHERE kind = 'document' AND workspace_id = $1"
    sql(server, unprinted, uuid(world.id))
    return world


@pytest.fixture(scope="module")
async def planner(server, crowded):
    """The API's role, set to the crowded workspace, planning as the read pool does."""
    owner = await asyncpg.connect(server.ready["databaseUrl"])
    # What is new in an index by trigrams lies apart until a vacuum, and makes it look dear.
    await owner.execute("VACUUM ANALYZE")
    await owner.close()
    settings = Settings(database_app_url=server.ready["appDatabaseUrl"], database_pool_size=1)
    database = await Database.open(settings, application="test of plans")
    caller = await Callers(database, test_clock=False).of(crowded.admin.token)
    assert caller
    yield Planner(Reading(database, caller.actor, caller.head.now))
    await database.close()


class Planner:
    """Builds the statements of lists as the API does and asks how they are carried out."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    async def list(self, entity: Entity, **arguments: Any) -> list[Any]:
        """The rows a list answers."""
        given = {"first": PAGE} | arguments
        asked = listing(entity, None, given, self.reading.actor)
        (page,) = await asked.pages(replace(self.reading, rows=0))([""])
        return [item.row for item in page.items]

    async def plan(self, entity: Entity, **arguments: Any) -> dict[str, Any]:
        """How the statement of a list's page is carried out."""
        asked = listing(entity, None, {"first": PAGE} | arguments, self.reading.actor)
        return await self.explained(
            render(asked._selected(self.reading, entity.table.alias("item")))
        )

    async def explained(self, rendered: Rendered) -> dict[str, Any]:
        """How a statement is carried out."""
        values = rendered.arguments(dict(self.reading.actor.bound))
        database, workspace = self.reading.database, self.reading.actor.workspace_id
        async with database._reads.acquire() as connection:
            await connection.execute("SELECT set_config('app.workspace', $1, false)", workspace)
            await connection.execute(f"PREPARE asked AS {rendered.text}")
            given = f"({', '.join(map(literal, values))})" if values else ""
            found = await connection.fetchval(
                f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked{given}"
            )
            await connection.execute("DEALLOCATE asked")
        plan: dict[str, Any] = json.loads(found)[0]["Plan"]
        return plan

    async def size(self, table: str) -> int:
        """How many rows a table has in all."""
        query = f"SELECT reltuples::bigint FROM pg_class WHERE oid = '\"{table}\"'::regclass"
        async with self.reading.database._reads.acquire() as connection:
            return int(await connection.fetchval(query))


def literal(value: Any) -> str:
    """A value as SQL; prepared statements take no others."""
    if value is None:
        return "NULL"
    if isinstance(value, bool | int | Decimal):
        return str(value)
    if isinstance(value, list | tuple):
        quoted = (str(one).replace("\\", r"\\").replace('"', r"\"") for one in value)
        return literal("{" + ",".join(f'"{one}"' for one in quoted) + "}")
    text = str(value).replace("'", "''")
    return f"'{text}'"


def nodes(plan: dict[str, Any]) -> Any:
    """Every step of a plan."""
    yield plan
    for inner in plan.get("Plans", []):
        yield from nodes(inner)


async def faults(planner: Planner, entity: Entity, **arguments: Any) -> list[str]:
    """What a list's plan does that it must not."""
    return await faults_of(planner, await planner.plan(entity, **arguments))


async def faults_of(planner: Planner, plan: dict[str, Any]) -> list[str]:
    """What a plan does that it must not."""
    returned = max(plan["Actual Rows"], PAGE)
    found = []
    for node in nodes(plan):
        table = node.get("Relation Name")
        big = table and await planner.size(table) >= SMALL
        loops = node["Actual Loops"]
        removed = sum(node.get(f"Rows Removed by {how}", 0) for how in ("Filter", "Index Recheck"))
        if big and node["Node Type"] == "Seq Scan" and loops:
            found.append(f"reads all of {table}: {node.get('Filter')}")
        if big and removed * loops > max(MOST_REMOVED * returned, SMALL):
            found.append(f"drops {removed * loops:.0f} rows of {table}: {node.get('Filter')}")
        if node["Node Type"] == "Sort" and node["Actual Rows"] * loops > MOST_REMOVED * returned:
            found.append(f"sorts {node['Actual Rows'] * loops:.0f} rows by {node['Sort Key']}")
    return found


def orders(entity: Entity) -> list[str]:
    """The fields an entity is ordered by."""
    return ["ID", *(name.upper() for name, field in entity.fields.items() if field.order)]


ORDERS = [
    (entity, order, way) for entity in LISTED for order in orders(entity) for way in ("ASC", "DESC")
]


@pytest.mark.parametrize(("entity", "order", "way"), ORDERS, ids=name_of)
async def test_gql_13_an_order_is_read_from_its_index_on_every_page(planner, entity, order, way):
    asked = {"orderBy": [{"field": order, "direction": way}]}
    ordering = listing(entity, None, asked, planner.reading.actor).order
    rows = await planner.list(entity, first=100, **asked)
    deep = ordering.cursor(rows[-1]) if rows else None

    assert await faults(planner, entity, **asked) == []
    if deep:
        assert await faults(planner, entity, after=deep, **asked) == []


FILTERS = [
    (entity, field)
    for entity in LISTED
    for field in entity.fields.values()
    if field.filter and field.kind is not Kind.LINK
]


def values_of(field: Any, row: Any) -> Any:
    """The value of a field in a row, as a filter takes it."""
    return row[field.columns[0]]


@pytest.mark.parametrize(("entity", "field"), FILTERS, ids=name_of)
async def test_gql_02_a_filter_uses_an_index(planner, entity, field):
    rows = [
        one for one in await planner.list(entity, first=100) if values_of(field, one) is not None
    ]
    if not rows:
        rows = [dict.fromkeys(field.columns, sample(field))]
    value = values_of(field, rows[len(rows) // 2])
    filters: list[dict[str, Any]]
    if field.kind is Kind.ID:
        filters = [{"in": [wire_id(entity, one["id"]) for one in rows[:5] if "id" in one]}]
    elif field.scalar in {"Date", "DateTime"}:
        filters = [{"gte": value, "lte": value}, {"days": {"on": day(value)}}]
    elif field.kind is Kind.MONEY or field.scalar == "Int":
        number = Decimal(value) if field.kind is Kind.MONEY else int(value)
        filters = [{"eq": number}, {"gte": number, "lte": number}, {"in": [number]}]
        filters = filters[:2] if field.kind is Kind.MONEY else filters
    else:
        filters = [{"eq": value}, {"in": [value]}]
        filters += [{"startsWith": value[:4]}] if field.filter.endswith("_key") else []
        filters += [{"contains": value[:6]}] if field.contains else []

    found = [
        (how, await faults(planner, entity, filter={camel(field.name): how})) for how in filters
    ]

    assert [one for one in found if one[1]] == []


def sample(field: Any) -> Any:
    """A value of a field that no record has yet."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    if field.kind is Kind.ID:
        return new_id()
    known: dict[str, Any] = {"Date": moment.date(), "DateTime": moment, "Int": 1}
    known["Boolean"] = True
    return known.get(field.scalar, "none")


def day(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value


def wire_id(entity: Entity, uuid: str) -> str:
    return encode(entity.prefix, uuid)


@pytest.mark.parametrize(("entity", "field"), fields_of(Kind.LINK), ids=name_of)
async def test_gql_02_a_filter_on_a_link_uses_an_index(planner, entity, field):
    rows = [one for one in await planner.list(entity, first=100) if one[field.columns[0]]]
    other = rows[len(rows) // 2][field.columns[0]] if rows else new_id()
    there = wire_id(REGISTRY[field.target], other)

    assert await faults(planner, entity, filter={f"{camel(field.name)}Id": {"eq": there}}) == []


@pytest.mark.parametrize(("entity", "field"), fields_of(Kind.MANY), ids=name_of)
async def test_gql_02_a_filter_on_what_belongs_to_a_record_is_met_in_the_order_of_the_page(
    planner, entity, field
):
    any_of_them: dict[str, Any] = {camel(field.name): {"some": {}}}

    assert await faults(planner, entity, filter=any_of_them) == []


@pytest.mark.parametrize("entity", [one for one in LISTED if one.searched], ids=name_of)
async def test_gql_02_a_search_uses_an_index(planner, entity):
    rows = await planner.list(entity, first=100)
    words = rows[len(rows) // 2]["search_key"].split() if rows else ["none", "such"]

    assert await faults(planner, entity, search=words[0][:12]) == []
    assert await faults(planner, entity, search=" ".join(words[:2])) == []


@pytest.mark.parametrize("entity", [one for one in LISTED if one.core], ids=name_of)
async def test_cont_09_a_page_of_a_timeline_is_read_from_indexes(planner, entity):
    rows = await planner.list(entity, first=5)
    asked = timelines.asked(planner.reading, Source(entity.name, entity), {"first": PAGE})
    page = render(timelines._page(planner.reading, asked))

    plan = await planner.explained(page.with_values(parents=[one["id"] for one in rows]))

    assert await faults_of(planner, plan) == []


READ = """
SELECT t.relname, seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables AS t
JOIN pg_class AS c ON c.oid = t.relid WHERE schemaname = 'public' AND reltuples >= $1
"""


@pytest.mark.parametrize("entity", [one for one in LISTED if one.searched], ids=name_of)
async def test_comm_11_the_search_over_all_kinds_reads_no_big_table_as_a_whole(planner, entity):
    rows = await planner.list(entity, first=100)
    words = rows[len(rows) // 2]["search_key"].split() if rows else []
    # A word with a digit has no misspellings: tables this small are read as a whole for those.
    word = next((one for one in words if any(map(str.isdigit, one))), "none1")[:40]
    asked = Wanted([word], list(kinds().values()), PAGE, None)
    statement, values = searching(planner.reading, asked)
    database, actor = planner.reading.database, planner.reading.actor
    async with database._reads.acquire() as connection:
        await connection.execute(
            "SELECT set_config('app.workspace', $1, false)", actor.workspace_id
        )
        async with connection.transaction():
            before = dict(await connection.fetch(READ, SMALL))
            given = statement.arguments({**actor.bound, **values})
            await connection.fetch(statement.text, *given)
            after = dict(await connection.fetch(READ, SMALL))

    # What EXPLAIN does not see, because a function does it, the counters of a transaction do.
    read = {table: count - before.get(table, 0) for table, count in after.items()}
    assert {table: count for table, count in read.items() if count >= SMALL} == {}
