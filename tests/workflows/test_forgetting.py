"""What is kept of runs, however many there are."""

from tests.plugins.dev import eventually
from tests.services.importing import sql, uuid
from tests.workflows import automating as auto

RUNS = """INSERT INTO workflow_run (workspace_id, id, workflow_id, revision, key, status, payload,
  chain, finished_at, created_at, updated_at)
SELECT $1, uuidv7(), $2, 1, $3::text || n, $3, '{}', '[]', at, at, at
FROM generate_series(1, $4) AS n, (VALUES (now() - make_interval(days => $5))) AS old (at)"""
KEPT = "SELECT count(*) FROM workflow_run WHERE workspace_id = $1"


def test_wf_08_old_runs_go_in_one_sweep_however_many_they_are(world):
    steps = [{"addNote": {"text": "Hello"}}]
    made = auto.workflow(world, "RECORD_CREATED", steps, recordType="LEAD")
    old, kept = [("SKIPPED", 6_000, 8), ("FAILED", 3, 91)], [("SUCCEEDED", 2, 89)]
    for given in (*old, *kept):
        sql(world.server, RUNS, uuid(world.id), uuid(made), *given)

    sql(world.server, "UPDATE due_work SET at = now() WHERE kind = 'workflow_runs.forget'")

    assert eventually(lambda: sql(world.server, KEPT, uuid(world.id))[0][0] <= 2, 120)
    assert [run["status"] for run in auto.runs(world.admin, made)] == ["SUCCEEDED"] * 2
