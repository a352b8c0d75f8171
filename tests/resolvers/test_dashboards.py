"""Dashboards: what they show to whom, their widgets, layouts and sharing."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.rules import comparisons
from tests.plugins.world import Client, Server, World
from tests.services.importing import sql, uuid

VIEW = """query($id: ID, $scope: DashboardScopeInput) { dashboardView(id: $id, scope: $scope) {
  dashboard { id name version } scope { kind team { name } } eventCursor
  widgets { widget { id title kind } data { __typename
    ... on MetricData { metric value previousValue deltaAbsolute deltaPercent comparison
      deltaDisplay format currency }
    ... on SeriesData { points { count amount { amount } keys { __typename
      ... on RecordKey { record { ... on PipelineStage { name } } } ... on EnumKey { value } } } }
    ... on TableData { records { ... on Deal { name } } }
    ... on TaskListData { tasks { title } }
    ... on ForecastData { weightedOpen { amount } wonThisMonth { amount } total { amount } }
    ... on FeedData { items { actor verb subjectName amount { amount }
      subject { ... on Deal { name } } } }
    ... on UnavailableData { reason } } } } }"""


def view(client: Client, **given: Any) -> dict[str, Any]:
    """A dashboard as somebody sees it."""
    return dict(client.run(VIEW, **given)["dashboardView"])


def shown(client: Client, kind: str, **given: Any) -> list[dict[str, Any]]:
    """What the widgets of a kind show."""
    widgets = view(client, **given)["widgets"]
    return [one["data"] for one in widgets if one["widget"]["kind"] == kind]


def card(client: Client, metric: str, **given: Any) -> dict[str, Any]:
    """A KPI card."""
    (found,) = (one for one in shown(client, "KPI_CARD", **given) if one["metric"] == metric)
    return found


def fresh(client: Client, name: str = "Mine") -> dict[str, Any]:
    """A dashboard of somebody's own."""
    made = client.act("dashboardCreate", {"name": name}, "dashboard { id version }")
    return dict(made["dashboard"])


def test_dash_01_one_query_shows_the_main_dashboard_in_a_bounded_number_of_statements(
    world: World, server: Server
):
    def statements() -> float:
        before = server.statements()
        widgets = view(world.admin)["widgets"]
        metrics = {one["data"].get("metric") for one in widgets}
        assert {"PIPELINE_VALUE", "OPEN_DEALS"} < metrics
        kinds = {one["widget"]["kind"] for one in widgets}
        assert {"PIPELINE_BY_STAGE", "ACTIVITY_FEED", "UPCOMING_TASKS", "KPI_PROGRESS"} < kinds
        return server.statements() - before

    board = view(world.admin)["dashboard"]["id"]
    for kind, config in (("KPI_CARD", {"metric": "OPEN_DEALS"}), ("KPI_PROGRESS", None)):
        given = {"dashboardId": board, "kind": kind, "config": config}
        assert not world.admin.act("dashboardWidgetAdd", given).errors
    world.deal()
    view(world.admin)
    few = statements()
    for number in range(8):
        world.deal(name=f"Deal {number}")
    assert statements() <= few
    assert few < 45


def test_dash_02_cards_show_both_differences(world: World):
    for _ in range(3):
        world.contact(email=None)
    now = card(world.admin, "TOTAL_CONTACTS")
    assert (now["value"], now["previousValue"], now["deltaDisplay"]) == ("3", None, "PERCENT")
    closed = card(world.admin, "DEALS_CLOSED")
    assert (closed["value"], closed["previousValue"], closed["deltaAbsolute"]) == ("0", "0", "0")
    assert (closed["deltaPercent"], closed["deltaDisplay"]) == (None, "ABSOLUTE")
    assert card(world.admin, "PIPELINE_VALUE")["format"] == "MONEY"


