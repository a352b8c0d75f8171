"""Recurring work: due again and again, done once each time."""

from tests.plugins.dev import eventually
from tests.plugins.world import Server, World
from tests.services.importing import sql, uuid, worker

_DUE = "SELECT at > now() AS later, attempts FROM due_work WHERE kind = 'expiry'"


def test_recurring_work_is_done_by_one_of_many_and_planned_anew(server: Server, world: World):
    given = {"firstName": "Ann", "lastName": "Bee", "email": "ann@bee.example"}
    given |= {"idempotencyKey": "from long ago"}
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
        assert eventually(lambda: not sql(server, left, workspace), 60.0)
        assert eventually(lambda: [tuple(row) for row in sql(server, _DUE)] == [(True, 0)], 60.0)
    assert world.admin.act("contactCreate", given, "contact { id }")["contact"]["id"] != first
