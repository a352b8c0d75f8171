"""Orphans: what nothing needs is deleted for good, and nothing else, whoever works meanwhile."""

import asyncio
import os
from pathlib import Path

import asyncpg

from core import clock, files
from core.db import Database
from core.settings import Settings
from services import orphans
from tests.plugins.dev import eventually, run
from tests.plugins.world import Server, World
from tests.resolvers import quoting
from tests.server.filing import attached, bare, fetched, png, uploaded
from tests.server.papers import ready
from tests.services.importing import sql, uuid


def aged(server: Server, table: str, column: str, wire_id: str) -> None:
    """Make a row older than anything is kept for."""
    statement = f"UPDATE {table} SET {column} = now() - interval '31 days' WHERE id = $1"
    sql(server, statement, uuid(wire_id))


def stored(server: Server, world: World) -> set[str]:
    """The names of what lies in the file store for a workspace."""
    folder = Path(server.dev.data) / "files" / uuid(world.id) / "uploads"
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def cleaned(server: Server, world: World) -> tuple[int, int, int]:
    """Clean a workspace up; how many files, uploads and leftovers went."""

    async def clean() -> orphans.Cleaned:
        told = Settings(database_app_url=server.ready["appDatabaseUrl"])
        database = await Database.open(told, application="tests")
        store = files.at((Path(server.dev.data) / "files").as_uri())
        try:
            return await orphans.clean_workspace(database, store, uuid(world.id), clock.now())
        finally:
            await database.close()

    done = asyncio.run(clean())
    return done.files, done.uploads, done.leftovers


def test_gql_12_uploads_that_nobody_used_go_after_a_day(world: World, server: Server):
    old, fresh = uploaded(world.admin, b"old"), uploaded(world.admin, b"fresh")
    used = attached(world.admin, world.contact(), b"used")["file"]
    aged(server, "upload", "created_at", old)
    sql(server, "UPDATE upload SET created_at = '2020-01-01' WHERE sha256 = $1", used["sha256"])

    assert cleaned(server, world) == (0, 1, 0)
    assert len(stored(server, world)) == 2
    contact = world.contact()
    for upload, codes in ((old, ["NOT_FOUND"]), (fresh, [])):
        given = {"recordId": contact, "uploadId": upload}
        assert world.admin.act("fileAttach", given, "file { id }").codes == codes


def test_gql_12_files_that_no_record_has_go_after_30_days(world: World, server: Server):
    contact = world.contact()
    gone, kept = (attached(world.admin, contact, text)["file"] for text in (b"gone", b"kept"))
    photo = {"id": world.user("admin"), "photoUploadId": uploaded(world.admin, png())}
    url = world.admin.act("userUpdate", photo, "user { avatarUrl }")["user"]["avatarUrl"]
    detach = {"recordId": contact, "fileId": gone["id"]}
    assert not world.admin.act("fileDetach", detach).errors
    assert cleaned(server, world) == (0, 0, 0)
    for one in (gone["id"], kept["id"], bare(url).rpartition("/")[2]):
        aged(server, "file", "updated_at", one)
    sql(
        server,
        "UPDATE upload SET created_at = '2020-01-01' WHERE workspace_id = $1",
        uuid(world.id),
    )

    assert cleaned(server, world) == (1, 1, 0)
    assert [fetched(one).status_code for one in (gone["url"], kept["url"], url)] == [404, 200, 200]
    assert len(stored(server, world)) == 2


def test_gql_12_a_file_that_is_being_attached_is_left_alone(world: World, server: Server):
    contact = world.contact()
    file = attached(world.admin, contact, b"x")["file"]["id"]
    assert not world.admin.act("fileDetach", {"recordId": contact, "fileId": file}).errors
    upload = uploaded(world.admin, b"y")
    aged(server, "file", "updated_at", file)
    sql(
        server,
        "UPDATE upload SET created_at = '2020-01-01' WHERE workspace_id = $1",
        uuid(world.id),
    )

    held = asyncio.run(_clean_while_held(server, world, uuid(file), uuid(upload)))

    assert held == (0, 0, 0)
    assert cleaned(server, world) == (1, 2, 0)


async def _clean_while_held(server: Server, world: World, file: str, upload: str):
    """Clean up while another act holds a file and an upload as attaching them does."""
    owner = await asyncpg.connect(server.ready["databaseUrl"])
    try:
        async with owner.transaction():
            await owner.execute("SELECT FROM file WHERE id = $1 FOR KEY SHARE", file)
            await owner.execute("SELECT FROM upload WHERE id = $1 FOR KEY SHARE", upload)
            return await asyncio.to_thread(cleaned, server, world)
    finally:
        await owner.close()


def test_gql_12_an_import_keeps_its_upload_until_it_has_ended(world: World, server: Server):
    upload = uploaded(world.admin, b"First Name,Last Name,Email\nA,B,a@example.com\n", "p.csv")
    assert not world.admin.act("importCreate", {"uploadId": upload}, "import { id }").errors
    aged(server, "upload", "created_at", upload)

    assert cleaned(server, world) == (0, 0, 0)
    end = "UPDATE import SET status = 'FAILED', finished_at = '2020-01-01' WHERE upload_id = $1"
    sql(server, end, uuid(upload))
    assert cleaned(server, world) == (0, 1, 0)


def test_gql_12_bytes_without_an_upload_go(world: World, server: Server):
    attached(world.admin, world.contact(), b"kept")
    folder = Path(server.dev.data) / "files" / uuid(world.id) / "uploads"
    known = next(iter(stored(server, world)))
    (folder / "0190a000-0000-7000-8000-000000000000").write_bytes(b"of a crash")
    (folder / f"{known}.0190a000-0000-7000-8000-000000000001").write_bytes(b"being sent")

    assert cleaned(server, world) == (0, 0, 1)
    assert len(stored(server, world)) == 2


def test_gql_12_the_command_cleans_every_workspace(world: World, server: Server):
    aged(server, "upload", "created_at", uploaded(world.admin, b"old"))

    done = run("tidy", "--data", server.dev.data)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Deleted ")
    assert stored(server, world) == set()


def aged_papers(server: Server, world: World) -> set[str]:
    """Make all PDFs of a workspace older than anything is kept for; the names of their files."""
    old = "UPDATE document SET rendered_at = rendered_at - interval '31 days'"
    sql(server, f"{old} WHERE workspace_id = $1", uuid(world.id))
    folder = Path(server.dev.data) / "files" / uuid(world.id) / "documents"
    for path in folder.iterdir():
        os.utime(path, (0, 0))
    return {path.stem for path in folder.iterdir()}


def test_quote_11_pdfs_that_were_replaced_go_after_30_days_unless_they_were_mailed(
    world: World, server: Server
):
    quote = quoting.quote(world)
    draft = ready(world.admin, quote["id"])
    told = "quote { id } delivery { id }"
    sent = world.admin.act("quoteSend", {"id": quote["id"]}, told)["delivery"]["id"]
    states = "query($id: ID!) { node(id: $id) { ... on EmailDelivery { state } } }"
    assert eventually(lambda: world.admin.run(states, id=sent)["node"]["state"] == "SENT")
    mailed = ready(world.admin, quote["id"])
    world.admin.act("quoteDecline", {"id": quote["id"], "reason": "No"}, "quote { id }")["quote"]
    last = ready(world.admin, quote["id"])

    before = aged_papers(server, world)
    cleaned(server, world)

    assert before == {one["sha256"] for one in (draft, mailed, last)}
    assert aged_papers(server, world) == {one["sha256"] for one in (mailed, last)}
    assert fetched(last["url"]).status_code == 200
