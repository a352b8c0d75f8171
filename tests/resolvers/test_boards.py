"""Boards: their columns with figures and cards, for who looks and what they filter by."""

from typing import Any

import pytest

from tests.plugins.world import Client, World

PIPELINE = """query($id: ID!, $filter: DealFilter, $first: Int, $after: Cursor) {
  pipelineBoard(pipelineId: $id, filter: $filter) {
    eventCursor pipeline { name }
    columns { stage { id name } count totalValue { amount currency } weightedValue { amount }
      unconverted { amount currency }
      cards(first: $first, after: $after) { nodes { id name } totalCount
        pageInfo { hasNextPage endCursor } } } } }"""


def pipeline(world: World, kind: str = "DEAL") -> dict[str, Any]:
    """The first pipeline of a kind, with its stages by name."""
    query = "{ pipelines { nodes { id name kind stages { nodes { id name } } } } }"
    nodes = world.admin.run(query)["pipelines"]["nodes"]
    found = next(one for one in nodes if one["kind"] == kind)
    steps = {one["name"]: one["id"] for one in found["stages"]["nodes"]}
    return {**found, "stages": steps}


def board(client: Client, pipeline_id: str, **rest: Any) -> dict[str, Any]:
    """A board's columns by the names of their stages."""
    found = client.run(PIPELINE, id=pipeline_id, **rest)["pipelineBoard"]
    return {column["stage"]["name"]: column for column in found["columns"]}


def names(column: dict[str, Any]) -> list[str]:
    return [card["name"] for card in column["cards"]["nodes"]]


def test_deal_04_a_column_has_its_count_its_sums_and_its_cards(world: World) -> None:
    sales = pipeline(world)
    for number in range(3):
        value = {"amount": f"{number}0.10", "currency": "USD"}
        world.deal(name=f"Card {number}", stageId=sales["stages"]["Qualified"], value=value)
    world.deal(stageId=sales["stages"]["Qualified"], value={"amount": "5", "currency": "EUR"})

    column = board(world.admin, sales["id"])["Qualified"]

    assert (column["count"], column["totalValue"]) == (4, {"amount": "30.30", "currency": "USD"})
    assert column["weightedValue"] == {"amount": "7.59"}
    assert column["unconverted"] == [{"amount": "5.00", "currency": "EUR"}]
    assert names(column) == ["Globex Renewal", "Card 2", "Card 1", "Card 0"]
    assert list(board(world.admin, sales["id"])) == list(sales["stages"])


def test_deal_04_a_filter_holds_for_cards_counts_and_sums(world: World) -> None:
    sales = pipeline(world)
    for name, amount in (("Small", "1"), ("Large", "100")):
        world.deal(name=name, value={"amount": amount, "currency": "USD"})

    column = board(world.admin, sales["id"], filter={"value": {"gte": "50"}})["Prospecting"]

    assert (names(column), column["count"], column["cards"]["totalCount"]) == (["Large"], 1, 1)
    assert column["totalValue"]["amount"] == "100.00"


def test_deal_04_a_rep_sees_and_counts_their_own(world: World) -> None:
    sales = pipeline(world)
    world.deal(world.rep, name="Mine")
    world.deal(world.admin, name="Not theirs")

    seen = [board(one, sales["id"])["Prospecting"] for one in (world.rep, world.executive)]

    assert [(names(one), one["count"]) for one in seen] == [
        (["Mine"], 1),
        (["Not theirs", "Mine"], 2),
    ]


def test_deal_04_a_column_goes_on_behind_its_cursor(world: World) -> None:
    sales = pipeline(world)
    for number in range(5):
        world.deal(name=f"Card {number}")
    found, after = [], None
    for _ in range(3):
        column = board(world.admin, sales["id"], first=2, after=after)["Prospecting"]
        found += names(column)
        after = column["cards"]["pageInfo"]["endCursor"]

    assert found == [f"Card {number}" for number in (4, 3, 2, 1, 0)]
    assert not column["cards"]["pageInfo"]["hasNextPage"]


