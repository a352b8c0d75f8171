"""Which workflows listen is found by an index, however many others there are."""

import asyncpg

from models import metadata
from tests.plugins.world import World
from tests.services.importing import sql, uuid
from tests.workflows import automating as auto

NOTE = {"addNote": {"text": "Hello"}}
KINDS = ("CONTACT", "COMPANY", "DEAL", "CASE", "TASK", "PROJECT", "PRODUCT")
_WRITTEN = [one.name for one in metadata.tables["workflow"].c if one.computed is None]
_MANY = f"""
INSERT INTO workflow ({", ".join(_WRITTEN)}) SELECT {", ".join(f"made.{one}" for one in _WRITTEN)}
FROM workflow AS one, generate_series(1, 140) AS number, jsonb_populate_record(
  one, jsonb_build_object('id', uuidv7(), 'name', one.name || number)) AS made
WHERE one.workspace_id = $1 AND one.record_type <> 'LEAD'
"""


async def explained(world: World) -> str:
    """How the API's role finds who listens to a new lead, by a plan for any values."""
    from services.workflows.matching import _LISTENING

    app = await asyncpg.connect(world.server.ready["appDatabaseUrl"])
    try:
        async with app.transaction():
            await app.execute("SET LOCAL plan_cache_mode = force_generic_plan")
            await app.execute("SELECT set_config('app.workspace', $1, true)", uuid(world.id))
            await app.execute(f"PREPARE listening AS {_LISTENING}")
            asked = f"listening('{uuid(world.id)}', ARRAY['RECORD_CREATED'], ARRAY['LEAD'])"
            return "\n".join(row[0] for row in await app.fetch(f"EXPLAIN ANALYZE EXECUTE {asked}"))
    finally:
        await app.close()


async def test_wf_01_a_thousand_workflows_that_wait_for_others_are_not_read(world: World) -> None:
    auto.workflow(world, "RECORD_CREATED", [NOTE], recordType="LEAD")
    for kind in KINDS:
        auto.workflow(world, "RECORD_CREATED", [NOTE], name=f"Of {kind}", recordType=kind)
    sql(world.server, _MANY, uuid(world.id))
    sql(world.server, "ANALYZE workflow")

    plan = await explained(world)

    assert "workflow_listening_ix" in plan
    assert "Seq Scan" not in plan
    assert "rows=1.00 loops=1)" in plan.splitlines()[0]
