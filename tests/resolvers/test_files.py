"""Files: attached to records, seen with them, and what is never kept."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.plugins.world import World
from tests.server.filing import (
    FILE,
    archive,
    attached,
    fetched,
    files_of,
    gif,
    jpeg,
    lying,
    png,
    uploaded,
    webp,
)

MB = 1024 * 1024


@pytest.fixture
def contact(world: World) -> str:
    """A contact of the Admin."""
    return world.contact()


def test_gql_12_an_upload_becomes_a_file_of_its_record(world: World, contact: str):
    file = attached(world.admin, contact, b"Call her back", "notes.txt")["file"]

    assert file | {"id": "", "url": ""} == {
        "id": "",
        "url": "",
        "name": "notes.txt",
        "contentType": "text/plain",
        "size": 13,
        "sha256": hashlib.sha256(b"Call her back").hexdigest(),
        "version": 1,
        "width": None,
        "height": None,
        "uploader": {"id": world.user("admin")},
    }
    assert [one["id"] for one in files_of(world.admin, contact)] == [file["id"]]


CORE = {
    "company": {"name": "Globex"},
    "lead": {"firstName": "Lea", "lastName": "Dahl", "email": "lea@example.com"},
    "deal": {"name": "Renewal"},
    "task": {"title": "Call"},
    "project": {"name": "Kick-off"},
    "product": {"sku": "A-1", "name": "Seat", "billingType": "ONE_TIME"},
}


@pytest.mark.parametrize("noun", CORE)
def test_gql_12_records_of_every_kind_have_files(world: World, noun: str):
    record = world.admin.act(f"{noun}Create", CORE[noun], f"{noun} {{ id }}")[noun]["id"]
    file = attached(world.admin, record, b"text")["file"]["id"]
    query = f"query($id: ID!) {{ {noun}(id: $id) {{ files {{ totalCount nodes {{ id }} }} }} }}"

    found = world.admin.run(query, id=record)[noun]["files"]

    assert found == {"totalCount": 1, "nodes": [{"id": file}]}


KINDS = {
    "image/png": png(),
    "image/jpeg": jpeg(2, 3),
    "image/gif": gif(2, 3),
    "image/webp": webp(2, 3),
    "application/pdf": b"%PDF-1.7\n",
    "text/csv": b"a,b\n1,2\n",
    "text/html": b"\n<!-- hi --><HTML><script>alert(1)</script>",
    "image/svg+xml": b"<?xml version='1.0'?><!-- x --><svg xmlns='http://www.w3.org/2000/svg'/>",
    "application/zip": archive({"a.txt": b"a" * 1000}),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": archive(
        {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}
    ),
    "application/octet-stream": b"\x7fELF\x00\x01",
}


@pytest.mark.parametrize("kind", KINDS)
def test_gql_12_what_a_file_is_comes_from_its_bytes(world: World, contact: str, kind: str):
    name = "data.csv" if kind == "text/csv" else "innocent.png"

    file = attached(world.admin, contact, KINDS[kind], name)["file"]

    size = (2, 3) if kind in {"image/png", "image/jpeg", "image/gif", "image/webp"} else (None,) * 2
    assert (file["contentType"], file["width"], file["height"]) == (kind, *size)
    assert file["name"] == name


def nested(depth: int) -> bytes:
    content = archive({"a": b"a"})
    for _ in range(depth):
        content = archive({"inner.zip": content})
    return content


BOMBS = {
    "zip that says so": lambda: archive({"zeros": bytes(201 * MB)}),
    "zip that lies": lambda: lying(archive({"zeros": bytes(201 * MB)})),
    "zips in zips": lambda: nested(4),
    "many entries": lambda: archive({str(at): b"" for at in range(10_001)}),
    "broken zip": lambda: b"PK\x03\x04" + bytes(100),
    "image": lambda: png(30_000, 30_000),
    "empty": lambda: b"",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_gql_12_bombs_are_refused_and_nothing_is_kept(world: World, contact: str, bomb: str):
    refused = attached(world.admin, contact, BOMBS[bomb](), "report.zip")

    assert [(one["code"], one["path"]) for one in refused.errors] == [
        ("INVALID_FILE", ["uploadId"])
    ]
    assert files_of(world.admin, contact) == []


def test_gql_12_an_attachment_has_at_most_25_mb(world: World, contact: str):
    assert attached(world.admin, contact, bytes(25 * MB)).codes == []
    assert attached(world.admin, contact, bytes(25 * MB + 1)).codes == ["INVALID_FILE"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\Quote 7.pdf", "Quote 7.pdf"),
        ("/tmp/żółć.txt. ", "żółć.txt"),
        ("a\u0000b", None),
        ("line\r\nbreak.txt", None),
        ("invoice\u202egpj.exe", None),
        ("..", None),
        ("folder/", None),
    ],
)
def test_gql_12_names_lose_their_folders_and_hide_nothing(
    world: World, contact: str, given: str, kept: str | None
):
    made = world.admin.act("uploadCreate", {"fileName": given, "size": 1}, "upload { id }")
    file = attached(world.admin, contact, b"x")["file"]
    renamed = world.admin.act("fileRename", {"id": file["id"], "name": given}, FILE)

    if kept is None:
        assert (made.codes, renamed.codes) == (["INVALID_VALUE"], ["INVALID_VALUE"])
    else:
        assert (made.codes, renamed["file"]["name"]) == ([], kept)


def test_gql_12_an_upload_attached_twice_is_one_file(world: World, contact: str):
    upload, other = uploaded(world.admin, b"Terms"), world.deal()
    rows = [{"recordId": one, "uploadId": upload} for one in (contact, other, contact) * 2]

    with ThreadPoolExecutor(6) as several:
        answers = list(several.map(lambda row: world.admin.act("fileAttach", row, FILE), rows))

    assert len({answer["file"]["id"] for answer in answers}) == 1
    query = """query($id: ID!) { deal(id: $id) { files { totalCount } } files { totalCount } }"""
    assert world.admin.run(query, id=other) == {
        "deal": {"files": {"totalCount": 1}},
        "files": {"totalCount": 1},
    }


def test_gql_12_a_file_is_seen_with_its_records_and_by_who_sent_it(world: World, contact: str):
    file = attached(world.admin, contact, b"secret")["file"]
    deal = world.deal(world.rep)
    assert world.rep.node(file["id"]) is None
    assert fetched(file["url"].partition("?")[0], world.rep).status_code == 404

    given = {"recordId": deal, "fileId": file["id"]}
    assert world.admin.act("fileLink", given, FILE).codes == []
    assert world.rep.node(file["id"])
    assert fetched(file["url"].partition("?")[0], world.rep).content == b"secret"
    assert world.rep.act("fileDetach", given, FILE).codes == []
    assert world.rep.node(file["id"]) is None


def test_gql_12_what_is_not_in_sight_is_not_attached_to(world: World, contact: str):
    upload = uploaded(world.rep, b"x")
    theirs = uploaded(world.admin, b"y")
    mine = world.deal(world.rep)
    given = [
        {"recordId": contact, "uploadId": upload},
        {"recordId": mine, "uploadId": theirs},
        {"recordId": mine, "fileId": attached(world.admin, contact, b"z")["file"]["id"]},
        {"recordId": world.user("rep"), "uploadId": upload},
        {"recordId": "nonsense", "uploadId": upload},
        {"recordId": mine, "uploadId": "nonsense"},
    ]

    acts = ["fileLink" if "fileId" in one else "fileAttach" for one in given]
    refused = [world.rep.act(*both, FILE).errors[0] for both in zip(acts, given, strict=True)]

    assert [(one["code"], *one["path"]) for one in refused] == [
        *[("NOT_FOUND", "recordId"), ("NOT_FOUND", "uploadId"), ("NOT_FOUND", "fileId")],
        *[("INVALID_ID", "recordId"), ("INVALID_ID", "recordId"), ("INVALID_ID", "uploadId")],
    ]


def test_gql_12_files_are_renamed_deleted_and_restored(world: World, contact: str):
    file = attached(world.admin, contact, b"x")["file"]
    given = {"id": file["id"], "name": "Offer.txt", "expectedVersion": 1}
    renamed = world.admin.act("fileRename", given, FILE)["file"]
    stale = world.admin.act("fileDelete", {"id": file["id"], "expectedVersion": 1}, FILE)
    assert world.admin.act("fileDelete", {"id": file["id"]}, FILE).codes == []

    gone = files_of(world.admin, contact), fetched(file["url"]).status_code
    back = world.admin.act("fileRestore", {"id": file["id"]}, FILE)["file"]

    assert (renamed["name"], stale.codes, gone) == ("Offer.txt", ["STALE_VERSION"], ([], 404))
    assert back["version"] == 4
    assert fetched(file["url"]).content == b"x"


def test_gql_12_who_may_not_change_all_its_records_does_not_delete_a_file(world: World):
    deal = world.deal(world.rep)
    file = attached(world.admin, deal, b"x")["file"]["id"]
    given = {"recordId": world.contact(), "fileId": file}
    assert world.admin.act("fileLink", given, FILE).codes == []

    shared = world.rep.act("fileDelete", {"id": file}, FILE).codes
    assert world.admin.act("fileDetach", given, FILE).codes == []
    own = world.rep.act("fileDelete", {"id": file}, FILE).codes

    assert (shared, own) == (["READ_ONLY"], [])


def test_gql_12_a_form_of_another_page_sends_nothing(world: World):
    made = world.admin.act("uploadCreate", {"fileName": "a.txt", "size": 5}, "upload { putUrl }")
    put, http = made["upload"]["putUrl"], world.server.http
    form = {"operations": '{"query": "{ __typename }"}', "map": "{}"}

    sent = http.post("/graphql", files={"0": b"Hello"}, data=form, headers=world.admin.headers)

    # Tokens travel in a header alone: a page elsewhere has none to send.
    assert sent.status_code == 415
    assert [http.put(put, content=b"Hello").status_code, http.post(put).status_code] == [401, 405]
