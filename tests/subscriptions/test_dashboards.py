"""Dashboards that follow what happens: widgets told when they show something else."""

from typing import Any

from tests.plugins.world import Client, World
from tests.subscriptions.test_boards import cursor
from tests.subscriptions.wire import Feed, Socket, socket

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
        return data.get("__typename") == kind and data.get("metric", "") == metric

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
        world.deal(name="Globex", value={"amount": "100", "currency": "USD"})
        told = await feed.until(shows("FeedData"))

    values = {one["data"].get("metric"): one["data"].get("value") for one in told}
    assert values["PIPELINE_VALUE"] == "100.00"
    assert "TOTAL_CONTACTS" not in values
    (stages,) = (one["data"]["points"] for one in told if shows("SeriesData")(one))
    assert stages[0]["count"] == 1
    assert told[-1]["data"]["items"][0]["subjectName"] == "Globex"
