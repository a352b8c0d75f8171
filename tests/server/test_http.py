"""GraphQL over HTTP: media types, statuses, limits, and what is no request at all."""

import gzip
import json

import httpx
import pytest
from graphql import get_introspection_query

from tests.plugins.wire import asked, codes, sent
from tests.plugins.world import Client, Server, World

ROLE = "{ viewer { role } }"
BODY = json.dumps({"query": ROLE}).encode()
JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
CYCLE = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"
DEEP = "{ contacts { nodes { " + "companies { nodes { contacts { nodes { " * 100
SIGN_OUT = "mutation { signOut(input: {}) { userErrors { code } } }"


@pytest.fixture(scope="module")
def client(server: Server) -> Client:
    return World(server).admin


def answered(response):
    """The data of an answer that holds nothing else but its cost."""
    body = response.json()
    assert set(body) == {"data", "extensions"}
    assert set(body["extensions"]) == {"cost"}
    return body["data"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL};charset=utf-8, {JSON};charset=utf-8", GRAPHQL),
        (f"{JSON}, {GRAPHQL}", GRAPHQL),
        (f"{JSON}, {GRAPHQL};q=0.5", JSON),
        (f"{GRAPHQL};q=0, {JSON}", JSON),
        ("text/html, */*;q=0.8", JSON),
    ],
)
def test_the_answer_comes_in_the_type_the_client_prefers(client, accept, kind):
    response = sent(client, BODY, accept=accept)

    assert response.status_code == 200
    assert response.headers["content-type"] == f"{kind}; charset=utf-8"
    assert answered(response) == {"viewer": {"role": "ADMIN"}}


@pytest.mark.parametrize("accept", ["text/plain", "image/png", f"{JSON};q=0"])
def test_a_client_that_accepts_neither_type_is_told_so(client, accept):
    response = sent(client, BODY, accept=accept)

    assert (response.status_code, codes(response)) == (406, ["BAD_REQUEST"])


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ viewer { rank } }", "GRAPHQL_VALIDATION_FAILED"),
        ("query($first: Int!) { contacts(first: $first) { totalCount } }", "BAD_USER_INPUT"),
    ],
)
@pytest.mark.parametrize(("accept", "status"), [(JSON, 200), (GRAPHQL, 400)])
def test_a_document_that_cannot_run_has_the_status_of_its_media_type(
    client, query, code, accept, status
):
    response = asked(client, query, accept=accept)

    assert (response.status_code, codes(response)) == (status, [code])
    assert "data" not in response.json()


@pytest.mark.parametrize("accept", [JSON, GRAPHQL])
def test_errors_of_fields_leave_the_status_and_the_other_fields(client, accept):
    response = asked(client, '{ contact(id: "x") { id } viewer { role } }', accept=accept)

    assert (response.status_code, codes(response)) == (200, ["INVALID_ID"])
    assert response.json()["data"] == {"contact": None, "viewer": {"role": "ADMIN"}}


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "text/plain"},
        {"content_type": "application/x-www-form-urlencoded"},
        {"content_type": "multipart/form-data; boundary=x"},
        {"content_type": "application/graphql"},
        {"content_type": "application/json; charset=utf-16"},
        {"content_encoding": "gzip"},
    ],
)
def test_bodies_of_other_types_are_refused(client, headers):
    response = sent(client, BODY, **headers)

    assert (response.status_code, codes(response)) == (415, ["BAD_REQUEST"])


