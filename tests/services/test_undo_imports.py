"""Undoing an import: what it created goes, what it changed is as it was."""

import pytest

from core.ids import decode, encode
from tests.plugins.dev import eventually
from tests.plugins.world import World
from tests.services.importing import Importer, file_of

HEADER = ["First name", "Last name", "Email", "Title", "Company"]
MAPPING = dict(zip(HEADER, ("firstName", "lastName", "email", "jobTitle", "company"), strict=True))
COUNTS = "{ contacts { totalCount } companies { totalCount } }"
PREVIEW = "query($id: ID!) { undoPreview(operationId: $id) { undoneAt refusal { code } } }"


@pytest.fixture
def importer(world: World) -> Importer:
    """The Admin of a fresh workspace."""
    return Importer(world.admin)


def imported(importer: Importer, rows: list[list[str]]) -> str:
    """Run an import; the id of its operation."""
    import_id = importer.create(file_of([HEADER, *rows]))["import"]["id"]
    assert not importer.map(import_id, MAPPING).errors
    operation: str = importer.start(import_id)["operationId"]
    importer.ended(import_id)
    return operation


def rows(count: int) -> list[list[str]]:
    """So many people of ten firms."""
    return [
        ["Al", f"No {at}", f"al{at}@x.example", "CEO", f"Firm {at % 10}"] for at in range(count)
    ]


def test_cont_21_an_import_is_undone_as_one_act(world: World, importer: Importer):
    known = world.contact(email="al1@x.example", jobTitle="Clerk")
    before = world.admin.run(COUNTS)
    operation = imported(importer, rows(5))
    assert world.admin.run(COUNTS) != before

    assert world.admin.act("undo", {"operationId": operation}).errors == []

    assert world.admin.run(COUNTS) == before
    assert importer.contact("al1@x.example")["jobTitle"] == "Clerk"
    assert world.admin.node(known)


def test_cont_21_the_operation_of_an_import_is_the_import(world: World, importer: Importer):
    import_id = importer.create(file_of([HEADER, *rows(1)]))["import"]["id"]
    importer.map(import_id, MAPPING)

    operation = importer.start(import_id)["operationId"]

    assert operation == encode("op", (decode(import_id) or ("", ""))[1])
    importer.ended(import_id)


def test_cont_21_a_large_import_is_undone_by_a_worker(world: World, importer: Importer):
    before = world.admin.run(COUNTS)
    operation = imported(importer, rows(2_100))
    asked = {"operationId": operation}

    undone = world.admin.act("undo", asked, "undone { finished recordCount }")["undone"]

    assert not undone["finished"]
    assert world.admin.act("undo", asked).codes == ["ALREADY_UNDONE"]
    preview = lambda: world.admin.run(PREVIEW, id=operation)["undoPreview"]  # noqa: E731
    assert eventually(lambda: preview()["undoneAt"])
    assert world.admin.run(COUNTS) == before


def test_cont_21_a_large_import_that_was_built_on_stays(world: World, importer: Importer):
    operation = imported(importer, rows(2_100))
    query = '{ contacts(filter: {email: {eq: "al7@x.example"}}) { nodes { id } } }'
    world.deal(contactId=world.admin.run(query)["contacts"]["nodes"][0]["id"])
    before = world.admin.run(COUNTS)
    assert not world.admin.act("undo", {"operationId": operation}).errors
    preview = lambda: world.admin.run(PREVIEW, id=operation)["undoPreview"]  # noqa: E731

    # The worker gives its claim back; who asks again is told the same.
    assert eventually(lambda: preview()["refusal"] is None)
    assert preview()["undoneAt"] is None
    assert world.admin.run(COUNTS) == before
