"""The live page at /live: what is served, and the page at work in browsers side by side."""

import re

import httpx
import pytest
from graphql import build_schema, parse, validate
from playwright.async_api import Locator, Page, expect

from tests.plugins.dev import ROOT
from tests.plugins.world import PASSWORD, Client, World
from tests.server.browser import chromium, visiting
from tests.server.cable import cable
from tests.subscriptions.test_boards import move, sales

OPERATIONS = ROOT / "server" / "web" / "live" / "operations.graphql"
PHONE = {"viewport": {"width": 375, "height": 700}, "has_touch": True, "is_mobile": True}


def test_gql_06_the_operations_of_the_live_page_fit_the_schema():
    schema = build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))

    assert validate(schema, parse(OPERATIONS.read_text(encoding="utf-8"))) == []


def test_the_live_page_may_load_and_reach_nothing_but_its_own_server(server):
    answer = httpx.get(f"{server.url}/live")

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.fixture(scope="module")
async def browser(browser_path):
    async with chromium(browser_path) as started:
        yield started


@pytest.fixture
def at(browser, server):
    """Open the live page as somebody."""

    def opened(who: Client, url: str = server.url, view: str = "", **options):
        return visiting(browser, f"{url}/live{view}", who.token, **options)

    return opened


def column(page: Page, stage: str) -> Locator:
    return page.get_by_role("region", name=re.compile(f"^{stage},"))


def card(page: Page | Locator, name: str) -> Locator:
    return page.locator("[data-card]", has_text=name)


async def drag(page: Page, name: str, stage: str) -> None:
    await card(page, name).hover()
    await page.mouse.down()
    await column(page, stage).locator("ul").hover()
    await page.mouse.up()


@pytest.mark.needs("browser")
async def test_deal_06_a_drag_in_one_browser_appears_in_the_other(world: World, at):
    world.deal(name="Globex", value={"amount": "1200"})
    async with at(world.admin) as here, at(world.admin) as there:
        await expect(card(there.page, "Globex")).to_be_visible()
        await drag(here.page, "Globex", "Qualified")

        qualified = column(there.page, "Qualified")
        await expect(card(qualified, "Globex")).to_be_visible()
        await expect(qualified.locator("header")).to_contain_text("$1,200")
        await expect(column(there.page, "Prospecting").locator(".count")).to_have_text("0")
        await expect(there.page.locator(".ticker")).to_have_text(
            "Ada Admin moved Globex to Qualified."
        )


@pytest.mark.needs("browser")
async def test_deal_06_a_card_is_moved_and_put_back_by_keys_alone(world: World, at):
    world.deal(name="Globex")
    async with at(world.admin) as visit:
        await card(visit.page, "Globex").focus()
        for key in ("Space", "ArrowRight", "ArrowRight", "Escape", "Space", "ArrowRight"):
            await visit.page.keyboard.press(key)
        await expect(visit.page.locator(".ticker")).to_have_text("Qualified, place 1 of 1.")
        await visit.page.keyboard.press("Space")

        await expect(card(column(visit.page, "Qualified"), "Globex")).to_be_focused()
        await expect(visit.page.locator(".toast")).to_contain_text("Moved Globex to Qualified.")
        await visit.page.get_by_role("button", name="Undo").click()
        await expect(card(column(visit.page, "Prospecting"), "Globex")).to_be_visible()


@pytest.mark.needs("browser")
async def test_deal_14_a_gate_sends_the_card_back_with_the_reason(world: World, at):
    stages = sales(world)
    given = {"stageId": stages["Qualified"], "conditions": [{"field": "company"}]}
    assert world.admin.act("stageGateSet", given).errors == []
    world.deal(name="Globex")
    async with at(world.admin) as visit:
        await drag(visit.page, "Globex", "Qualified")

        await expect(visit.page.get_by_role("alert")).to_contain_text("Qualified asks for more")
        await expect(card(column(visit.page, "Prospecting"), "Globex")).to_be_visible()