def test_deal_04_there_is_no_board_without_a_pipeline_of_its_kind(world: World) -> None:
    lead = pipeline(world, "LEAD")
    stranger = World(world.server)

    assert world.admin.run(PIPELINE, id=lead["id"])["pipelineBoard"] is None
    assert stranger.admin.run(PIPELINE, id=pipeline(world)["id"])["pipelineBoard"] is None
    assert world.admin.send(PIPELINE, {"id": world.user("admin")}).codes == ["INVALID_ID"]


def test_deal_04_a_board_is_as_old_as_its_cursor(world: World) -> None:
    sales = pipeline(world)
    before = world.admin.run("{ eventCursor }")["eventCursor"]
    made = world.admin.act("dealCreate", {"name": "Newer"}, "deal { id }")

    found = world.admin.run(PIPELINE, id=sales["id"])["pipelineBoard"]

    assert (found["pipeline"]["name"], found["eventCursor"]) == ("Sales", made["eventCursor"])
    assert int(before) < int(found["eventCursor"])


@pytest.mark.parametrize("cards", [1, 30])
def test_deal_04_a_board_costs_the_same_for_any_number_of_cards(world: World, cards: int) -> None:
    sales = pipeline(world)
    rows = [{"name": f"Card {number}"} for number in range(cards)]
    world.admin.act("dealBulkCreate", {"rows": rows})
    board(world.admin, sales["id"])
    before = world.server.statements()

    board(world.admin, sales["id"])

    # Who asks; the stages of the pipeline; it and they as selected; figures; cards; their number.
    assert world.server.statements() - before == 7


OTHERS = {
    "leadBoard": "pipeline { name } columns { stage { name } status",
    "caseBoard": "columns { status { name }",
    "taskBoard": "columns { head: status",
    "projectBoard": "pipeline { name } columns { stage { name }",
}


def other(client: Client, name: str, card: str, **given: str) -> dict[str, Any]:
    """The columns of a board that need not be chosen: how many cards, and which."""
    arguments = "".join(f"({key}: {value})" for key, value in given.items())
    cards = f"count cards {{ nodes {{ {card} }} }}"
    query = f"{{ board: {name}{arguments} {{ {OTHERS[name]} {cards} }} }} }}"
    found = {}
    for column in client.run(query)["board"]["columns"]:
        head = column.get("head") or (column.get("stage") or column["status"])["name"]
        found[head] = (column["count"], [node[card] for node in column["cards"]["nodes"]])
    return found


def test_lead_03_leads_stand_in_the_stages_of_their_status(world: World) -> None:
    world.admin.act("leadCreate", {"lastName": "Ada", "email": "ada@example.com"})

    columns = other(world.admin, "leadBoard", "lastName")
    query = "{ leadBoard { columns { stage { name } status } } }"
    statuses = [one["status"] for one in world.admin.run(query)["leadBoard"]["columns"]]

    assert columns["New"] == (1, ["Ada"])
    assert list(dict.fromkeys(statuses)) == [
        "NEW", "CONTACTED", "QUALIFIED", "CONVERTED", "DISQUALIFIED",
    ]  # fmt: skip


def test_case_17_cases_stand_in_the_workspaces_statuses(world: World) -> None:
    contact = world.contact()
    for subject in ("Cannot sign in", "Wrong invoice"):
        world.admin.act("caseCreate", {"subject": subject, "contactId": contact})

    columns = other(world.admin, "caseBoard", "subject")

    assert next(iter(columns.values())) == (2, ["Wrong invoice", "Cannot sign in"])
    some = other(world.admin, "caseBoard", "subject", filter='{subject: {startsWith: "wr"}}')
    assert next(iter(some.values())) == (1, ["Wrong invoice"])


def test_task_03_tasks_stand_in_four_columns(world: World) -> None:
    for title in ("Call", "Write"):
        world.admin.act("taskCreate", {"title": title})

    assert other(world.admin, "taskBoard", "title") == {
        "TO_DO": (2, ["Write", "Call"]),
        "IN_PROGRESS": (0, []),
        "REVIEW": (0, []),
        "DONE": (0, []),
    }


def test_proj_10_projects_stand_in_the_stages_of_their_pipeline(world: World) -> None:
    world.admin.act("projectCreate", {"name": "Onboarding"})

    columns = other(world.admin, "projectBoard", "name")

    assert list(columns) == ["Not Started", "In Progress", "Completed"]
    assert columns["Not Started"] == (1, ["Onboarding"])
