"""Filters and orders by custom fields read their index, as every other filter and order does."""

from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from auth.authenticate import Callers
from core.ids import decode
from models.registry import REGISTRY
from resolvers.pages import listing
from resolvers.reading import Reading
from tests.every_entity.test_plans import Planner, crowded, faults, planner  # noqa: F401
from tests.resolvers.customizing import made

CONTACT = REGISTRY["Contact"]
FILL = """
UPDATE contact SET custom = jsonb_build_object(
  'size', (hashtext(id::text) % 2000)::text, 'word', md5(id::text), 'tier', $2::text)
WHERE workspace_id = $1 AND hashtext(id::text) % 10 <> 0
"""


@pytest.fixture(scope="module")
async def customized(server: Any, crowded: Any, planner: Any) -> Planner:  # noqa: F811
    """The crowded workspace with custom fields that nine of ten contacts have values in."""
    made(crowded, label="Size", type="NUMBER")
    made(crowded, label="Word")
    field = made(crowded, label="Tier", type="SELECT", options=["Gold", "Tin"])
    owner = await asyncpg.connect(server.ready["databaseUrl"])
    workspace = (decode(crowded.id) or ("", ""))[1]
    await owner.execute("SELECT set_config('app.workspace', $1, false)", workspace)
    await owner.execute(FILL, workspace, field["options"][0]["id"])
    await owner.execute("ANALYZE")
    await owner.close()
    database = planner.reading.database
    caller = await Callers(database, test_clock=False).of(crowded.admin.token)
    assert caller
    return Planner(Reading(database, caller.actor, caller.head.now))


@pytest.mark.parametrize("way", ["ASC", "DESC"])
@pytest.mark.parametrize("key", ["size", "word", "tier"])
async def test_cont_14_a_custom_order_is_read_from_its_index(customized, key, way):
    asked = {"orderBy": [{"field": "CUSTOM_FIELD", "key": key, "direction": way}]}
    order = listing(CONTACT, None, asked, customized.reading.actor).order
    rows = await customized.list(CONTACT, first=100, **asked)

    assert await faults(customized, CONTACT, **asked) == []
    assert await faults(customized, CONTACT, after=order.cursor(rows[-1]), **asked) == []


@pytest.mark.parametrize(
    "condition",
    [
        {"key": "size", "number": {"eq": Decimal(7)}},
        {"key": "size", "number": {"gt": Decimal(0)}},
        {"key": "word", "text": {"startsWith": "abc"}},
        {"key": "word", "text": {"in": ["abc", "abd"]}},
        {"key": "word", "text": {"isNull": True}},
        {"key": "size", "number": {"ne": Decimal(7)}},
    ],
    ids=str,
)
async def test_cf_08_a_custom_filter_uses_an_index(customized, condition):
    assert await faults(customized, CONTACT, filter={"customFields": [condition]}) == []