@pytest.mark.needs("browser")
async def test_gql_03_a_network_cut_and_restored_loses_nothing(world: World, at):
    stages = sales(world)
    first, own, gone = (world.deal(name=name) for name in ("First", "Own", "Gone"))
    async with cable(world.server.url) as line, at(world.admin, line.url) as visit:
        await expect(card(visit.page, "Gone")).to_be_visible()
        line.cut()
        await expect(visit.page.get_by_role("status")).to_have_text("Reconnecting…")
        move(world, first, stages["Qualified"])
        world.admin.act("dealDelete", {"id": gone})
        world.deal(name="New")
        await drag(visit.page, "Own", "Proposal Sent")
        line.mend()

        await expect(card(column(visit.page, "Qualified"), "First")).to_be_visible()
        await expect(visit.page.locator(".toast")).to_contain_text("Moved Own to Proposal Sent.")
        await expect(column(visit.page, "Prospecting").locator("strong")).to_have_text(["New"])
        visit.complaints.clear()  # the browser itself notes each refused connection
    found = world.admin.run("query($i: ID!) { deal(id: $i) { version } }", i=own)
    assert found["deal"]["version"] == 2


@pytest.mark.needs("browser")
async def test_gql_03_a_device_without_a_network_says_so(world: World, at):
    async with at(world.admin) as visit:
        await expect(visit.page.get_by_role("status")).to_have_text("Live")
        await visit.page.context.set_offline(True)
        await expect(visit.page.get_by_role("status")).to_have_text("Offline")
        world.deal(name="Globex")
        await visit.page.context.set_offline(False)

        await expect(card(visit.page, "Globex")).to_be_visible()
        visit.complaints.clear()


@pytest.mark.needs("browser")
async def test_deal_04_a_card_out_of_sight_never_appears(world: World, at):
    world.rep  # noqa: B018 - has to have joined
    async with at(world.rep) as visit:
        await expect(column(visit.page, "Prospecting").locator(".count")).to_have_text("0")
        hidden = world.deal(name="Hidden", ownerId=world.user("admin"))
        move(world, hidden, sales(world)["Qualified"])
        world.deal(name="Shown", ownerId=world.user("rep"))

        await expect(visit.page.locator("[data-card] strong")).to_have_text(["Shown"])
        await expect(visit.page.locator(".ticker")).not_to_contain_text("Hidden")


@pytest.mark.needs("browser")
async def test_deal_04_a_search_narrows_the_board_and_goes_on_live(world: World, at):
    world.deal(name="Globex")
    world.deal(name="Initech", value={"amount": "70"})
    async with at(world.admin) as visit:
        await visit.page.get_by_label("Search").fill("init")
        await expect(visit.page.locator("[data-card] strong")).to_have_text(["Initech"])
        await expect(column(visit.page, "Prospecting").locator("header")).to_contain_text("$70")
        world.deal(name="Initial")

        names = visit.page.locator("[data-card] strong")
        await expect(names).to_have_text(["Initial", "Initech"])


@pytest.mark.needs("browser")
async def test_deal_04_a_new_stage_and_a_new_deal_come_by_themselves(world: World, at):
    async with at(world.admin) as visit:
        await expect(column(visit.page, "Prospecting")).to_be_visible()
        given = {"pipelineId": sales(world)["id"], "name": "Trial", "color": "#94a3b8"}
        assert world.admin.act("pipelineStageAdd", given | {"probability": 30}).errors == []
        await visit.page.get_by_role("button", name="New deal in Trial").click()
        await visit.page.get_by_label("Name").fill("Globex")
        await visit.page.get_by_role("button", name="Create").click()

        await expect(card(column(visit.page, "Trial"), "Globex")).to_be_visible()


@pytest.mark.needs("browser")
async def test_dash_14_the_dashboard_follows_what_happens(world: World, at):
    async with at(world.admin, view="#dashboard") as visit:
        stages = visit.page.get_by_role("region", name="Pipeline by Stage")
        await expect(stages.get_by_role("listitem").first).to_have_text("Prospecting0 · $0")
        world.deal(value={"amount": "1200"})

        await expect(stages.get_by_role("listitem").first).to_have_text("Prospecting1 · $1,200")
        await expect(visit.page.get_by_role("region", name="Recent Activity")).to_contain_text(
            "Ada Admin created Globex Renewal"
        )


