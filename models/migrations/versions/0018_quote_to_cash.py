"""Quote to cash."""

from alembic import op
from sqlalchemy import text

from models.migrations.statements import run_sql
from models.standard_contracts import STANDARD

revision = "0018"
down_revision = "0017"

# Row by row of workspaces, as isolation asks for.
_TEMPLATES = """
INSERT INTO contract_template
  (workspace_id, id, name, type, is_default, body, created_at, updated_at)
VALUES (:workspace, uuidv7(), :name, :type, true, :body, now(), now())
"""
_WORKSPACE = "SELECT set_config('app.workspace', :workspace, true)"


def upgrade() -> None:
    """Make the change; the previous release keeps working beside it."""
    run_sql("0018_quote_to_cash")
    connection = op.get_bind()
    for (workspace,) in connection.execute(text("SELECT workspace_id::text FROM event_head")):
        connection.execute(text(_WORKSPACE), {"workspace": workspace})
        for one in STANDARD:
            values = {"workspace": workspace, "name": one.name, "type": one.type, "body": one.body}
            connection.execute(text(_TEMPLATES), values)
    connection.execute(text(_WORKSPACE), {"workspace": ""})
