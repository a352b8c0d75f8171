"""Payloads of mutations are answered by plans: the same bytes, the statements of a query."""

import secrets
from typing import Any

from tests.plans.pair import Pair
from tests.plugins.world import PASSWORD, World

CONTACT = """id name owner { name } deals(first: 2) { nodes { name stage { name } } totalCount }
  companies { edges { cursor node { name } } }"""
REST = """userErrors { __typename code message path
  ... on DuplicateError { existing { id ... on Contact { name owner { name } } } }
  ... on StaleVersionError { currentVersion changedFields } } operationId eventCursor"""
CREATE = f"""mutation($input: ContactCreateInput!) {{ __typename
  made: contactCreate(input: $input) {{ __typename contact {{ {CONTACT} }} {REST} }} }}"""
ASK = """mutation($input: AgreementAskInput!) { agreementAsk(input: $input) { user { name }
  userErrors { code ... on HeldError { reasons holder { name } held: deals { id owner { name } } } }
  deals { id name } again: deals { id contact { name } } } }"""


def _contact(**given: Any) -> dict[str, Any]:
    return {"firstName": "Ada", "lastName": "Lovelace", "phone": "+14155550102"} | given


def test_gql_09_a_payload_is_the_executors_to_the_byte(pair: Pair, populated: World) -> None:
    given = _contact(
        email=f"{secrets.token_hex(4)}@example.com", idempotencyKey=secrets.token_hex()
    )
    # The second of the two is a replay: the same ids, the record as it is now.
    answered = pair.compiled(populated.admin, CREATE, {"input": given})["data"]["made"]
    assert answered["contact"]["name"] == "Ada Lovelace"
    twice = given | {"idempotencyKey": None}
    refused = pair.compiled(populated.admin, CREATE, {"input": twice})["data"]["made"]
    assert refused["userErrors"][0]["existing"] == {
        "id": answered["contact"]["id"],
        "name": "Ada Lovelace",
        "owner": answered["contact"]["owner"],
    }
    unseen = pair.compiled(populated.rep, CREATE, {"input": twice})["data"]["made"]
    assert unseen["userErrors"][0]["existing"] is None


def test_gql_09_a_payload_costs_what_the_query_costs(pair: Pair, populated: World) -> None:
    key = secrets.token_hex()
    given = _contact(idempotencyKey=key)
    made = pair.compiled(populated.admin, CREATE, {"input": given})["data"]["made"]["contact"]
    query = f"query($id: ID!) {{ contact(id: $id) {{ {CONTACT} }} }}"
    asked = pair.statements(populated.admin, query, {"id": made["id"]})
    assert pair.statements(populated.admin, CREATE, {"input": given}) == asked


def test_gql_09_lists_of_records_leave_out_the_unseen(pair: Pair, populated: World) -> None:
    hers, theirs = populated.deal(name="Hers"), populated.deal(populated.rep, name="Theirs")
    given: dict[str, Any] = {"dealIds": [hers, theirs], "idempotencyKey": secrets.token_hex()}
    seen = pair.compiled(populated.rep, ASK, {"input": given})["data"]["agreementAsk"]
    assert [deal["name"] for deal in seen["deals"]] == ["Theirs"]
    given = {"dealIds": [hers, theirs], "refuse": True}
    for client, held in ((populated.rep, [theirs]), (populated.admin, [hers, theirs])):
        refused = pair.compiled(client, ASK, {"input": given})["data"]["agreementAsk"]
        assert refused["deals"] == []
        assert [deal["id"] for deal in refused["userErrors"][0]["held"]] == held
    assert pair.statements(populated.admin, ASK, {"input": given}) == 2


def test_gql_09_a_bulk_reads_its_records_together(pair: Pair, populated: World) -> None:
    query = """mutation($input: ContactBulkCreateInput!) { contactBulkCreate(input: $input) {
      results { contact { name owner { name } } userErrors { __typename code path } } } }"""
    rows = [_contact(lastName=f"Number {at}") for at in range(20)]
    given: dict[str, Any] = {"rows": [*rows, {"firstName": "x", "lastName": "y"}]}
    pair.compiled(populated.admin, query, {"input": given})
    before = pair.plans.sent()
    given["errorPolicy"] = "REJECT_FAILED"
    _, body = pair.plans.ask(populated.admin, {"query": query, "variables": {"input": given}})
    assert body.count(b'"Ada Number') == 20
    assert pair.plans.sent() - before <= 2


def test_gql_09_signing_in_answers_the_user_it_makes_of_a_visitor(
    pair: Pair, populated: World
) -> None:
    query = """mutation($input: SignInInput!) { signIn(input: $input) { token user { email role }
      userErrors { code path ... on WorkspaceRequiredError { workspaces { name } } } } }"""
    given = {"email": populated.email("admin"), "password": "wrong"}
    pair.compiled(populated.server.client(None), query, {"input": given})
    before = pair.plans.executed()
    body = {"query": query, "variables": {"input": given | {"password": PASSWORD}}}
    _, answered = pair.plans.ask(populated.server.client(None), body)
    assert populated.email("admin").encode() in answered
    assert pair.plans.executed() == before


def test_gql_09_what_stops_an_act_is_told_the_same(pair: Pair, populated: World) -> None:
    two = "mutation { a: signOut(input: {}) { operationId } b: signOut(input: {}) { operationId } }"
    pair.compiled(populated.server.client(None), two)
    given = {"input": {"id": populated.contact(), "idempotencyKey": secrets.token_hex()}}
    delete = "mutation($input: ContactDeleteInput!) { contactDelete(input: $input) { %s } }"
    pair.same(populated.admin, delete % "contact { id deals(first: 101) { totalCount } }", given)
    gone = pair.compiled(populated.admin, delete % "contact { id } userErrors { code }", given)
    assert gone["data"]["contactDelete"] == {"contact": None, "userErrors": []}