def test_dash_02_stocks_compare_with_the_night_a_month_ago_in_each_scope(world: World, server):
    world.contact(email=None)
    today = datetime.now(ZoneInfo("America/New_York")).date()
    keep = """INSERT INTO metric_snapshot (workspace_id, day, metric, owner_id, value)
      VALUES ($1, $2, 'TOTAL_CONTACTS', $3, $4)"""
    nobody = "00000000-0000-0000-0000-000000000000"
    for owner, value in ((nobody, 1), (uuid(world.user("admin")), 4)):
        sql(server, keep, uuid(world.id), comparisons.month_before(today), owner, value)

    everybody = card(world.admin, "TOTAL_CONTACTS")
    assert (everybody["previousValue"], everybody["deltaAbsolute"]) == ("5", "-4")
    assert everybody["deltaPercent"] == "-80.0"
    mine = card(world.admin, "TOTAL_CONTACTS", scope={"mine": True})
    assert mine["previousValue"] == "4"


def closed(world: World, server: Server, day: date) -> None:
    """A deal that was won on a day."""
    won = next(one["id"] for one in stages(world) if one["category"] == "WON")
    deal = world.deal(value={"amount": "10", "currency": "USD"})
    version = world.admin.run("query($i: ID!) { deal(id: $i) { version } }", i=deal)["deal"]
    given = {"id": deal, "toStageId": won, "expectedVersion": version["version"]}
    assert not world.admin.act("dealMove", given).errors
    at = datetime.combine(day, time(17), tzinfo=UTC)
    sql(server, "UPDATE deal SET closed_at = $2 WHERE id = $1", uuid(deal), at)


def stages(world: World) -> list[dict[str, Any]]:
    """The stages of the first pipeline of deals."""
    query = """{ pipelines(first: 1, filter: {kind: {eq: DEAL}}) { nodes {
      stages { nodes { id name category } } } } }"""
    found = world.admin.run(query)["pipelines"]["nodes"][0]["stages"]["nodes"]
    return list(found)


def test_dash_02_dash_03_what_was_closed_counts_by_the_days_of_the_month(world: World, server):
    today = datetime.now(ZoneInfo("America/New_York")).date()
    last = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    for day in (today, last, last - timedelta(days=1)):
        closed(world, server, day)

    now = card(world.admin, "DEALS_CLOSED")
    assert (now["value"], now["previousValue"], now["deltaAbsolute"]) == ("1", "1", "0")
    (chart,) = shown(world.admin, "PIPELINE_BY_STAGE")
    counts = {
        one["name"]: point["count"]
        for one, point in zip(stages(world), chart["points"], strict=True)
    }
    assert counts["Closed Won"] == 1


def test_dash_03_a_chart_shows_the_pipeline_it_is_given(world: World):
    query = "{ pipelines(filter: {kind: {eq: DEAL}}) { nodes { id name } } }"
    pipelines = world.admin.run(query)["pipelines"]["nodes"]
    other = next(one["id"] for one in pipelines if one["name"] == "Enterprise Sales")
    board = fresh(world.admin)["id"]
    given = {"dashboardId": board, "kind": "PIPELINE_BY_STAGE", "config": {"pipelineId": other}}
    assert not world.admin.act("dashboardWidgetAdd", given).errors
    (chart,) = shown(world.admin, "PIPELINE_BY_STAGE", id=board)
    names = [one["keys"][0]["record"]["name"] for one in chart["points"]]
    assert names != [one["name"] for one in stages(world)]
    assert names[-1] == "Closed Lost"


def unavailable(world: World, kind: str) -> list[dict[str, Any]]:
    """What a widget of a kind shows that has no figures yet."""
    board = fresh(world.admin)["id"]
    given = {"dashboardId": board, "kind": kind}
    assert not world.admin.act("dashboardWidgetAdd", given).errors
    return shown(world.admin, kind, id=board)


@pytest.mark.waits_for("reports")
def test_dash_15_a_report_is_a_widget(world: World):
    assert unavailable(world, "REPORT") == [
        {"__typename": "UnavailableData", "reason": "NOT_AVAILABLE"}
    ]


@pytest.mark.waits_for("KPI-01 to KPI-04, goals and how far they are reached")
def test_kpi_05_progress_is_a_widget(world: World):
    assert unavailable(world, "KPI_PROGRESS") == [
        {"__typename": "UnavailableData", "reason": "NOT_AVAILABLE"}
    ]


