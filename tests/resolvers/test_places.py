"""The places of cards: where they are put is where they stay, whoever else moves."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.plugins.world import Client, Payload, World

BOARD = """{ taskBoard { columns { status count cards(first: 100) {
  nodes { id title rank version } } } } }"""
STALE = "... on StalePositionError { above { id } below { id } }"


def column(client: Client, status: str = "TO_DO") -> list[dict[str, Any]]:
    """The cards of a column from the top."""
    columns = client.run(BOARD)["taskBoard"]["columns"]
    return next(one["cards"]["nodes"] for one in columns if one["status"] == status)


def titles(client: Client, status: str = "TO_DO") -> str:
    return "".join(card["title"] for card in column(client, status))


def cards(world: World, letters: str, client: Client | None = None) -> dict[str, str]:
    """Make tasks of one letter each, the first on top; their ids."""
    made = {}
    for letter in reversed(letters):
        act = (client or world.admin).act("taskCreate", {"title": letter}, "task { id }")
        made[letter] = act["task"]["id"]
    return made


def move(client: Client, card: str, to: str = "TO_DO", **beside: Any) -> Payload:
    query = "query($id: ID!) { task(id: $id) { version } }"
    version = client.run(query, id=card)["task"]["version"]
    given = {"id": card, "toStatus": to, "expectedVersion": version} | beside
    return client.act("taskMove", given, "task { rank version }")


def test_deal_04_a_card_goes_below_another_or_above_or_on_top(world: World) -> None:
    made = cards(world, "ABCDE")
    admin = world.admin

    move(admin, made["A"], afterCardId=made["C"])
    assert titles(admin) == "BCADE"
    move(admin, made["E"], beforeCardId=made["C"])
    assert titles(admin) == "BECAD"
    move(admin, made["D"])
    assert titles(admin) == "DBECA"
    move(admin, made["D"], afterCardId=made["A"], beforeCardId=made["B"])
    assert titles(admin) == "BECAD"
    move(admin, made["B"], "REVIEW", afterCardId=made["E"], beforeCardId=None)
    assert (titles(admin), titles(admin, "REVIEW")) == ("BECAD", "")


def test_deal_04_a_place_that_is_gone_is_told_with_what_is_there_now(world: World) -> None:
    made = cards(world, "ABCDE")
    move(world.admin, made["C"], "REVIEW")
    (before,) = (one["version"] for one in column(world.admin) if one["title"] == "E")
    given = {"id": made["E"], "toStatus": "TO_DO", "afterCardId": made["C"]}

    answer = world.admin.send(
        "mutation($input: TaskMoveInput!) { taskMove(input: $input) { task { id } userErrors"
        f" {{ code path {STALE} }} }} }}",
        {"input": given | {"expectedVersion": before}},
    )

    assert answer.data["taskMove"] == {
        "task": None,
        "userErrors": [
            {
                "code": "STALE_POSITION",
                "path": ["afterCardId"],
                "above": {"id": made["B"]},
                "below": {"id": made["D"]},
            }
        ],
    }
    assert titles(world.admin) == "ABDE"


def test_deal_04_cards_out_of_sight_keep_their_places_and_are_never_named(world: World) -> None:
    theirs = cards(world, "X", world.admin)
    mine = cards(world, "BC", world.rep)
    theirs |= cards(world, "Y", world.admin)

    refused = move(world.rep, mine["C"], afterCardId=theirs["X"])
    move(world.rep, mine["C"])

    assert refused.codes == ["STALE_POSITION"]
    assert (titles(world.rep), titles(world.admin)) == ("CB", "CYBX")


def test_deal_04_a_column_is_spread_anew_when_its_places_grow_long(world: World) -> None:
    made = cards(world, "ABC")
    for turn in range(150):
        a, b = ("B", "C") if turn % 2 else ("C", "B")
        move(world.admin, made[a], afterCardId=made["A"], beforeCardId=made[b])

    placed = column(world.admin)

    assert "".join(card["title"] for card in placed) == "ABC"
    assert all(len(card["rank"]) <= 24 for card in placed)


def test_deal_04_twenty_movers_on_one_column_end_in_one_order(world: World) -> None:
    made = cards(world, "ABCDEFGHIJKLMNOPQRST")
    letters = list(made)

    def mover(at: int) -> Payload:
        client = world.server.client(world.admin.token)
        return move(client, made[letters[at]], afterCardId=made[letters[(at * 7 + 3) % 20]])

    with ThreadPoolExecutor(20) as pool:
        done = list(pool.map(mover, range(20)))

    placed = column(world.admin)
    assert [one.codes for one in done] == [[]] * 20
    assert sorted(card["title"] for card in placed) == sorted(letters)
    assert len({card["rank"] for card in placed}) == 20
    assert titles(world.admin) == titles(world.executive)
