"""Plans and the executor answer the same bytes: operations written by hand."""

import pytest

from tests.plans import tricky
from tests.plans.pair import ROLES, Pair
from tests.plugins.world import World


@pytest.mark.parametrize("role", ROLES)
def test_gql_09_forms_are_the_same(pair: Pair, populated: World, role: str) -> None:
    for query, variables in tricky.forms():
        pair.same(populated.of(role), query, variables)


@pytest.mark.parametrize("role", ROLES)
def test_gql_09_records_in_and_out_of_sight_are_the_same(
    pair: Pair, populated: World, role: str
) -> None:
    for query, variables in tricky.about(populated):
        pair.same(populated.of(role), query, variables)


@pytest.mark.parametrize("role", ROLES)
def test_gql_09_boards_and_amounts_are_the_same(pair: Pair, populated: World, role: str) -> None:
    for query, variables in (*tricky.boards(populated), *tricky.amounts()):
        pair.same(populated.of(role), query, variables)


@pytest.mark.parametrize("role", ROLES)
def test_gql_09_timelines_are_the_same(pair: Pair, populated: World, role: str) -> None:
    for query, variables in tricky.timelines(populated):
        pair.same(populated.of(role), query, variables)


@pytest.mark.parametrize("role", ROLES)
def test_gql_09_pages_are_the_same_to_their_end(pair: Pair, populated: World, role: str) -> None:
    query = """query($a: Cursor, $o: [DealOrder!]) { deals(first: 4, after: $a, orderBy: $o) {
      nodes { id } edges { cursor }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
    for order in ([], [{"field": "VALUE", "direction": "DESC"}], [{"field": "CLOSE_DATE"}]):
        after = None
        for _ in range(30):
            answered = pair.same(populated.of(role), query, {"a": after, "o": order})
            page = answered["data"]["deals"]["pageInfo"]
            after = page["endCursor"]
            if not page["hasNextPage"]:
                break


def test_gql_09_several_operations_in_a_document(pair: Pair, populated: World) -> None:
    query = "query A { contacts(first: 1) { totalCount } } query B { deals { totalCount } }"
    for name in ("A", "B", "C", None):
        pair.same(populated.admin, query, None, operationName=name)


def test_gql_09_nobody_is_answered_the_same(pair: Pair, populated: World) -> None:
    for query, variables in tricky.forms():
        pair.same(populated.server.client(None), query, variables)


def test_gql_09_the_corpus_is_large() -> None:
    assert len(list(tricky.forms())) >= 150