def test_dash_03_the_pipeline_is_shown_by_stage_in_order(world: World):
    world.deal(value={"amount": "1000", "currency": "USD"})
    (chart,) = shown(world.admin, "PIPELINE_BY_STAGE")
    stages = world.admin.run("""{ pipelines(first: 1, filter: {kind: {eq: DEAL}}) { nodes {
      stages { nodes { name } } } } }""")["pipelines"]["nodes"][0]["stages"]["nodes"]
    names = [one["keys"][0]["record"]["name"] for one in chart["points"]]
    assert names == [one["name"] for one in stages]
    assert chart["points"][0]["count"] == 1
    assert Decimal(chart["points"][0]["amount"]["amount"]) == 1000


def test_dash_04_the_feed_hides_what_is_out_of_sight(world: World):
    world.deal(name="Boss's")
    world.deal(world.rep, name="Rep's")
    query = """{ activityFeed { items { actor verb subjectName
      subject { ... on Deal { name } } } } }"""

    def lines(client: Client) -> list[str]:
        items = client.run(query)["activityFeed"]["items"]
        return [one["subjectName"] for one in items if one["subject"]]

    assert lines(world.rep) == ["Rep's"]
    assert {"Boss's", "Rep's"} <= set(lines(world.admin))
    (own,) = world.rep.run(query)["activityFeed"]["items"]
    assert own["verb"] == "CREATED"
    assert own["actor"]


def test_dash_05_dash_06_the_scope_is_the_roles_unless_chosen(world: World):
    world.contact(email=None)
    world.contact(world.rep, email=None)
    assert world.manager
    assert card(world.rep, "TOTAL_CONTACTS")["value"] == "1"
    assert card(world.executive, "TOTAL_CONTACTS")["value"] == "2"
    assert card(world.executive, "TOTAL_CONTACTS", scope={"mine": True})["value"] == "0"
    team = {"name": "North", "managerId": world.user("manager"), "memberIds": [world.user("rep")]}
    made = world.admin.act("teamCreate", team, "team { id }")["team"]["id"]
    assert card(world.manager, "TOTAL_CONTACTS")["value"] == "1"
    assert view(world.manager)["scope"]["kind"] == "TEAM"
    assert card(world.admin, "TOTAL_CONTACTS", scope={"teamId": made})["value"] == "1"
    for scope in ({"all": True}, {"teamId": made}):
        codes = world.finance.send(VIEW, {"scope": scope}).codes
        assert codes == ["FORBIDDEN"]
    assert world.rep.send(VIEW, {"scope": {"all": True}}).codes == ["FORBIDDEN"]


def test_dash_07_a_layout_is_saved_whole_or_not_at_all(world: World):
    made = fresh(world.manager)
    one, two = (one["widget"]["id"] for one in view(world.manager, id=made["id"])["widgets"])
    place = {"y": 0, "width": 6, "height": 2}
    given = {"id": made["id"], "expectedVersion": made["version"]}
    good = [{"id": two, "x": 0, **place}, {"id": one, "x": 6, **place}]
    for bad in ([good[0]], [good[0], {**good[1], "x": 5}], [good[0], {**good[1], "x": 7}]):
        refused = world.manager.act("dashboardLayoutSave", {**given, "widgets": bad})
        assert refused.codes == ["INVALID_VALUE"]
    saved = world.manager.act(
        "dashboardLayoutSave",
        {**given, "widgets": good},
        "dashboard { version widgets { nodes { id x } } }",
    )["dashboard"]
    assert {one["id"]: one["x"] for one in saved["widgets"]["nodes"]} == {two: 0, one: 6}
    again = world.manager.act("dashboardLayoutSave", {**given, "widgets": good})
    assert again.codes == ["STALE_VERSION"]


