"""Dashboards that follow what happens: widgets told when they show something else."""

from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.plugins.world import Client, World
from tests.subscriptions.test_boards import cursor
from tests.subscriptions.wire import Feed, Socket, socket, stream

DASHBOARD = """subscription Dashboard($id: ID, $after: Cursor, $scope: DashboardScopeInput) {
  dashboardEvents(dashboardId: $id, after: $after, scope: $scope) { __typename
    ... on WidgetChanged { cursor widgetId title operationId data { __typename
      ... on MetricData { metric value }
      ... on SeriesData { points { count } }
      ... on TableData { records { ... on Deal { name } } }
      ... on TaskListData { tasks { title } }
      ... on ForecastData { total { amount } }
      ... on FeedData { items { subjectName } } } }
    ... on ResyncRequired { cursor why: reason } } }"""


def shows(kind: str, metric: str = "") -> Any:
    """Whether an event is of a widget of some kind."""

    def fits(event: dict[str, Any]) -> bool:
        data = event.get("data", {})
        return bool(data.get("__typename") == kind and data.get("metric", "") == metric)

    return fits


def main(client: Client) -> str:
    """The dashboard everybody lands on."""
    found = client.run("{ dashboardView { dashboard { id } } }")
    return str(found["dashboardView"]["dashboard"]["id"])


async def follow(one: Socket, world: World, key: str = "1", **given: Any) -> Feed:
    """Follow the main dashboard from where the log stands."""
    return await one.follow(DASHBOARD, key, **({"after": cursor(world)} | given))


async def test_dash_14_widgets_are_told_when_what_they_show_changes(world: World) -> None:
    async with socket(world.server.url) as one:
        await one.init(world.admin.token)
        feed = await follow(one, world, id=main(world.admin))
        await heard([feed], world)
        world.deal(name="Globex", value={"amount": "100", "currency": "USD"})
        shown: dict[str, Any] = {}
        while not (shown.keys() >= {"PIPELINE_VALUE", "SeriesData"} and news(shown)):
            data = (await feed.next())["data"]
            shown[data.get("metric") or data["__typename"]] = data

    assert shown["PIPELINE_VALUE"]["value"] == "100.00"
    assert shown["SeriesData"]["points"][0]["count"] == 1


def news(shown: dict[str, Any]) -> bool:
    """Whether the feed of activities begins with the deal."""
    items = shown["FeedData"]["items"] if "FeedData" in shown else []
    return items[:1] == [{"subjectName": "Globex"}]


async def test_dash_14_what_does_not_change_is_not_sent_again(world: World) -> None:
    deal = world.deal(name="Globex")
    async with socket(world.server.url) as one:
        await one.init(world.admin.token)
        feed = await follow(one, world)
        await heard([feed], world)
        world.admin.act("dealUpdate", {"id": deal, "name": "Globex Renewal"})
        world.contact()
        told = await feed.until(shows("MetricData", "TOTAL_CONTACTS"))

    kinds = {one["data"].get("metric") or one["data"]["__typename"] for one in told}
    assert kinds <= {"FeedData", "TOTAL_CONTACTS"}


async def test_dash_14_who_comes_back_is_shown_what_changed_meanwhile(world: World) -> None:
    since, url, token = cursor(world), world.server.url, world.admin.token
    world.contact()
    values, last = [], None
    for _ in range(2):
        async with stream(url, token, DASHBOARD, last=last, after=since) as events:
            told = [await anext(events) for _ in range(2)]
        last = told[-1][1]
        world.contact()
        data = [one[2]["data"]["dashboardEvents"]["data"] for one in told]
        values += [one["value"] for one in data if one.get("metric") == "TOTAL_CONTACTS"]

    assert values == ["1", "2"]


async def test_dash_14_upcoming_tasks_are_told_to_whose_they_are(world: World) -> None:
    due = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
    assert world.executive
    async with socket(world.server.url) as one, socket(world.server.url) as other:
        feeds = []
        for each, client in ((one, world.admin), (other, world.executive)):
            await each.init(client.token)
            feeds.append(await follow(each, world))
        given = {"title": "Call", "dueAt": due, "ownerId": world.user("executive")}
        world.admin.act("taskCreate", given)
        told = await feeds[1].until(shows("TaskListData"))
        world.contact()
        others = await feeds[0].until(shows("MetricData", "TOTAL_CONTACTS"))

    assert told[-1]["data"]["tasks"] == [{"title": "Call"}]
    assert not any(map(shows("TaskListData"), others))


