"""Serving files: who gets the bytes, which of them, and what a browser is told to do with them."""

import httpx
import pytest

from tests.plugins.world import World
from tests.server.filing import attached, bare, fetched, png, uploaded

TEXT = bytes(range(32, 127)) * 100


@pytest.fixture
def url(world: World) -> str:
    """The address of a text file."""
    return str(attached(world.admin, world.contact(), TEXT, 'Ćma "1".txt')["file"]["url"])


def test_gql_12_a_file_is_served_with_all_it_needs_to_be_harmless(world: World, url: str):
    answer = fetched(url)

    assert (answer.status_code, answer.content) == (200, TEXT)
    headers = answer.headers
    assert headers["content-type"] == "text/plain; charset=utf-8"
    assert headers["content-disposition"] == (
        "inline; filename=\"_ma _1_.txt\"; filename*=UTF-8''%C4%86ma%20%221%22.txt"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert (headers["cache-control"], headers["accept-ranges"]) == ("private, no-cache", "bytes")


PAGES = {
    "page.html": b"<!doctype html><script>alert(document.domain)</script>",
    "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "feed.xml": b"<?xml version='1.0'?><a xmlns='http://www.w3.org/1999/xhtml'/>",
    "innocent.png": b"<script>alert(1)</script>",
    "paper.pdf": b"%PDF-1.7",
}


@pytest.mark.parametrize("name", PAGES)
def test_gql_12_pages_and_drawings_are_never_shown_inline(world: World, name: str):
    file = attached(world.admin, world.contact(), PAGES[name], name)["file"]

    answer = fetched(file["url"])

    assert answer.content == PAGES[name]
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="{name}"')
    own = "application/pdf" if name == "paper.pdf" else "application/octet-stream"
    assert answer.headers["content-type"] == own


@pytest.mark.parametrize(
    ("asked", "status", "span"),
    [
        ("bytes=0-", 206, (0, 9499)),
        ("bytes=10-19", 206, (10, 19)),
        ("bytes=9490-99999", 206, (9490, 9499)),
        ("bytes=-5", 206, (9495, 9499)),
        ("bytes=9500-", 416, None),
        ("bytes=-0", 416, None),
        ("bytes=5-1", 200, (0, 9499)),
        ("bytes=0-1,5-6", 200, (0, 9499)),
        ("bytes=x-y", 200, (0, 9499)),
        ("rows=0-1", 200, (0, 9499)),
    ],
)
def test_gql_12_a_part_of_a_file_is_served(
    url: str, asked: str, status: int, span: tuple[int, int] | None
):
    answer = fetched(url, range=asked)

    assert answer.status_code == status
    if span is None:
        assert answer.headers["content-range"] == "bytes */9500"
    else:
        first, last = span
        assert answer.content == TEXT[first : last + 1]
        told = f"bytes {first}-{last}/9500" if status == 206 else None
        assert answer.headers.get("content-range") == told


def test_gql_12_a_file_that_is_known_is_not_sent_again(url: str):
    etag = fetched(url).headers["etag"]

    known = fetched(url, if_none_match=f'"other", {etag}')
    other = fetched(url, range="bytes=0-3", if_range='"other"')
    head = httpx.head(url)

    assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", etag)
    assert (other.status_code, len(other.content)) == (200, 9500)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, "9500", b"")


def test_gql_12_without_a_key_or_a_token_nothing_is_served(world: World, url: str):
    key = url.partition("?key=")[2]
    wrong = [bare(url), f"{bare(url)}?key=", f"{bare(url)}?key={key[:-2]}aa", f"{url}é"]
    other = attached(world.admin, world.contact(), b"other")["file"]["url"]
    wrong.append(f"{bare(other)}?key={key}")

    answers = [fetched(one) for one in wrong]

    assert [one.status_code for one in answers] == [401] * len(wrong)
    assert fetched(bare(url), world.admin).content == TEXT


def test_gql_12_a_link_ends_with_the_sight_of_who_asked_for_it(world: World):
    deal = world.deal(world.rep)
    file = attached(world.rep, deal, b"x")["file"]["id"]
    world.join("other", "REP")
    theirs = world.deal(world.join("other", "REP")[0])
    given = {"recordId": theirs, "fileId": file}
    assert world.admin.act("fileLink", given, "file { id }").codes == []
    query = "query($id: ID!) { file(id: $id) { url } }"
    url = world.join("other", "REP")[0].run(query, id=file)["file"]["url"]

    before = fetched(url).status_code
    assert world.admin.act("fileDetach", given, "file { id }").codes == []

    assert (before, fetched(url).status_code) == (200, 404)


def test_gql_12_a_link_ends_with_its_user(world: World):
    deal = world.deal(world.rep)
    url = attached(world.rep, deal, b"x")["file"]["url"]
    given = {"id": world.user("rep"), "reassignTo": world.user("admin")}

    before = fetched(url).status_code
    assert world.admin.act("userDeactivate", given, "user { id }").codes == []

    assert (before, fetched(url).status_code) == (200, 404)


def test_gql_12_of_two_who_send_an_upload_at_once_the_first_is_kept(world: World):
    client = world.admin
    given = {"fileName": "race.txt", "size": 4}
    made = client.act("uploadCreate", given, "upload { id putUrl }")["upload"]
    slow = iter([b"sl", b"ow"])

    def parts():
        yield next(slow)
        first = client.server.http.put(made["putUrl"], content=b"fast", headers=client.headers)
        assert first.status_code == 201
        yield next(slow)

    late = httpx.put(made["putUrl"], content=parts(), headers=client.headers)
    attach = {"recordId": world.contact(), "uploadId": made["id"]}
    file = client.act("fileAttach", attach, "file { url }")["file"]

    assert late.status_code == 404
    assert fetched(file["url"]).content == b"fast"


def test_gql_12_another_workspace_is_served_nothing(world: World, server):
    stranger, file = World(server), attached(world.admin, world.contact(), png())["file"]

    assert fetched(bare(file["url"]), stranger.admin).status_code == 404
    given = {"recordId": stranger.contact(), "uploadId": uploaded(world.admin, b"x")}
    assert stranger.admin.act("fileAttach", given, "file { id }").codes == ["NOT_FOUND"]