@pytest.mark.parametrize(
    ("kind", "config", "kinds"),
    [
        ("CHART", {"record": "DEAL", "groupBy": "stage", "measure": "value"}, "SeriesData"),
        ("CHART", {"record": "CONTACT", "groupBy": "status"}, "SeriesData"),
        ("TABLE", {"record": "DEAL", "orderBy": "-value", "rows": 5}, "TableData"),
        ("KPI_CARD", {"metric": "OPEN_DEALS"}, "MetricData"),
        ("REPORT", None, "UnavailableData"),
        ("KPI_PROGRESS", None, "UnavailableData"),
    ],
)
def test_dash_08_dash_16_widgets_are_added_and_changed(world: World, kind, config, kinds):
    world.deal(name="A", value={"amount": "5", "currency": "USD"})
    world.deal(name="B", value={"amount": "7", "currency": "USD"})
    board = fresh(world.admin)["id"]
    given = {"dashboardId": board, "kind": kind, "config": config}
    made = world.admin.act("dashboardWidgetAdd", given, "widget { id title }")["widget"]
    changed = {"id": made["id"], "title": "Renamed"}
    assert world.admin.act("dashboardWidgetUpdate", changed, "widget { title }")["widget"] == {
        "title": "Renamed"
    }
    (data,) = shown(world.admin, kind, id=board)
    assert data["__typename"] == kinds
    if kind == "TABLE":
        assert [one["name"] for one in data["records"]] == ["B", "A"]


def test_dash_08_a_table_shows_a_saved_view(world: World):
    for name, amount in (("A", "5"), ("B", "7"), ("C", "1")):
        world.deal(name=name, value={"amount": amount, "currency": "USD"})
    look: dict[str, Any] = {
        "name": "Large",
        "recordType": "DEAL",
        "filter": '{"value": {"gte": "5"}}',
    }
    look["orderBy"] = [{"field": "VALUE", "direction": "DESC"}]
    view_id = world.admin.act("savedViewCreate", look, "savedView { id }")["savedView"]["id"]
    board = fresh(world.admin)["id"]
    given = {"dashboardId": board, "kind": "TABLE", "config": {"viewId": view_id}}
    made = world.admin.act("dashboardWidgetAdd", given, "widget { config { record viewId } }")

    def names() -> list[str] | None:
        (data,) = shown(world.admin, "TABLE", id=board)
        return [one["name"] for one in data["records"]] if "records" in data else None

    assert made["widget"]["config"] == {"record": "DEAL", "viewId": view_id}
    assert names() == ["B", "A"]
    world.admin.act("savedViewUpdate", {"id": view_id, "filter": '{"name": {"eq": "C"}}'})
    assert names() == ["C"]
    world.admin.act("savedViewDelete", {"id": view_id})
    assert names() is None


def test_dash_08_settings_that_do_not_fit_are_refused(world: World):
    board = fresh(world.admin)["id"]
    for kind, config, path in (
        ("KPI_CARD", {}, ["config", "metric"]),
        ("CHART", {"record": "DEAL", "groupBy": "nonsense"}, ["config", "groupBy"]),
        ("TABLE", {"record": "DEAL", "rows": 500}, ["config", "rows"]),
        ("TABLE", {"record": "DEAL", "metric": "OPEN_DEALS"}, ["config", "metric"]),
        ("TABLE", {"viewId": f"view_{'0' * 26}"}, ["config", "viewId"]),
    ):
        given = {"dashboardId": board, "kind": kind, "config": config}
        refused = world.admin.act("dashboardWidgetAdd", given)
        assert [one["path"] for one in refused.errors] == [path]


def test_dash_09_a_widget_that_was_removed_can_be_added_again(world: World):
    board = fresh(world.admin)["id"]
    (tasks,) = (
        one["widget"]["id"]
        for one in view(world.admin, id=board)["widgets"]
        if one["widget"]["kind"] == "UPCOMING_TASKS"
    )
    assert not world.admin.act("dashboardWidgetRemove", {"id": tasks}).errors
    assert shown(world.admin, "UPCOMING_TASKS", id=board) == []
    assert not world.admin.act(
        "dashboardWidgetAdd", {"dashboardId": board, "kind": "UPCOMING_TASKS"}
    ).errors
    assert len(shown(world.admin, "UPCOMING_TASKS", id=board)) == 1


