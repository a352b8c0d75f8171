"""GraphiQL at /graphql: its files, its page, and the page at work in a browser."""

import json
import secrets
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from playwright.async_api import expect

from tests.server.browser import chromium, run_query, visiting

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "server" / "static"
WEB = ROOT / "server" / "web"
MANIFEST = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
EXAMPLES = sorted((ROOT / "docs" / "examples").glob("*.graphql"))


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def test_the_manifest_holds_the_hash_of_every_built_file():
    built = {path.name: digest(path) for path in STATIC.glob("*-*.*")}

    assert built == {entry["file"]: entry["sha256"] for entry in MANIFEST["files"].values()}


def test_the_built_files_come_from_these_sources():
    files = (path for path in WEB.rglob("*") if path.is_file())
    names = sorted(path.relative_to(WEB).as_posix() for path in files)
    lines = [f"{digest(WEB / name)}  {name}\n" for name in names if "node_modules/" not in name]

    assert sha256("".join(lines).encode()).hexdigest() == MANIFEST["sources"], "run ./dev assets"


def test_every_package_that_is_bundled_shows_its_licence():
    licences = (STATIC / "LICENSES.txt").read_text(encoding="utf-8")
    wanted = json.loads((WEB / "package.json").read_text(encoding="utf-8"))["dependencies"]

    assert [name for name, version in wanted.items() if f"{name} {version} (" not in licences] == []


def test_the_lock_file_names_no_package_host():
    assert '"resolved"' not in (WEB / "package-lock.json").read_text(encoding="utf-8")


@pytest.fixture
def http(server):
    with httpx.Client(base_url=server.url) as client:
        yield client


def test_a_browser_gets_the_page_which_nothing_else_may_frame_or_extend(http):
    answer = http.get("/graphql", headers=HTML)

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.parametrize("source", MANIFEST["files"])
def test_an_asset_is_served_for_ever_under_its_hash(http, source):
    entry = MANIFEST["files"][source]

    answer = http.get(f"/graphql/assets/{entry['file']}")

    assert sha256(answer.content).hexdigest() == entry["sha256"]
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "name", ["manifest.json", "graphiql.js", "..%2fbundles.py", "LICENSES.txt"]
)
def test_nothing_but_assets_is_served_beside_them(http, name):
    assert http.get(f"/graphql/assets/{name}").status_code == httpx.codes.NOT_FOUND


@pytest.fixture(scope="module")
async def browser(browser_path):
    async with chromium(browser_path) as started:
        yield started


@pytest.fixture
async def visit(browser, server):
    async with visiting(browser, f"{server.url}/graphql") as seen:
        yield seen


def editor(page):
    return page.locator(".graphiql-query-editor .CodeMirror")


async def sign_in(page, login):
    await page.get_by_label("E-mail").fill(login["email"])
    await page.get_by_label("Password").fill(login["password"])
    await page.keyboard.press("Enter")


@pytest.mark.needs("browser")
async def test_gql_06_subscriptions_run(visit):
    await editor(visit.page).evaluate(
        "one => one.CodeMirror.setValue('subscription { heartbeat(count: 2) }')"
    )
    answer = await run_query(visit.page)

    assert json.loads(answer)["data"]["heartbeat"] in {1, 2}


@pytest.mark.needs("browser")
async def test_gql_06_graphiql_opens_signed_in_and_runs_the_chain(visit):
    await expect(visit.page.locator(".who")).to_contain_text("Executive")
    await expect(visit.page.get_by_role("tab")).to_have_count(len(EXAMPLES))

    answer = json.loads(await run_query(visit.page))

    assert "errors" not in answer
    assert answer["data"]["contacts"]["nodes"]


@pytest.mark.needs("browser")
async def test_gql_06_the_documentation_explains_a_type(visit):
    await visit.page.get_by_role("button", name="Show Documentation Explorer").click()
    await visit.page.get_by_role("link", name="Query", exact=True).click()

    await expect(visit.page.locator(".graphiql-doc-explorer")).to_contain_text("contacts")


@pytest.mark.needs("browser")
async def test_gql_06_the_explorer_writes_the_query(visit):
    await visit.page.get_by_role("button", name="Show GraphiQL Explorer").click()
    await visit.page.locator(".graphiql-explorer-root").get_by_text("viewer", exact=True).click()

    await visit.page.wait_for_function(
        "document.querySelector('.graphiql-query-editor .CodeMirror')"
        ".CodeMirror.getValue().includes('viewer')"
    )


