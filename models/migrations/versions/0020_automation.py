"""Automation: workflows, sequences, scores, templates of mails, and mail that comes in."""

from alembic import op
from sqlalchemy import text

from models.migrations.statements import run_sql
from models.standard_scores import STANDARD

revision = "0020"
down_revision = "0019"

# Row by row of workspaces, as isolation asks for.
_WEIGHTS = """
INSERT INTO lead_score_weight
  (workspace_id, id, signal, points, most, half_life_days, created_at, updated_at)
SELECT :workspace, uuidv7(), :signal, :points, :most, :half_life_days, now(), now()
WHERE EXISTS (SELECT 1 FROM workspace WHERE workspace_id = CAST(:workspace AS uuid))
"""
# Nobody is told of what was late before there was anybody to tell.
_LATE = """
UPDATE task SET overdue_at = now()
WHERE workspace_id = CAST(:workspace AS uuid) AND status <> 'DONE' AND due_at < now()
"""
_STALLED = """
UPDATE deal SET stalled_at = now() FROM workspace
WHERE workspace.workspace_id = CAST(:workspace AS uuid)
  AND deal.workspace_id = CAST(:workspace AS uuid) AND closed_at IS NULL AND deal.deleted_at IS NULL
  AND greatest(stage_entered_at, deal.updated_at) < now() - make_interval(days => stalled_days)
"""
_CLOCKS = """
INSERT INTO due_work (workspace_id, id, kind, subject_id, at)
SELECT workspace_id, uuidv7(), 'sla_clock', id, turns.at FROM "case" CROSS JOIN LATERAL (
  SELECT min(one) AS at FROM unnest(ARRAY[
    CASE WHEN first_responded_at IS NULL THEN first_response_approaching_at END,
    CASE WHEN first_responded_at IS NULL THEN first_response_due_at END,
    CASE WHEN paused_at IS NULL THEN resolution_approaching_at END,
    CASE WHEN paused_at IS NULL THEN resolution_due_at END]) AS one
  WHERE one > now()) AS turns
WHERE workspace_id = CAST(:workspace AS uuid) AND resolved_at IS NULL AND deleted_at IS NULL
  AND turns.at IS NOT NULL
"""
_WORKSPACE = "SELECT set_config('app.workspace', :workspace, true)"


def upgrade() -> None:
    """Make the change; the previous release keeps working beside it."""
    run_sql("0020_automation")
    connection = op.get_bind()
    for (workspace,) in connection.execute(text("SELECT workspace_id::text FROM event_head")):
        connection.execute(text(_WORKSPACE), {"workspace": workspace})
        for statement in (_LATE, _STALLED, _CLOCKS):
            connection.execute(text(statement), {"workspace": workspace})
        for one in STANDARD:
            values = {"workspace": workspace, **one._asdict()}
            connection.execute(text(_WEIGHTS), values)
    connection.execute(text(_WORKSPACE), {"workspace": ""})
