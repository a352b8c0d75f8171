"""An event log of an older release becomes the first part of one that lies in months."""

import asyncpg

from models import migrate as migrating
from models import upgrade
from tests.server.test_dev_database import (  # noqa: F401 - fixtures
    APP,
    address,
    admin,
    empty,
    migrate,
)

BEFORE = "0016"
ONE, OTHER = "01890000-0000-7000-8000-000000000001", "01890000-0000-7000-8000-000000000002"
_HEADS = "INSERT INTO event_head (workspace_id, position, relayed) VALUES ($1, 40, 40), ($2, 3, 3)"
_FILL = """
INSERT INTO event (workspace_id, position, at, type, entity, record_id, actor_kind, request_id,
                   operation_id, changes)
SELECT $1, n, now() - n * interval '9 days', 'contact.updated', 'contact', uuidv7(), 'SYSTEM', 'r',
       uuidv7(), '{}'
FROM generate_series($2::int, $3::int) AS n
"""
_PARTS = "SELECT tableoid::regclass::text, count(*) FROM event GROUP BY 1"


async def acting(role, workspace, text, *arguments):
    """The rows of a statement in a workspace."""
    async with role.transaction():
        await role.execute("SELECT set_config('app.workspace', $1, true)", workspace)
        return [tuple(row) for row in await role.fetch(text, *arguments)]


async def test_gql_03_an_older_log_is_kept_as_it_is_by_an_owner_who_sees_no_row(
    dev,
    empty,  # noqa: F811
    admin,  # noqa: F811
):
    url, app_url = address(dev, "migrate_owner"), address(dev, f"{APP}:secret")
    await migrating.ensure_roles(url, app_url)
    await upgrade.upgrade(url, APP, to=BEFORE)
    await admin.execute("ALTER ROLE migrate_owner NOBYPASSRLS")
    owner = await asyncpg.connect(url)
    await owner.execute(_HEADS, ONE, OTHER)
    for workspace, last in ((ONE, 40), (OTHER, 3)):
        await acting(owner, workspace, _FILL, workspace, 1, last)
    await owner.close()

    assert migrate(dev).returncode == 0
    app = await asyncpg.connect(app_url)
    assert await acting(app, ONE, _PARTS) == [("event_first", 40)]
    assert await acting(app, OTHER, _PARTS) == [("event_first", 3)]
    places = await acting(app, ONE, "SELECT position FROM event WHERE position > 20 ORDER BY 1")
    assert places == [(position,) for position in range(21, 41)]
    await acting(app, ONE, _FILL, ONE, -12, -12)
    assert len(await acting(app, ONE, _PARTS)) == 2
    await app.close()