@pytest.mark.parametrize("kind", ["Application/JSON", "application/json; charset=UTF-8"])
def test_a_media_type_is_read_as_media_types_are(client, kind):
    assert sent(client, BODY, content_type=kind).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"[" + BODY + b"]",
        b"\xef\xbb\xbf" + BODY,
        BODY.decode().encode("utf-16"),
        gzip.compress(BODY, mtime=0),
        b"[" * 100_000,
        b'{"query": 1}',
        b'{"query": ""}',
        b'{"query": "{ viewer { role } }", "variables": []}',
        b'{"query": "{ viewer { role } }", "variables": "{}"}',
        b'{"query": "{ viewer { role } }", "extensions": 1}',
        b'{"query": "{ viewer { role } }", "operationName": 1}',
        b'{"query": "{ viewer { role } }", "variables": {"a": "\\ud800"}}',
    ],
    ids=lambda body: repr(body[:60]),
)
@pytest.mark.parametrize("accept", [JSON, GRAPHQL])
def test_what_is_no_request_is_a_bad_request(client, body, accept):
    response = sent(client, body, accept=accept)

    assert (response.status_code, codes(response)) == (400, ["BAD_REQUEST"])


@pytest.mark.parametrize(
    ("query", "name", "expected"),
    [
        ("query A { viewer { role } }", None, ["viewer"]),
        ("query A { viewer { role } }", "", ["viewer"]),
        ("query A { viewer { role } }", "A", ["viewer"]),
        ("query A { a: eventCursor } query B { b: eventCursor }", "B", ["b"]),
    ],
)
def test_the_operation_is_the_only_one_or_the_one_named(client, query, name, expected):
    body = json.dumps({"query": query, "operationName": name}).encode()

    assert list(sent(client, body).json()["data"]) == expected


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("query A { viewer { role } }", "B"),
        ("query A { a: eventCursor } query B { b: eventCursor }", None),
        ("query A { a: eventCursor } query B { b: eventCursor }", "C"),
    ],
)
def test_an_operation_that_cannot_be_chosen_is_a_bad_request(client, query, name):
    body = json.dumps({"query": query, "operationName": name}).encode()
    response = sent(client, body)

    assert (response.status_code, codes(response)) == (400, ["BAD_REQUEST"])


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("# nothing", "GRAPHQL_PARSE_FAILED"),
        (",,,", "GRAPHQL_PARSE_FAILED"),
        ("{ viewer { role } }\0", "GRAPHQL_PARSE_FAILED"),
        ("type A { a: Int }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { heartbeat }", "BAD_REQUEST"),
        (CYCLE, "GRAPHQL_VALIDATION_FAILED"),
        (ROLE + " " * 65_536, "LIMIT_EXCEEDED"),
        ("{" + "a " * 1_999 + "}", "LIMIT_EXCEEDED"),
        ("{" + "viewer { role } " * 499 + "}", "LIMIT_EXCEEDED"),
        (
            "{ contacts { nodes {" + "companies { nodes { contacts { nodes { " * 100,
            "LIMIT_EXCEEDED",
        ),
    ],
    ids=lambda text: text[:50],
)
def test_documents_out_of_bounds_are_refused(client, query, code):
    assert codes(asked(client, query)) == [code]


def test_a_document_may_be_64_kib_long_and_no_longer(client):
    longest = ROLE + " " * (65_536 - len(ROLE))

    assert codes(asked(client, longest)) == []
    assert codes(asked(client, longest + " ")) == ["LIMIT_EXCEEDED"]


def test_fragments_that_double_forty_times_are_answered_once(client):
    doubling = (f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(40))
    query = "{ ...F0 } " + " ".join(doubling) + " fragment F40 on Query { viewer { role } }"

    assert answered(asked(client, query)) == {"viewer": {"role": "ADMIN"}}


def test_at_most_ten_mutations_run_in_one_operation(client):
    eleven = " ".join(f"a{n}: signOut(input: {{}}) {{ operationId }}" for n in range(11))

    assert codes(asked(client, f"mutation {{ {eleven} }}")) == ["LIMIT_EXCEEDED"]
    assert codes(asked(client, ROLE)) == []


