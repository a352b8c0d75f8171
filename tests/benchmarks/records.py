"""A timeline's page, a search, own fields and changes among many records, and SQL by hand."""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from core.ids import encode
from models.registry import REGISTRY
from tests.benchmarks import _captured, _peers, _report, harness
from tests.benchmarks._echo import echo
from tests.benchmarks.growth import folder, instance
from tests.benchmarks.harness import Asked, Load, in_turn, median

CONTACTS, ACTIVITIES = 50_000, 25_000
CHUNK = 100_000
DEMO = 1_000
"""Contacts of the demo the rest is added to."""
ROUNDS = {True: 3, False: 7}
REQUESTS = 10
LONGEST = 2.0
"""Seconds after which a statement by hand is not asked again in a round."""
FIELD = """mutation($input: CustomFieldCreateInput!) {
  customFieldCreate(input: $input) { customField { id } userErrors { message } } }"""

MORE_CONTACTS = """
INSERT INTO contact (workspace_id, id, first_name, last_name, email, phone, status, owner_id,
  primary_company_id, created_at, updated_at{custom})
SELECT $1, uuidv7(), (ARRAY['Anna','Piotr','Maria','James','Linda','Иван','Émile'])[1 + n % 7],
  initcap(translate(substr(md5(n::text), 1, 9), '0123456789', 'aeiouklmno')),
  'person' || n || '@company' || n % 5000 || '.example', '+48' || 500000000 + n, 'LEAD',
  users[1 + n % cardinality(users)], NULL, now(), now(){value}
FROM generate_series($2::int + 1, $3::int) AS n,
  (SELECT array_agg(id) AS users FROM "user" WHERE workspace_id = $1) AS u
"""
OWN_VALUES = """
INSERT INTO custom_value (workspace_id, field_id, record_id, ord, text_key, currency)
SELECT $1, field.id, contact.id, keys.ord, keys.text_key, keys.currency
FROM custom_field AS field, contact,
  custom_keys(field.type, field.options, contact.custom -> field.key) AS keys
WHERE field.workspace_id = $1 AND field.key = 'benchSize' AND contact.workspace_id = $1
  AND contact.custom ? field.key
ON CONFLICT DO NOTHING
"""
MORE_NOTES = """
WITH who AS (
  SELECT id, owner_id, row_number() OVER () AS n FROM contact WHERE workspace_id = $1 LIMIT 20000
), owners AS (SELECT array_agg(owner_id) AS ids FROM who WHERE n <= 200
), made AS (
  INSERT INTO note (workspace_id, id, at, owner_id, body, created_at, updated_at)
  SELECT $1, uuidv7(), now() - n * interval '1 minute', ids[1 + n % cardinality(ids)],
    'They asked about ' || (ARRAY['pricing','renewal','support','training'])[1 + n % 4] || ' and '
      || md5(n::text) || '. We agreed to talk again on ' || (DATE '2026-01-01' + n % 365) || '.',
    now(), now()
  FROM generate_series($2::int + 1, $3::int) AS n, owners
  RETURNING id, at
), numbered AS (SELECT id, at, row_number() OVER () AS n FROM made)
INSERT INTO timeline_entry (workspace_id, record_id, record_kind, item_id, item_kind, at)
SELECT $1, who.id, 'contact', numbered.id, 'note', numbered.at
FROM numbered JOIN who ON who.n = 1 + numbered.n % (SELECT count(*) FROM who)
"""
BUSY = """
WITH busy AS (
  SELECT id FROM contact WHERE workspace_id = $1 AND deleted_at IS NULL ORDER BY id LIMIT 1
)
INSERT INTO timeline_entry (workspace_id, record_id, record_kind, item_id, item_kind, at)
SELECT $1, busy.id, 'contact', note.id, 'note', note.at
FROM busy, (SELECT id, at FROM note WHERE workspace_id = $1 ORDER BY id DESC LIMIT 2000) AS note
ON CONFLICT DO NOTHING RETURNING record_id
"""


@dataclass(frozen=True)
class Measured:
    """A query, and the statement a programmer would write for it."""

    document: str
    variables: Mapping[str, Any]
    by_hand: str
    arguments: Sequence[Any]
    of: str
    """A field of the schema it needs."""


