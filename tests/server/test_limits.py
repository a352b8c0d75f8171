"""What operations may cost, and what a plan allows."""

import pytest

from tests.plugins.dev import data_folder, started
from tests.plugins.world import Server, World

CHAIN = (
    "{ contacts { nodes { deals { nodes { quotes { nodes { contracts { nodes { invoices {"
    " nodes { payments { nodes { id } } } } } } } } } } } } }"
)


@pytest.fixture(scope="module")
def limited():
    """An instance that counts, of its own."""
    with data_folder() as data, started(data, "--port", 0, RATE_LIMITS="on") as dev:
        yield Server(dev)


def cost(answer):
    return answer.body["extensions"]["cost"]


def test_gql_09_the_six_level_chain_at_default_sizes_passes(world: World) -> None:
    answer = world.admin.send(CHAIN)

    assert (answer.codes, cost(answer)["requested"]) == ([], 4656)


def test_gql_09_a_larger_chain_is_refused_before_it_runs(world: World) -> None:
    before = world.server.statements()

    answer = world.admin.send(CHAIN.replace("contacts {", "contacts(first: 50) {", 1))

    assert answer.codes == ["LIMIT_EXCEEDED"]
    assert "points" in answer.body["errors"][0]["message"]
    assert world.server.statements() - before <= 1


def test_gql_09_the_price_knows_the_variables_and_their_defaults(world: World) -> None:
    query = "query($n: Int = 7) { contacts(first: $n) { nodes { id } } }"

    assert cost(world.admin.send(query))["requested"] == 8
    assert cost(world.admin.send(query, {"n": 100}))["requested"] == 101
    assert cost(world.admin.send(query, {"n": None}))["requested"] == 26


@pytest.mark.parametrize(
    "query",
    [
        "{" + " ".join(f"a{n}: eventCursor" for n in range(31)) + "}",
        "{ ...F } fragment F on Query {" + " ".join(f"a{n}: eventCursor" for n in range(31)) + "}",
        "{ users { nodes { " + "teams { nodes { manager { " * 5 + "id" + " } } }" * 5 + " } } }",
    ],
    ids=["aliases", "aliases in a fragment", "depth"],
)
def test_gql_09_bounds_of_shape_have_a_code(world: World, query: str) -> None:
    assert world.admin.send(query).codes == ["LIMIT_EXCEEDED"]


def items(data):
    """How many items the lists of an answer hold."""
    if isinstance(data, list):
        return sum(1 + items(one) for one in data)
    return sum(items(one) for one in data.values()) if isinstance(data, dict) else 0


def test_gql_10_what_is_charged_follows_the_rows_returned(filled: World) -> None:
    few = filled.executive.send("{ contacts(first: 5) { nodes { id } } }")
    many = filled.executive.send(
        "{ deals(first: 100) { nodes { quotes { nodes { lines { nodes { id } } } } } }"
        " quotes(first: 100) { nodes { lines { nodes { id } } } } users { nodes { id } } }"
    )

    assert (cost(few)["actual"], cost(few)["limit"]) == (1, None)
    assert items(many.data) > 100
    assert cost(many)["actual"] == -(-items(many.data) // 100)


def test_gql_10_the_numbers_agree_in_answer_headers_and_query(limited: Server) -> None:
    world = World(limited)

    answer = world.admin.send("{ rateLimit { plan limit remaining cost dailyLimit } }")

    shown, counted = answer.data["rateLimit"], cost(answer)
    assert (shown["plan"], shown["limit"], shown["dailyLimit"]) == ("PROFESSIONAL", 300, 100_000)
    assert (counted["limit"], counted["actual"]) == (300, 1)
    assert str(counted["remaining"]) == answer.headers["x-ratelimit-remaining"]
    assert shown["remaining"] == counted["remaining"]


def test_gql_10_a_workspace_that_asks_too_much_waits(limited: Server) -> None:
    world = World(limited)
    answers = [world.admin.send("{ eventCursor }") for _ in range(420)]

    refused = [answer for answer in answers if answer.codes]
    assert refused[0].codes == ["RATE_LIMITED"]
    assert refused[0].status == 429
    assert int(refused[0].headers["retry-after"]) >= 1
    assert World(limited).admin.send("{ eventCursor }").codes == []


def test_gql_09_an_introspection_passes_within_the_limits(limited: Server) -> None:
    world = World(limited)

    answer = world.admin.send("{ __schema { types { name fields { name args { name } } } } }")

    assert len(answer.data["__schema"]["types"]) > 100


BOARD = """query($id: ID!) { pipelineBoard(pipelineId: $id) { eventCursor columns {
  stage { name } count totalValue { amount } weightedValue { amount }
  cards(first: 25) { nodes { id name owner { name } contact { name }
    quotes(first: 3) { nodes { number } } } pageInfo { hasNextPage } } } } }"""


def test_deal_04_a_board_of_ten_columns_passes_on_starter(limited: Server) -> None:
    world = World(limited)
    world.deal()
    (pipeline,) = world.admin.run("{ pipelines(first: 1) { nodes { id } } }")["pipelines"]["nodes"]

    answer = world.admin.send(BOARD, {"id": pipeline["id"]})

    assert (answer.codes, cost(answer)["requested"]) == ([], 1 + 1 + 23 + 501 + 1001)
    assert cost(answer)["actual"] == 1