def test_a_body_of_one_mebibyte_is_read_and_a_larger_one_is_not(client):
    largest = BODY + b" " * (1024 * 1024 - len(BODY))
    larger = sent(client, largest + b" ")

    assert sent(client, largest).status_code == 200
    assert (larger.status_code, codes(larger)) == (413, ["PAYLOAD_TOO_LARGE"])


def test_a_body_that_does_not_tell_its_length_is_bounded_too(server, client):
    pieces = (b" " * 65_536 for _ in range(160))
    headers = client.headers | {"content-type": JSON}
    try:
        response = server.http.post("/graphql", content=pieces, headers=headers)
    except httpx.WriteError:  # the server has answered and closed before all was sent
        assert codes(asked(client, ROLE)) == []
        return

    assert (response.status_code, codes(response)) == (413, ["PAYLOAD_TOO_LARGE"])


@pytest.mark.parametrize("depth", [65, 500, 900])
def test_variables_are_nested_no_deeper_than_the_limit(client, depth):
    deep = f'{{"query": "{ROLE}", "variables": {{"a": {"[" * depth}{"]" * depth}}}}}'

    assert codes(sent(client, deep.encode())) == ["LIMIT_EXCEEDED"]


def test_a_query_is_taken_by_get_too(server, client):
    given = {"query": "query($n: Int) { contacts(first: $n) { totalCount } }", "variables": "{}"}
    response = server.http.get("/graphql", params=given, headers=client.headers)

    assert answered(response) == {"contacts": {"totalCount": 0}}


def test_a_mutation_is_not_taken_by_get(server, client):
    response = server.http.get("/graphql", params={"query": SIGN_OUT}, headers=client.headers)

    assert (response.status_code, codes(response)) == (405, ["BAD_REQUEST"])
    assert response.headers["allow"] == "POST"
    assert codes(asked(client, ROLE)) == []


@pytest.mark.parametrize(
    "given",
    [{}, {"query": ""}, {"query": ROLE, "variables": "["}, {"query": ROLE, "variables": "1"}],
)
def test_a_get_without_a_query_is_a_bad_request(server, client, given):
    response = server.http.get("/graphql", params=given, headers=client.headers)

    assert (response.status_code, codes(response)) == (400, ["BAD_REQUEST"])


@pytest.mark.parametrize(
    "header",
    [
        "Bearer nobody",
        "Bearer",
        "Basic YTpi",
        "ck_live_x",
        "Bearer ck_live_x",
        "Bearer " + "x" * 9999,
    ],
    ids=lambda text: text[:16],
)
def test_a_token_nobody_has_is_answered_401(server, header):
    response = sent(server.client(None), BODY, authorization=header)

    assert (response.status_code, codes(response)) == (401, ["UNAUTHENTICATED"])
    assert response.headers["www-authenticate"] == "Bearer"


def test_the_scheme_of_a_token_is_written_in_any_case(server, client):
    response = sent(server.client(None), BODY, authorization=f"bearer  {client.token}")

    assert codes(response) == []


def test_without_a_token_fields_say_that_one_is_needed(server):
    response = asked(server.client(None), "{ contacts { totalCount } __typename }")

    assert (response.status_code, codes(response)) == (200, ["UNAUTHENTICATED"])
    assert response.json()["data"] is None


def test_gql_01_everybody_may_introspect_the_schema(server):
    response = asked(server.client(None), get_introspection_query(descriptions=True))
    kinds = {kind["name"] for kind in response.json()["data"]["__schema"]["types"]}

    assert {"Contact", "Deal", "Quote", "Contract", "Invoice", "Payment"} <= kinds


def test_a_secret_in_an_input_that_does_not_fit_is_not_repeated(client):
    given = {"input": {"email": "a@b.com", "password": "tr0ub4dor&3", "nickname": "x"}}
    response = asked(
        client, "mutation($input: SignInInput!) { signIn(input: $input) { token } }", given
    )

    assert codes(response) == ["BAD_USER_INPUT"]
    assert "nickname" in response.text
    assert "tr0ub4dor" not in response.text