@pytest.mark.needs("browser")
async def test_a_sign_in_that_fails_says_why_and_the_right_one_opens_the_board(
    world: World, browser
):
    async with visiting(browser, f"{world.server.url}/live") as visit:
        await visit.page.get_by_role("button", name="Sign out").click()
        await visit.page.get_by_label("E-mail").fill(world.email("admin"))
        await visit.page.get_by_label("Password").fill("not this one")
        await visit.page.get_by_role("button", name="Sign in", exact=True).click()
        await expect(visit.page.get_by_role("alert")).to_contain_text("wrong")
        await visit.page.get_by_label("Password").fill(PASSWORD)
        await visit.page.keyboard.press("Enter")

        await expect(visit.page.locator(".who")).to_have_text(f"Ada Admin, {world.name}")


@pytest.mark.needs("browser")
async def test_setup_01_a_visitor_makes_a_workspace_and_sees_its_board(world: World, browser):
    fields = {"Company": "Quay", "First name": "Kai", "Last name": "Quist", "Password": PASSWORD}
    async with visiting(browser, f"{world.server.url}/live", "ended") as visit:
        await expect(visit.page.get_by_role("alert")).to_contain_text("session has ended")
        await visit.page.get_by_role("button", name="Create a workspace").click()
        for label, text in (fields | {"E-mail": f"kai@{world.email('quay')[5:]}"}).items():
            await visit.page.get_by_label(label).fill(text)
        await visit.page.get_by_role("button", name="Create workspace").click()

        await expect(column(visit.page, "Prospecting")).to_be_visible()
        visit.complaints.clear()


@pytest.mark.needs("browser")
async def test_sec_03_a_revoked_session_asks_to_sign_in_again(world: World, at):
    client, _ = world.join("guest", "REP")
    async with at(client) as visit:
        await expect(visit.page.get_by_role("status")).to_have_text("Live")
        client.act("signOut", {})

        await expect(visit.page.get_by_role("alert")).to_contain_text("session has ended")
        visit.complaints.clear()


@pytest.mark.needs("browser")
async def test_gql_03_a_wider_sight_is_read_anew(world: World, at):
    world.manager  # noqa: B018 - has to have joined
    world.join("rep", "REP")
    world.deal(name="Globex", ownerId=world.user("rep"))
    async with at(world.manager) as visit:
        await expect(column(visit.page, "Prospecting").locator(".count")).to_have_text("0")
        given = {"name": "East", "managerId": world.user("manager")}
        team = world.admin.act("teamCreate", given, "team { id }")["team"]["id"]
        world.admin.act("teamMemberAdd", {"teamId": team, "userId": world.user("rep")})

        await expect(card(visit.page, "Globex")).to_be_visible()


@pytest.mark.needs("browser")
async def test_the_page_fits_a_phone(world: World, at):
    world.deal(name="Globex " + "very" * 20)
    widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    async with at(world.admin, **PHONE) as visit:
        await card(visit.page, "Globex").tap()
        await visit.page.get_by_label("Stage").select_option("Qualified")
        await visit.page.get_by_role("button", name="Close", exact=True).tap()
        await expect(card(column(visit.page, "Qualified"), "Globex")).to_be_visible()
        for view in ("Board", "Dashboard"):
            await visit.page.get_by_role("button", name=view, exact=True).tap()
            wide, there = await visit.page.evaluate(widths)
            assert wide <= there


@pytest.mark.needs("browser")
async def test_deal_06_a_finger_that_rests_on_a_card_carries_it(world: World, at):
    world.deal(name="Globex")
    async with at(world.admin, **PHONE) as visit:
        finger = await visit.page.context.new_cdp_session(visit.page)

        async def touch(kind: str, *points: dict[str, float]) -> None:
            await finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        box = await card(visit.page, "Globex").bounding_box()
        assert box
        await touch("touchStart", {"x": box["x"] + 30, "y": box["y"] + 30})
        await expect(visit.page.locator(".ghost")).to_be_visible()
        await touch("touchMove", {"x": 350, "y": box["y"] + 60})
        await expect(column(visit.page, "Qualified").locator(".slot")).to_be_visible()
        await touch("touchEnd")

        await expect(card(column(visit.page, "Qualified"), "Globex")).to_be_visible()


@pytest.mark.needs("browser")
async def test_the_page_is_dark_where_the_device_is(world: World, at):
    back = "getComputedStyle(document.body).backgroundColor"
    for scheme, colour in (("dark", "rgb(16, 20, 31)"), ("light", "rgb(244, 246, 251)")):
        async with at(world.admin, color_scheme=scheme) as visit:
            await expect(column(visit.page, "Prospecting")).to_be_visible()
            assert await visit.page.evaluate(back) == colour