def newest(tables: Sequence[str], word: str) -> str:
    """The same kinds looked through by hand: newest first, no order of worth, nothing forgiven."""
    parts = (
        f"(SELECT '{table}' AS kind, id, search_key FROM \"{table}\" WHERE workspace_id = $1"
        f" AND deleted_at IS NULL AND search_key LIKE '{_pattern(word)}' ORDER BY id DESC LIMIT 25)"
        for table in tables
    )
    return f"SELECT * FROM ({' UNION ALL '.join(parts)}) AS found ORDER BY id DESC LIMIT 25"


def best(tables: Sequence[str], word: str) -> str:
    """The same kinds by hand in the order of worth; nothing forgiven."""
    begins, whole, prefix, title = (
        f"search_key LIKE '{one}'"
        for one in (f" {word} %", f"% {word} %\x1f%", f"% {word}%\x1f%", f"%{word}%\x1f%")
    )
    tier = (
        f"CASE WHEN {begins} THEN 0 WHEN {whole} THEN 1 WHEN {prefix} THEN 2"
        f" WHEN {title} THEN 3 ELSE 4 END"
    )
    parts = (
        f"(SELECT '{table}' AS kind, id, search_key, {tier} AS tier FROM \"{table}\""
        f" WHERE workspace_id = $1 AND deleted_at IS NULL AND search_key LIKE '{_pattern(word)}'"
        " ORDER BY tier, id DESC LIMIT 25)"
        for table in tables
    )
    return f"SELECT * FROM ({' UNION ALL '.join(parts)}) AS found ORDER BY tier, id DESC LIMIT 25"


def changed() -> str:
    """The records behind the first events, each once, and whether they still stand."""
    tables = [one.table.name for one in REGISTRY.values() if one.core]
    stands = "".join(
        f" LEFT JOIN \"{table}\" AS {table}_ ON entity = '{table}' AND {table}_.workspace_id = $1"
        f" AND {table}_.id = record_id AND {table}_.deleted_at IS NULL"
        for table in tables
    )
    names = ", ".join(f"{table}_.id" for table in tables)
    listed = ", ".join(f"'{table}'" for table in tables)
    return (
        f"SELECT cursor, entity, record_id, coalesce({names}) IS NOT NULL AS stands FROM"
        " (SELECT max(position) AS cursor, entity, record_id FROM (SELECT position, entity,"
        f" record_id FROM event WHERE workspace_id = $1 AND entity IN ({listed})"
        f" ORDER BY position LIMIT 100) AS one GROUP BY entity, record_id) AS latest{stands}"
        " ORDER BY cursor"
    )


def _pattern(word: str) -> str:
    return f"%{word}%" if len(word) > 2 else f"% {word}%"


async def prepared(ready: dict[str, Any], contacts: int, activities: int) -> dict[str, Any]:
    """The data set, added to what is there; and what the queries are asked about."""
    workspace = _peers.uuid(ready["workspace"]["id"])
    connection = await harness.owner(ready)
    try:
        # What triggers and foreign keys would see to is right as it is made here.
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("SET maintenance_work_mem = '1GB'")
        has_own = await connection.fetchval(
            "SELECT count(*) FROM pg_attribute WHERE attrelid = 'contact'::regclass"
            " AND attname = 'custom'"
        )
        if has_own:
            _make_field(ready)
        own = {"custom": ", custom", "value": ", jsonb_build_object('benchSize', n % 5000)"}
        more = MORE_CONTACTS.format(**(own if has_own else dict.fromkeys(own, "")))
        filled = (("contact", more, contacts), ("note", MORE_NOTES, activities))
        for table, text, wanted in filled:
            await _filled(connection, workspace, table, text, wanted)
        await connection.execute(BUSY, workspace)
        await connection.execute("VACUUM ANALYZE")
        busy = await connection.fetchval(
            "SELECT id FROM contact WHERE workspace_id = $1 AND deleted_at IS NULL"
            " ORDER BY id LIMIT 1",
            workspace,
        )
        name = await connection.fetchval(
            "SELECT last_name FROM contact WHERE workspace_id = $1 ORDER BY id DESC LIMIT 1",
            workspace,
        )
        tables = await connection.fetch(
            "SELECT relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE attname = 'search_key' AND relkind = 'r'"
        )
    finally:
        await connection.close()
    return {"busy": str(busy), "name": name, "tables": [row["relname"] for row in tables]}


