"""Any acts, undone in reverse: the workspace is what it was, row by row."""

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.ids import decode
from tests.plugins.world import World
from tests.resolvers.customizing import made
from tests.services.stored import lasting, rows

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


@pytest.fixture(scope="module")
def book(server: Any) -> Book:
    """A workspace that is what it was after each example."""
    return Book(World(server))


@given(acts=DRAWN)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_acts_undone_in_reverse_leave_the_workspace_as_it_was(book: Book, acts: Any) -> None:
    url = book.world.server.ready["databaseUrl"]
    before = asyncio.run(rows(url, book.uuid))
    done = [operation for one in acts if (operation := book.act(*one))]

    for operation in reversed(done):
        assert book.world.admin.act("undo", {"operationId": operation}).errors == []

    after = asyncio.run(rows(url, book.uuid))
    assert lasting(after, before) == before
