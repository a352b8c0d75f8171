"""The statements of history, changes, undo and the trash use indexes as the API's role."""

import re

import asyncpg
import pytest

from core.ids import decode
from services import changes, history
from services.repointing import pointing
from services.undo import acts

PARTS = """
SELECT part.relname AS part, whole.relname AS whole FROM pg_inherits
JOIN pg_class AS part ON part.oid = inhrelid JOIN pg_class AS whole ON whole.oid = inhparent
WHERE whole.relkind = 'I'
"""
"""The indexes of the log's months, and those of the log they are part of."""
UUID = "01890000-0000-7000-8000-000000000000"
FILL = """
INSERT INTO event (workspace_id, position, at, type, entity, record_id, actor_kind, actor_id,
                   request_id, operation_id, changes)
SELECT $1, 1000 + n, now(), 'contact.updated', 'contact', md5((n % 4000)::text)::uuid, 'USER',
       md5((n % 9)::text)::uuid, 'filled', md5((n / 3)::text)::uuid, '{}'
FROM generate_series(1, 20000) AS n
"""
PEOPLE = """
INSERT INTO contact (workspace_id, id, first_name, last_name, phone, status, created_at, updated_at,
                     deleted_at)
SELECT $1, uuidv7(), 'Al', 'No ' || n, '+14155550102', 'LEAD', now(), now(),
       CASE WHEN n % 100 = 0 THEN now() END
FROM generate_series(1, 10000) AS n
"""
STATEMENTS = {
    "event_record_ix": history._PAGE.format(behind="AND position < $4", limit=26),
    "event_pk": changes._EVENTS.format(first=25),
    "event_operation_ix": acts._ACT,
    "event_actor_ix": acts._RECENT.format(first=10),
    "contact_deleted_ix": "SELECT id FROM contact WHERE workspace_id = $1"
    " AND deleted_at IS NOT NULL AND deleted_at <= now()",
    "contact_name_key_ix": "SELECT id FROM contact WHERE workspace_id = $1 AND deleted_at IS NULL"
    " ORDER BY name_key, id LIMIT 26",
}


def given(index: str, workspace: str) -> str:
    """What stands for the parameters of a statement."""
    return {
        "event_record_ix": f"'{{{UUID}}}', '{workspace}', 'contact', 10",
        "event_pk": f"'{workspace}', 20000, 20100, '{{contact}}'",
        "event_operation_ix": f"'{workspace}', '{UUID}'",
        "event_actor_ix": f"'{workspace}', '{UUID}'",
    }.get(index, f"'{workspace}'")


async def full(connection) -> str:
    """The part of the log that has many rows: this month's."""
    month = await connection.fetchval("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM')")
    return f"event_{month}"


@pytest.fixture
async def filled_in(world):
    """A connection as the API's role, to a workspace with thousands of rows; nothing is kept."""
    workspace = (decode(world.id) or ("", ""))[1]
    connection = await asyncpg.connect(world.server.ready["databaseUrl"])
    begun = connection.transaction()
    await begun.start()
    await connection.execute("SELECT set_config('app.workspace', $1, true)", workspace)
    await connection.execute(FILL, workspace)
    await connection.execute(PEOPLE, workspace)
    await connection.execute(f"ANALYZE {await full(connection)}, contact")
    await connection.execute(f'SET LOCAL ROLE "{world.server.ready["appRole"]}"')
    yield connection, workspace
    await begun.rollback()
    await connection.close()


async def test_what_is_read_of_the_log_and_the_trash_has_its_index(filled_in):
    connection, workspace = filled_in
    parts = {row["part"]: row["whole"] for row in await connection.fetch(PARTS)}
    month, lacking = await full(connection), {}
    for index, text in STATEMENTS.items():
        await connection.execute(f"PREPARE {index} AS {text}")
        explained = f"EXPLAIN EXECUTE {index} ({given(index, workspace)})"
        lines = [row[0] for row in await connection.fetch(explained)]
        plan = [re.sub(r"\w+", lambda word: parts.get(word[0], word[0]), one) for one in lines]
        # A month with next to nothing in it may be read whole.
        if any(f"Seq Scan on {month}" in line for line in lines) or not any(
            index in line for line in plan
        ):
            lacking[index] = plan

    assert lacking == {}


async def test_cont_26_a_merge_finds_live_and_deleted_rows_by_their_indexes(filled_in):
    connection, workspace = filled_in
    (people,) = (one for one in pointing("company") if one.table.name == "contact")
    await connection.execute(f"PREPARE moving AS {people.moving()}")
    given = f"'{workspace}', '{UUID}', '{{{UUID}}}', now()"

    rows = await connection.fetch(f"EXPLAIN EXECUTE moving ({given})")

    plan = "\n".join(row[0] for row in rows)
    assert "contact_primary_company_id_ix" in plan
    assert "contact_deleted_ix" in plan
    assert "Seq Scan" not in plan