async def _filled(
    connection: asyncpg.Connection, workspace: str, table: str, text: str, wanted: int
) -> None:
    """More rows of a table, up to a number; indexes are made when they are there."""
    count = f"SELECT count(*) FROM {table} WHERE workspace_id = $1"
    there = await connection.fetchval(count, workspace)
    if there >= wanted:
        return
    beside = {"contact": "custom_value", "note": "timeline_entry"}[table]
    indexes = await connection.fetch(
        "SELECT indexname, indexdef FROM pg_indexes JOIN pg_index AS i"
        " ON i.indexrelid = indexname::regclass WHERE tablename = ANY ($1) AND NOT indisunique",
        [table, beside],
    )
    for index in indexes:
        await connection.execute(f"DROP INDEX {index['indexname']}")
    for begin in range(there, wanted, CHUNK):
        harness.say(f"{table}: {begin:,} of {wanted:,}")
        await connection.execute(text, workspace, begin, min(begin + CHUNK, wanted))
    if table == "contact":
        await connection.execute(OWN_VALUES, workspace)
    for index in indexes:
        harness.say(index["indexname"])
        await connection.execute(index["indexdef"])


def _make_field(ready: dict[str, Any]) -> None:
    given = {"entity": "CONTACT", "key": "benchSize", "label": "Size", "type": "NUMBER"}
    token = ready["signIns"]["admin"]["token"]
    Asked(ready["graphql"], FIELD, "", {"input": given}, token).once()


def searches(workspace: str, about: Mapping[str, Any]) -> dict[str, Measured]:
    """Searches for words of which there are few, many, and very many, beside two ways by hand."""
    found = (
        "search(query: $q) { edges { cursor node { ... on Node { id } } highlights { field } } }"
    )
    measured = {}
    for what, word in (
        ("a name", about["name"].lower()),
        ("a common word", "renewal"),
        ("two letters", "an"),
    ):
        by_hand = {
            "": best(about["tables"], word),
            ", newest first by hand": newest(about["tables"], word),
        }
        for how, text in by_hand.items():
            measured[f"search: {what}{how}"] = Measured(
                f"query Search($q: String!) {{ {found} }}", {"q": word}, text, [workspace], "search"
            )
    return measured


def owned(workspace: str) -> dict[str, Measured]:
    """Lists of contacts by a field the workspace has made."""
    own = """FROM custom_value AS v
    JOIN contact AS c ON c.workspace_id = $1 AND c.id = v.record_id AND c.deleted_at IS NULL
    WHERE v.workspace_id = $1 AND v.field_id = (SELECT id FROM custom_field AS f
      WHERE f.workspace_id = $1 AND f.key = 'benchSize')"""
    return {
        "own field, filter": Measured(
            'query Own { contacts(first: 25, filter: { customFields: [{ key: "benchSize",'
            ' number: { eq: "4321" } }] }) { nodes { id name email } } }',
            {},
            f"SELECT c.id, c.name, c.email {own} AND v.text_key = custom_number(4321)"
            " ORDER BY c.id DESC LIMIT 26",
            [workspace],
            "customFields",
        ),
        "own field, order": Measured(
            "query Order { contacts(first: 25, orderBy: [{ field: CUSTOM_FIELD,"
            ' key: "benchSize", direction: DESC }]) { nodes { id name email } } }',
            {},
            f"SELECT c.id, c.name, c.email {own}"
            " ORDER BY v.text_key DESC, v.record_id DESC LIMIT 26",
            [workspace],
            "customFields",
        ),
    }


def queries(workspace: str, about: Mapping[str, Any]) -> dict[str, Measured]:
    """What is measured, by name."""
    return {
        "timeline": Measured(
            "query Timeline($id: ID!) { contact(id: $id) { timeline(first: 25, kinds: [NOTE]) {"
            " nodes { __typename id at ... on Note { body owner { name } } } } } }",
            {"id": encode("cnt", about["busy"])},
            "SELECT n.id, n.at, n.body, u.name FROM timeline_entry AS t"
            " JOIN note AS n ON n.workspace_id = $1 AND n.id = t.item_id AND n.deleted_at IS NULL"
            ' LEFT JOIN "user" AS u ON u.workspace_id = $1 AND u.id = n.owner_id'
            " WHERE t.workspace_id = $1 AND t.record_id = $2 AND t.item_kind = 'note'"
            " ORDER BY t.at DESC, t.item_id DESC LIMIT 26",
            [workspace, about["busy"]],
            "timeline",
        ),
        **searches(workspace, about),
        **owned(workspace),
        "changes": Measured(
            "query Changes { changes(first: 100) {"
            " changes { cursor kindOfChange type id } cursor } }",
            {},
            changed(),
            [workspace],
            "changes",
        ),
    }