@pytest.mark.needs("browser")
async def test_gql_06_an_example_opens_in_a_tab_of_its_own(visit):
    title = EXAMPLES[-1].read_text(encoding="utf-8").partition("\n")[0].strip("# ")
    await visit.page.get_by_role("button", name="Show Examples").click()
    await visit.page.get_by_role("button", name=title).click()

    await expect(visit.page.get_by_role("tab")).to_have_count(len(EXAMPLES) + 1)
    await expect(editor(visit.page)).to_contain_text(title)


@pytest.mark.needs("browser")
async def test_a_person_switches_to_another_role_and_a_reload_keeps_it(visit, server):
    await visit.page.get_by_role("button", name="Switch user").click()
    await sign_in(visit.page, server.sign_ins["rep"])
    await expect(visit.page.locator(".who")).to_contain_text("Sales Rep")
    await visit.page.reload()

    await expect(visit.page.locator(".who")).to_contain_text("Sales Rep")
    assert server.sign_ins["rep"]["password"] not in await visit.kept()


@pytest.mark.needs("browser")
async def test_signed_out_stays_signed_out_until_the_right_password(visit, server):
    await visit.page.get_by_role("button", name="Sign out").click()
    await visit.page.reload()
    await sign_in(visit.page, {**server.sign_ins["finance"], "password": "not this one"})
    await expect(visit.page.get_by_role("alert")).to_be_visible()

    await sign_in(visit.page, server.sign_ins["finance"])

    await expect(visit.page.locator(".who")).to_contain_text("Finance")


@pytest.fixture
def login_of_two(server):
    login = {"email": f"both-{secrets.token_hex(4)}@harbor.example", "password": "nine calm otters"}
    names = {"firstName": "Bo", "lastName": "Both"}
    place = {"timeZone": "UTC", "currency": "EUR"}
    for workspace in ("North Harbor", "South Harbor"):
        given = {"workspaceName": workspace, **names, **login, **place}
        assert server.client(None).act("workspaceSignUp", given, "token")["token"]
    return login


@pytest.mark.needs("browser")
async def test_setup_17_a_person_of_two_workspaces_chooses_one(visit, login_of_two):
    await visit.page.get_by_role("button", name="Switch user").click()
    await sign_in(visit.page, login_of_two)
    await visit.page.get_by_role("button", name="South Harbor").click()

    await expect(visit.page.locator(".who")).to_contain_text("Bo Both (Admin, South Harbor)")


@pytest.mark.needs("browser")
async def test_a_session_that_ended_asks_to_sign_in_again(visit, server):
    session = json.dumps({"token": "ended", "name": "Somebody"})
    await visit.page.evaluate(
        "text => sessionStorage.setItem('coeffection.session', text)", session
    )
    await visit.page.reload()

    await expect(visit.page.get_by_role("alert")).to_contain_text("session has ended")
    await visit.page.get_by_role("button", name="Continue as").click()
    await expect(visit.page.locator(".who")).to_contain_text("Executive")
    visit.complaints.clear()  # the browser itself notes the refused request


@pytest.mark.needs("browser")
async def test_a_header_typed_in_graphiql_is_sent_and_not_kept(visit, server):
    token = server.sign_ins["rep"]["token"]
    await visit.page.get_by_role("button", name="Headers").click()
    headers = visit.page.locator(".graphiql-editor-tool .CodeMirror:visible")
    await headers.click()
    await visit.page.keyboard.insert_text(json.dumps({"Authorization": f"Bearer {token}"}))
    await visit.page.get_by_role("button", name="New tab").click()  # the first tab is saved here
    await visit.page.get_by_role("tab").first.click()
    await expect(headers).to_contain_text("Bearer")
    async with visit.page.expect_request("**/graphql") as request:
        await run_query(visit.page)

    assert (await request.value).headers["authorization"] == f"Bearer {token}"
    await visit.page.wait_for_function("localStorage.getItem('graphiql:queries') !== null")
    assert token not in await visit.kept()


@pytest.mark.needs("browser")
async def test_the_keyboard_alone_leaves_the_editor(visit):
    await editor(visit.page).click()
    await visit.page.keyboard.press("Escape")
    await visit.page.keyboard.press("Tab")

    await expect(visit.page.get_by_role("button", name="Execute query")).to_be_focused()
