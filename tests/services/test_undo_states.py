"""Any acts, undone in reverse: the workspace is what it was, row by row."""

import asyncio
import json
from decimal import Decimal
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.ids import decode
from services.undo import tables
from tests.plugins.world import World
from tests.resolvers.customizing import made

PIPELINES = """{ pipelines(orderBy: [{field: POSITION}]) { nodes { kind stages { nodes {
  id category } } } } }"""


class Book:
    """A workspace with a few records of each kind, and acts on them by number."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.uuid = (decode(world.id) or ("", ""))[1]
        self.ids: dict[str, list[str]] = {
            "contact": [world.contact(jobTitle=f"{at}") for at in range(3)],
            "company": [self._made("company", {"name": f"Firm {at}"}) for at in range(2)],
            "deal": [world.deal(name=f"Deal {at}") for at in range(3)],
            "lead": [self._made("lead", {"firstName": "L", "lastName": f"{at}",
                                         "email": f"l{at}@x.example"}) for at in range(2)],
            "task": [self._made("task", {"title": f"Task {at}"}) for at in range(3)],
        }  # fmt: skip
        made(world, "COMPANY")
        made(world, "COMPANY", label="Region")
        found = world.admin.run(PIPELINES)["pipelines"]["nodes"]
        sales = next(one for one in found if one["kind"] == "DEAL")
        self.stages = [one["id"] for one in sales["stages"]["nodes"]]

    def _made(self, noun: str, values: dict[str, Any]) -> str:
        done = self.world.admin.act(f"{noun}Create", values, f"{noun} {{ id }}")
        found: str = done[noun]["id"]
        return found

    def act(self, name: str, one: int, other: int) -> str | None:
        """Carry one out; the id of its operation, nothing where nothing was done."""
        payload = self.world.admin.act(name, ACTS[name](self, one, other))
        return payload.fields["operationId"] if payload.fields["eventCursor"] else None

    def of(self, noun: str, number: int) -> str:
        """One of its records."""
        return self.ids[noun][number % len(self.ids[noun])]

    def version(self, noun: str, record: str) -> int:
        """The version of a record; of a deleted one any."""
        query = f"query($id: ID!) {{ {noun}(id: $id) {{ version }} }}"
        found = self.world.admin.run(query, id=record)[noun]
        return int(found["version"]) if found else 1


def moved(book: Book, one: int, other: int) -> dict[str, Any]:
    deal = book.of("deal", one)
    stage = book.stages[other % len(book.stages)]
    return {"id": deal, "toStageId": stage, "expectedVersion": book.version("deal", deal)}


ACTS: dict[str, Any] = {
    "contactUpdate": lambda b, x, y: {"id": b.of("contact", x), "jobTitle": f"Title {y}"},
    "contactBulkUpdate": lambda b, _x, y: {
        "ids": b.ids["contact"], "patch": {"status": ("LEAD", "CUSTOMER", "PROSPECT")[y % 3]}},
    "contactCreate": lambda b, x, y: {
        "firstName": "New", "lastName": f"{x}", "phone": "+14155550102",
        "company": {"connect": b.of("company", y)}},
    "contactDelete": lambda b, x, _y: {"id": b.of("contact", x)},
    "contactRestore": lambda b, x, _y: {"id": b.of("contact", x)},
    "contactBulkDelete": lambda b, x, y: {"ids": [b.of("contact", x), b.of("contact", y)]},
    "contactCompanyAdd": lambda b, x, y: {
        "contactId": b.of("contact", x), "companyId": b.of("company", y), "primary": y % 2 == 0},
    "contactCompanyRemove": lambda b, x, y: {
        "contactId": b.of("contact", x), "companyId": b.of("company", y)},
    "dealCreate": lambda b, x, _y: {"name": "New", "contactId": b.of("contact", x)},
    "dealUpdate": lambda b, x, y: {
        "id": b.of("deal", x), "value": {"amount": f"{y}.10"}, "contactId": b.of("contact", y)},
    "dealMove": moved,
    "dealDelete": lambda b, x, _y: {"id": b.of("deal", x)},
    "dealRestore": lambda b, x, _y: {"id": b.of("deal", x)},
    "leadConvert": lambda b, x, y: {
        "id": b.of("lead", x), "contact": {"create": {}}, "deal": {},
        **({"company": {"connect": b.of("company", y)}} if y % 2 else {})},
    "leadDisqualify": lambda b, x, _y: {"id": b.of("lead", x), "reason": "No budget"},
    "contactMerge": lambda b, x, y: {
        "primaryId": b.of("contact", x), "duplicateIds": [b.of("contact", y)]},
    "companyMerge": lambda b, x, y: {
        "primaryId": b.of("company", x), "duplicateIds": [b.of("company", y)]},
    "tagsAdd": lambda b, x, y: {
        "recordIds": [b.of("contact", x), b.of("deal", y)], "names": [("Partner", "VIP")[y % 2]]},
    "tagsRemove": lambda b, x, y: {
        "recordIds": [b.of("contact", x)], "names": [("Partner", "VIP")[y % 2]]},
    "noteAdd": lambda b, x, y: {
        "body": "A word", "about": [b.of("contact", x), b.of("deal", y)]},
    "companyUpdate": lambda b, x, y: {
        "id": b.of("company", x), "customFields": [{"key": "industry", "text": f"{y}"}]},
    "taskUpdate": lambda b, x, y: {"id": b.of("task", x), "leadId": b.of("lead", y)},
    "taskBlockerAdd": lambda b, x, y: {"taskId": b.of("task", x), "blockerId": b.of("task", y)},
    "taskComplete": lambda b, x, _y: {"id": b.of("task", x)},
    "taskBulkDelete": lambda b, x, y: {"ids": [b.of("task", x), b.of("task", y)]},
}  # fmt: skip

DRAWN = st.lists(
    st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 5), st.integers(0, 5)),
    min_size=1,
    max_size=8,
)


async def _rows(url: str, workspace: str) -> dict[tuple[str, str], dict[str, Any]]:
    owner = await asyncpg.connect(url)
    await owner.execute("SELECT set_config('app.workspace', $1, false)", workspace)
    found = {}
    for table in tables.remembered():
        keys = [column.name for column in table.primary_key]
        for row in await owner.fetch(f'SELECT to_jsonb(t)::text AS r FROM "{table.name}" AS t'):
            values = decoded(row["r"])
            found[table.name, ":".join(str(values[key]) for key in keys)] = values
    await owner.close()
    return found


def decoded(text: str) -> dict[str, Any]:
    values = json.loads(text, parse_float=Decimal)
    return {name: one for name, one in values.items() if name not in {"version", "updated_at"}}


def lasting(rows: dict[Any, Any], before: dict[Any, Any]) -> dict[Any, Any]:
    """Without what was created meanwhile and lies in the trash with all that is part of it."""
    trash = {
        (table, row["id"])
        for (table, key), row in rows.items()
        if row.get("deleted_at") and (table, key) not in before
    }
    return {
        (table, key): row
        for (table, key), row in rows.items()
        if (table, row.get("id")) not in trash
        and not any(
            one.cascades and one.table.name == table and (one.target, row[one.column]) in trash
            for one in tables.references()
        )
    }


@pytest.fixture(scope="module")
def book(server: Any) -> Book:
    """A workspace that is what it was after each example."""
    return Book(World(server))


@given(acts=DRAWN)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_acts_undone_in_reverse_leave_the_workspace_as_it_was(book: Book, acts: Any) -> None:
    url = book.world.server.ready["databaseUrl"]
    before = asyncio.run(_rows(url, book.uuid))
    done = [operation for one in acts if (operation := book.act(*one))]

    for operation in reversed(done):
        assert book.world.admin.act("undo", {"operationId": operation}).errors == []

    after = asyncio.run(_rows(url, book.uuid))
    assert lasting(after, before) == before