async def measure(
    ready: dict[str, Any], load: Load, bare: str, rounds: int, about: Any
) -> dict[str, Any]:
    """Each query by our API and by hand, in turns; and how many statements ours sends.

    By hand is the SQL and the round trip of a bare server: no programmer's endpoint takes less.
    """
    workspace = _peers.uuid(ready["workspace"]["id"])
    sdl = (Path(harness.ROOT) / "schema.graphql").read_text(encoding="utf-8")
    token = ready["signIns"]["executive"]["token"]
    chosen = {
        name: one for name, one in queries(workspace, about).items() if f"\n  {one.of}(" in sdl
    }
    asked = {
        name: Asked(
            ready["graphql"],
            one.document,
            one.document.split()[1].partition("(")[0],
            dict(one.variables),
            token,
        )
        for name, one in chosen.items()
    }
    ours: dict[str, list[float]] = {name: [] for name in chosen}
    sql: dict[str, list[float]] = {name: [] for name in chosen}
    hand: dict[str, list[float]] = {name: [] for name in chosen}
    connection = await harness.owner(ready)
    try:
        for number in range(rounds + 1):
            for name, one in chosen.items():
                asked[name].data()
                told = load.run(asked[name], requests=REQUESTS, connections=1)
                seconds = await _by_hand(connection, one)
                trip = load.run(replace(asked[name], url=bare), requests=REQUESTS, connections=1)
                if number:
                    ours[name].append(told.p50)
                    sql[name].append(seconds)
                    hand[name].append(seconds + trip.p50)
    finally:
        await connection.close()
    sent = await _captured.statements(ready, list(asked.values()))
    return {
        name: {
            "ours_ms": round(median(ours[name]) * 1000, 2),
            "slowest_ms": round(max(ours[name]) * 1000, 2),
            "sql_ms": round(median(sql[name]) * 1000, 2),
            "by_hand_ms": round(median(hand[name]) * 1000, 2),
            "ratio": in_turn(ours[name], hand[name]),
            "statements": len(own),
        }
        for name, own in zip(chosen, sent, strict=True)
    }


async def _by_hand(connection: asyncpg.Connection, one: Measured) -> float:
    await connection.fetch(one.by_hand, *one.arguments)
    began = time.perf_counter()
    times = 0
    while times < REQUESTS and time.perf_counter() - began < LONGEST:
        rows = await connection.fetch(one.by_hand, *one.arguments)
        orjson.dumps([dict(row) for row in rows], default=str)
        times += 1
    return (time.perf_counter() - began) / times


def table(found: dict[str, Any], contacts: int, activities: int) -> str:
    """The figures for docs/benchmarks.md."""
    by_hand = ("SQL by hand, ms", "and a bare server, ms", "ratio")
    head = ("", "ours, ms", "slowest round, ms", *by_hand, "statements")
    rows = [[name, *one.values()] for name, one in found.items()]
    return f"{contacts:,} contacts, {activities:,} activities:\n\n" + _report.table(head, rows)


def main() -> None:
    """Run it and say what came of it."""
    reading = argparse.ArgumentParser(prog="./dev bench records")
    reading.add_argument("--json", action="store_true")
    reading.add_argument("--quick", action="store_true")
    reading.add_argument("--contacts", type=int, default=CONTACTS)
    reading.add_argument("--activities", type=int, default=ACTIVITIES)
    given = reading.parse_args()
    harness.say(f"The data set lies in {folder(DEMO)}.")
    with instance(DEMO) as ready, harness.load() as load, echo() as bare:
        about = asyncio.run(prepared(ready, given.contacts, given.activities))
        found = asyncio.run(measure(ready, load, bare, ROUNDS[given.quick], about))
    text = table(found, given.contacts, given.activities)
    if not given.quick:
        _report.put("records", text)
    sys.stdout.write(json.dumps(found) + "\n" if given.json else text)


if __name__ == "__main__":
    main()
