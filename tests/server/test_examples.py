"""Every example of docs/examples runs on the demo workspace, and each role sees its own chain."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.world import Client
from tests.subscriptions.wire import stream

FILES = sorted((Path(__file__).parents[2] / "docs" / "examples").glob("*.graphql"))
LIVE = [path for path in FILES if "\nsubscription " in path.read_text(encoding="utf-8")]
EXAMPLES = [path for path in FILES if path not in LIVE]
LEVELS = ["contacts", "deals", "quotes", "contracts", "invoices", "payments"]
FINANCIAL = {"contracts", "invoices"}
CHAIN = """query($after: Cursor) {
  contacts(first: 25, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { id owner { id } deals { nodes { id owner { id } quotes { nodes { id owner { id }
      contracts { nodes { id owner { id } invoices { nodes { id owner { id }
        payments { nodes { id } }
    } } } } } } } }
  } } }"""
WHO = "{ viewer { user { id } teams { manager { id } members(first: 100) { nodes { id } } } } }"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_gql_01_an_example_answers_without_errors_and_with_records(server, example):
    data = server.demo("executive").run(example.read_text(encoding="utf-8"))

    found: dict[str, int] = {}
    for name, length in lists(data):
        found[name] = found.get(name, 0) + length
    assert found.pop("userErrors", 0) == 0
    assert [name for name, length in found.items() if length == 0] == []


@pytest.mark.parametrize("example", LIVE, ids=lambda path: path.stem)
async def test_gql_03_a_live_example_tells_what_changes(world, example):
    text = example.read_text(encoding="utf-8")
    async with stream(world.server.url, world.admin.token, text) as events:
        waiting = asyncio.ensure_future(anext(events))
        while not waiting.done():
            world.contact(email=None)
            await asyncio.wait([waiting], timeout=1)
        event, place, told = await waiting

    assert (event, place.isdigit()) == ("next", True)
    assert "errors" not in told


def lists(answer: Any, name: str = "") -> Iterator[tuple[str, int]]:
    """Each list of an answer: the field it belongs to, and how long it is."""
    if isinstance(answer, list):
        yield name, len(answer)
        for one in answer:
            yield from lists(one, name)
    elif isinstance(answer, dict):
        for key, value in answer.items():
            yield from lists(value, name if key in {"nodes", "groups"} else key)


@pytest.mark.parametrize("role", ["admin", "manager", "rep", "finance"])
def test_gql_01_the_chain_ends_where_the_sight_of_a_role_ends(server, role):
    client = server.demo(role)
    everything = chain(server.demo("executive"))

    seen = chain(client)

    assert seen == within_sight(everything, owners(client, role), finance=role == "finance")
    assert (seen == everything) == (role == "admin")
    assert seen


def test_gql_01_the_chain_ends_at_a_colleagues_deal(world):
    world.join("rep", "REP")
    contact = world.contact(ownerId=world.user("rep"))
    world.deal(name="Mine", contactId=contact, ownerId=world.user("rep"))
    world.deal(name="A colleague's", contactId=contact)

    found = world.rep.run("{ contacts { nodes { id deals { nodes { name } } } } }")

    assert found["contacts"]["nodes"] == [{"id": contact, "deals": {"nodes": [{"name": "Mine"}]}}]


def chain(client: Client) -> list[Any]:
    """All contacts a person sees, with all that hangs on them."""
    contacts: list[Any] = []
    after = None
    while True:
        page = client.run(CHAIN, after=after)["contacts"]
        contacts += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return contacts


def owners(client: Client, role: str) -> set[str] | None:
    """Whose records a person sees by the rules of the roles; None: everybody's."""
    if role == "admin":
        return None
    viewer = client.run(WHO)["viewer"]
    me = viewer["user"]["id"]
    mine = [team for team in viewer["teams"] if team["manager"]["id"] == me]
    members = {member["id"] for team in mine for member in team["members"]["nodes"]}
    return {me} | (members if role == "manager" else set())


def within_sight(
    records: list[Any], owned_by: set[str] | None, *, finance: bool, at: int = 0
) -> list[Any]:
    """The part of everybody's chain that belongs to these owners, level by level."""
    level, below = LEVELS[at], LEVELS[at + 1 :][:1]
    everyones = owned_by is None or (finance and level in FINANCIAL) or level == "payments"
    kept = [one for one in records if everyones or one["owner"]["id"] in (owned_by or ())]
    for name in below:
        kept = [
            one
            | {
                name: {
                    "nodes": within_sight(one[name]["nodes"], owned_by, finance=finance, at=at + 1)
                }
            }
            for one in kept
        ]
    return kept
