"""Histories of records: pages of values that carry records, for all parents at once."""

import pytest

from tests.plans.pair import ROLES, Pair
from tests.plugins.world import World

ENTRY = """at act event actorName operationId
  actor { __typename ... on User { id name } ... on ApiKey { name } }
  changes { field before { ...V } after { ...V } }"""
VALUE = """fragment V on HistoryValue { __typename ... on TextValue { text }
  ... on NumberValue { number } ... on FlagValue { flag } ... on DayValue { day }
  ... on MomentValue { moment } ... on ChoiceValue { choice }
  ... on MoneyValue { money { amount currency } }
  ... on RecordValue { record { id ... on Company { name owner { name } } } } }"""
PAGE = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount"
QUERIES = (
    f"""{{ contacts(first: 30) {{ nodes {{ id
      history(first: 3) {{ nodes {{ {ENTRY} }} {PAGE} }} }} }} }} {VALUE}""",
    f"""{{ deals(first: 30) {{ nodes {{
      history {{ edges {{ cursor node {{ {ENTRY} }} }} }} }} }} }} {VALUE}""",
    f"""{{ deals(first: 5) {{ nodes {{ company {{
      history(first: 1) {{ nodes {{ {ENTRY} }} }} }} }} }} }} {VALUE}""",
    f'{{ contacts(first: 5) {{ nodes {{ history(after: "3") {{ nodes {{ act }} {PAGE} }} }} }} }}',
    "{ contacts(first: 5, deleted: INCLUDE) { nodes { id deletedAt } totalCount } }",
    "{ changes(first: 50) { changes { type id kindOfChange record { id __typename } } cursor } }",
)


@pytest.mark.parametrize("role", ROLES)
def test_gql_09_histories_are_compiled(pair: Pair, populated: World, role: str) -> None:
    for query in QUERIES:
        pair.compiled(populated.of(role), query)


def test_gql_02_histories_cost_the_same_for_any_number_of_records(
    pair: Pair, populated: World
) -> None:
    query = f"""query($n: Int) {{ contacts(first: $n) {{ nodes {{
      history(first: 2) {{ nodes {{ {ENTRY} }} }} }} }} }} {VALUE}"""
    costs = [pair.statements(populated.admin, query, {"n": size}) for size in (20, 40)]
    assert costs[0] == costs[1]