async def test_dash_14_time_alone_brings_a_task_near(world: World, clock) -> None:
    due = (datetime.now(UTC) + timedelta(hours=49)).isoformat()
    world.admin.act("taskCreate", {"title": "Call", "dueAt": due})
    async with socket(world.server.url) as one:
        await one.init(world.admin.token)
        feed = await follow(one, world)
        await heard([feed], world)
        await clock(hours=2)
        told = await feed.until(shows("TaskListData"))

    assert told[-1]["data"]["tasks"] == [{"title": "Call"}]


async def test_dash_07_a_changed_layout_asks_to_look_again(world: World) -> None:
    board = main(world.admin)
    async with socket(world.server.url) as one:
        await one.init(world.admin.token)
        feed = await follow(one, world, id=board)
        await heard([feed], world)
        config = {"record": "DEAL", "rows": 5}
        given = {"dashboardId": board, "kind": "TABLE", "config": config}
        made = world.admin.act("dashboardWidgetAdd", given, "widget { id }")["widget"]["id"]
        again = await feed.until(lambda event: "why" in event)
        world.deal(name="Globex")
        told = await feed.until(shows("TableData"))
        world.admin.act("dashboardWidgetUpdate", {"id": made, "title": "Deals"})
        renamed = await feed.until(lambda event: event.get("title") == "Deals")

    assert again[-1]["why"] == "CONFIG_CHANGED"
    assert told[-1]["data"]["records"] == [{"name": "Globex"}]
    assert renamed[-1]["widgetId"] == made


async def test_dash_11_who_it_is_shared_with_no_more_hears_no_more(world: World) -> None:
    made = world.manager.act("dashboardCreate", {"name": "Ours"}, "dashboard { id }")
    board = made["dashboard"]["id"]
    world.manager.act("dashboardShare", {"id": board, "roles": ["ADMIN"]})
    async with socket(world.server.url) as one:
        await one.init(world.admin.token)
        feed = await follow(one, world, id=board)
        world.manager.act("dashboardShare", {"id": board, "roles": []})
        again = await feed.next()
        while (ended := await one.hear())["type"] == "next":
            assert ended["payload"]["data"]["dashboardEvents"]["why"] == again["why"]
        await follow(one, world, "2", id=f"dash_{'0' * 26}")
        none = await one.hear()

    assert again["why"] == "PERMISSIONS_CHANGED"
    assert ended["type"] == none["type"] == "error"
    assert ended["payload"][0]["message"] == none["payload"][0]["message"]


async def test_dash_06_a_scope_that_is_too_wide_is_refused(world: World) -> None:
    async with socket(world.server.url) as one:
        await one.init(world.rep.token)
        await follow(one, world, scope={"all": True})
        message = await one.hear()

    assert message["payload"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_dash_14_a_hundred_followers_cost_what_ten_do(world: World) -> None:
    tokens = [world.executive.token, world.join("second", "EXECUTIVE")[0].token]
    spent: list[float] = []
    async with AsyncExitStack() as opened:
        feeds: list[Feed] = []
        for count in (10, 90):
            for at in range(count):
                one = await opened.enter_async_context(socket(world.server.url))
                feeds.append(await follow(await one.init(tokens[at % 2]), world))
            await heard(feeds, world)
            before = world.server.statements()
            await heard(feeds, world)
            spent.append(world.server.statements() - before)

    # The log is looked at four times a second beside it.
    assert spent[1] < spent[0] + 30


async def heard(feeds: list[Feed], world: World) -> None:
    """Make a contact, and wait until everybody is shown that."""
    world.contact(email=None)
    for feed in feeds:
        await feed.until(shows("MetricData", "TOTAL_CONTACTS"))


async def test_dash_08_a_table_follows_the_saved_view_it_shows(world: World) -> None:
    for name in ("Globex", "Initech"):
        world.deal(name=name)
    look = {"name": "One", "recordType": "DEAL", "filter": '{"name": {"eq": "Globex"}}'}
    view = world.admin.act("savedViewCreate", look, "savedView { id }")["savedView"]["id"]
    board = main(world.admin)
    given = {"dashboardId": board, "kind": "TABLE", "config": {"viewId": view}}
    assert not world.admin.act("dashboardWidgetAdd", given).errors
    async with socket(world.server.url) as one:
        await one.init(world.admin.token)
        feed = await follow(one, world)
        await heard([feed], world)
        world.admin.act("savedViewUpdate", {"id": view, "filter": '{"name": {"eq": "Initech"}}'})
        told = await feed.until(shows("TableData"))

    assert told[-1]["data"]["records"] == [{"name": "Initech"}]
