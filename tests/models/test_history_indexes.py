"""The statements of history, changes, undo and the trash use indexes as the API's role."""

import asyncpg
import pytest

from core.ids import decode
from services import changes, history
from services.undo import net

UUID = "01890000-0000-7000-8000-000000000000"
STATEMENTS = {
    "event_record_ix": (history._PAGE.format(behind="AND position < $4", limit=26), "record_id"),
    "event_pk": (changes._EVENTS.format(first=25), "position"),
    "event_operation_ix": (
        net._NET.partition("AS\n")[2].replace("$2", f"'{UUID}'::uuid"),
        "operation_id",
    ),
    "contact_deleted_ix": (
        "SELECT id FROM contact WHERE workspace_id = $1 AND deleted_at <= now() ORDER BY id",
        "deleted_at",
    ),
    "contact_name_key_ix": (
        "SELECT id FROM contact WHERE workspace_id = $1 AND deleted_at IS NULL ORDER BY name_key",
        "workspace_id",
    ),
}


def values(workspace: str) -> dict[str, str]:
    """What stands for the parameters of each."""
    return {
        "event_record_ix": f"'{{{UUID}}}', '{workspace}', 'contact', 10",
        "event_pk": f"'{workspace}', 0, 100, '{{contact}}'",
    }


@pytest.mark.parametrize("index", STATEMENTS)
async def test_what_is_read_of_the_log_and_the_trash_has_its_index(world, index):
    text, column = STATEMENTS[index]
    workspace = (decode(world.id) or ("", ""))[1]
    connection = await asyncpg.connect(world.server.ready["appDatabaseUrl"])
    await connection.execute("SELECT set_config('app.workspace', $1, false)", workspace)
    # A fresh workspace is so small that reading all of it would be cheaper.
    await connection.execute("SET enable_seqscan = off; SET enable_bitmapscan = off")
    await connection.execute(f"PREPARE asked AS {text}")
    given = values(workspace).get(index, f"'{workspace}'")
    rows = await connection.fetch(f"EXPLAIN EXECUTE asked ({given})")
    await connection.close()
    plan = [row[0].strip() for row in rows]

    at = next(n for n, line in enumerate(plan) if f"using {index}" in line)
    assert any(column in line for line in plan[at : at + 3] if line.startswith("Index Cond"))
    assert not any(line.startswith("->  Seq Scan on event") for line in plan)