def test_dash_10_names_are_taken_once_by_each_owner(world: World):
    fresh(world.admin, "Support Health")
    again = world.admin.act("dashboardCreate", {"name": "support health"})
    assert again.codes == ["DUPLICATE"]
    fresh(world.manager, "Support Health")


def test_dash_11_a_dashboard_is_seen_by_its_owner_and_whom_it_is_shared_with(world: World):
    board = fresh(world.manager)["id"]
    assert world.finance
    query = "query($id: ID!) { dashboard(id: $id) { roles teams { nodes { name } } } }"

    def sees(client: Client) -> bool:
        return client.run(query, id=board)["dashboard"] is not None

    assert [sees(one) for one in (world.manager, world.admin, world.rep)] == [True, False, False]
    team = {"name": "Reps", "managerId": world.user("manager"), "memberIds": [world.user("rep")]}
    made = world.admin.act("teamCreate", team, "team { id }")["team"]["id"]
    given = {"id": board, "teamIds": [made], "roles": ["ADMIN"]}
    assert not world.manager.act("dashboardShare", given).errors
    assert [sees(one) for one in (world.admin, world.rep, world.finance)] == [True, True, False]
    assert world.admin.act("dashboardUpdate", {"id": board, "name": "x"}).codes == ["READ_ONLY"]
    assert not world.manager.act("dashboardShare", {"id": board}).errors
    assert not sees(world.rep)


def test_dash_11_what_somebody_leaves_behind_goes_on_and_admins_change_it(world: World):
    board = fresh(world.manager, "Ours")["id"]
    fresh(world.admin, "Ours")
    assert not world.manager.act("dashboardShare", {"id": board, "roles": ["ADMIN"]}).errors
    assert world.admin.act("dashboardUpdate", {"id": board, "name": "x"}).codes == ["READ_ONLY"]
    left = {"id": world.user("manager"), "reassignTo": world.user("admin")}
    assert not world.admin.act("userDeactivate", left).errors
    assert view(world.admin, id=board)
    assert not world.admin.act("dashboardUpdate", {"id": board, "name": "Theirs"}).errors


def test_dash_12_upcoming_tasks_are_ones_own_of_the_next_48_hours(world: World):
    now = datetime.now(UTC)
    for title, hours in (("In time", 47.9), ("Too late", 48.1), ("Past", -1)):
        due = (now + timedelta(hours=hours)).isoformat()
        assert not world.rep.act("taskCreate", {"title": title, "dueAt": due}).errors
    (tasks,) = shown(world.rep, "UPCOMING_TASKS")
    assert [one["title"] for one in tasks["tasks"]] == ["In time"]
    (others,) = shown(world.admin, "UPCOMING_TASKS")
    assert others["tasks"] == []


def test_dash_13_the_forecast_is_what_is_open_and_what_was_won(world: World):
    today = datetime.now(UTC).date()
    stages = world.admin.run("""{ pipelines(first: 1, filter: {kind: {eq: DEAL}}) { nodes {
      stages { nodes { id category } } } } }""")["pipelines"]["nodes"][0]["stages"]["nodes"]
    (won,) = (one["id"] for one in stages if one["category"] == "WON")
    value = {"amount": "1000", "currency": "USD"}
    deal = world.deal(value=value, probability=40, closeDate=str(today))
    far = date(today.year, today.month, 1) + timedelta(days=70)
    world.deal(value=value, probability=40, closeDate=str(far))
    mine = world.deal(value=value)
    read = "query($id: ID!) { deal(id: $id) { version } }"
    version = world.admin.run(read, id=mine)["deal"]["version"]
    given = {"id": mine, "toStageId": won, "expectedVersion": version}
    assert not world.admin.act("dealMove", given).errors
    (data,) = shown(world.admin, "DEAL_FORECAST")
    figures = {name: Decimal(one["amount"]) for name, one in data.items() if name != "__typename"}
    assert figures == {"weightedOpen": 400, "wonThisMonth": 1000, "total": 1400}
    assert deal
