"""Recurring work: due again and again, done once each time."""

import asyncio

from services.metrics import NOBODY
from tests.plugins.dev import eventually
from tests.plugins.world import Server, World
from tests.server.filing import attached, uploaded
from tests.services.importing import sql, uuid, worker
from tests.services.test_orphans import stored

PATIENCE = 300.0
"""Recurring work goes through the workspaces of all tests before."""

_DUE = "SELECT at > now() AS later, attempts FROM due_work WHERE kind = 'expiry'"


def test_recurring_work_is_done_by_one_of_many_and_planned_anew(server: Server, world: World):
    given = {"firstName": "Ann", "lastName": "Bee", "phone": "+14155550103"}
    given["idempotencyKey"] = "from long ago"
    first = world.admin.act("contactCreate", given, "contact { id }")["contact"]["id"]
    assert world.admin.act("contactCreate", given, "contact { id }")["contact"]["id"] == first
    workspace = uuid(world.id)
    sql(
        server,
        "UPDATE idempotency_key SET created_at = now() - interval '73 hours'"
        " WHERE workspace_id = $1",
        workspace,
    )
    with worker(server), worker(server):
        sql(server, "UPDATE due_work SET at = now() WHERE kind = 'expiry'")
        left = "SELECT key FROM idempotency_key WHERE workspace_id = $1"
        assert eventually(lambda: not sql(server, left, workspace), PATIENCE)
        assert eventually(
            lambda: [tuple(row) for row in sql(server, _DUE)] == [(True, 0)], PATIENCE
        )
    assert world.admin.act("contactCreate", given, "contact { id }")["contact"]["id"] != first


def cleared(server: Server, world: World, upload: str) -> list[str]:
    """The contacts that were purged, once the trash is empty and the upload gone."""
    left = "SELECT count(*) FROM contact WHERE workspace_id = $1 AND deleted_at IS NOT NULL"
    gone = "SELECT record_id FROM event WHERE workspace_id = $1 AND type = 'contact.purged'"
    with worker(server), worker(server):
        assert eventually(lambda: not sql(server, left, uuid(world.id))[0][0], PATIENCE)
        assert eventually(lambda: uuid(upload) not in stored(server, world), PATIENCE)
    return [str(row[0]) for row in sql(server, gone, uuid(world.id))]


async def test_gql_12_the_purge_and_the_clean_up_recur_by_the_business_clock(
    server: Server, world: World, clock
):
    contact = world.contact()
    world.admin.act("contactDelete", {"id": contact})
    upload = uploaded(world.admin, b"nobody's")
    attached(world.admin, world.contact(), b"somebody's")
    await clock(days=31)
    assert await asyncio.to_thread(cleared, server, world, upload) == [uuid(contact)]
    assert len(stored(server, world)) == 1


def test_dash_02_the_nights_of_metrics_are_kept_by_one_of_many(server: Server, world: World):
    world.contact(email=None)
    kept = "SELECT owner_id, value FROM metric_snapshot WHERE workspace_id = $1 AND metric = $2"
    with worker(server), worker(server):
        sql(server, "UPDATE due_work SET at = now() WHERE kind = 'metrics'")
        found = (uuid(world.id), "TOTAL_CONTACTS")
        assert eventually(lambda: bool(sql(server, kept, *found)), PATIENCE)
    values = {str(owner): value for owner, value in sql(server, kept, *found)}
    assert values == {NOBODY: 0, uuid(world.user("admin")): 1}
