"""Bad input: a typed error that says what to do, and nothing changed."""

import base64
import json

import pytest

from tests.plugins.wire import asked, codes, refusals, sent
from tests.plugins.world import World

CONTACT = "query($id: ID!) { contact(id: $id) { id } }"
PAGE = """query($after: Cursor, $orderBy: [ContactOrder!]) {
  contacts(first: 1, after: $after, orderBy: $orderBy) { pageInfo { endCursor } } }"""
FILTERED = "query($filter: ContactFilter) { contacts(filter: $filter) { totalCount } }"
CREATE = """mutation($input: ContactCreateInput!) { contactCreate(input: $input) {
  contact { id } userErrors { code path } operationId eventCursor } }"""
UPDATE = """mutation($input: ContactUpdateInput!) { contactUpdate(input: $input) {
  contact { id } userErrors { code path } operationId eventCursor } }"""
DEAL = """mutation($input: DealCreateInput!) { dealCreate(input: $input) {
  deal { id } userErrors { code path } operationId eventCursor } }"""
NOBODY = "cnt_01HX9ZK2P8N3QRSTVWXYZ01234"


class Place:
    """A workspace with two contacts and a company, which bad input must leave as they are."""

    def __init__(self, server) -> None:
        self.world = World(server)
        self.admin = self.world.admin
        self.contact = self.world.contact(email="sarah@globex.com", company={"create": COMPANY})
        self.world.contact(firstName="Bo", email="bo@globex.com")
        found = self.admin.run("{ companies { nodes { id } } }")
        self.company = found["companies"]["nodes"][0]["id"]

    def position(self) -> str:
        """Where the event log stands: it moves with every change."""
        position: str = self.admin.run("{ eventCursor }")["eventCursor"]
        return position


COMPANY = {"name": "Globex"}


@pytest.fixture(scope="module")
def shared(server):
    return Place(server)


@pytest.fixture
def place(shared):
    before = shared.position()
    yield shared
    assert shared.position() == before, "bad input has changed something"


@pytest.mark.parametrize(
    "wrong",
    ["", "x", "1", 1, "cnt_", "cnt_" + "Z" * 26, "cnt_" + "U" * 26, NOBODY + "0", "\0", "x" * 9999],
    ids=lambda wrong: repr(wrong)[:12],
)
def test_api_07_a_malformed_id_is_named(place, wrong):
    assert codes(asked(place.admin, CONTACT, {"id": wrong})) == ["INVALID_ID"]
    assert codes(asked(place.admin, "query($id: ID!) { node(id: $id) { id } }", {"id": wrong})) == [
        "INVALID_ID"
    ]
    answer = asked(place.admin, UPDATE, {"input": {"id": wrong, "firstName": "B"}})
    assert refusals(answer) == [("INVALID_ID", "id")]


def test_api_07_an_id_of_another_type_is_named(place):
    assert codes(asked(place.admin, CONTACT, {"id": place.company})) == ["INVALID_ID"]
    given = {"id": place.company, "firstName": "B"}
    assert refusals(asked(place.admin, UPDATE, {"input": given})) == [("INVALID_ID", "id")]
    given = {"id": place.contact, "ownerId": place.company}
    assert refusals(asked(place.admin, UPDATE, {"input": given})) == [("INVALID_ID", "ownerId")]


def test_api_07_an_id_within_the_input_is_named_by_its_path(place):
    given = {"firstName": "A", "lastName": "B", "company": {"connect": place.contact}}
    answer = asked(place.admin, CREATE, {"input": given})
    assert refusals(answer) == [("INVALID_ID", "company", "connect")]

    many = """mutation($input: ContactBulkDeleteInput!) { contactBulkDelete(input: $input) {
      userErrors { code path } operationId eventCursor } }"""
    answer = asked(place.admin, many, {"input": {"ids": [place.contact, "x"]}})
    assert refusals(answer) == [("INVALID_ID", "ids", "1")]


def test_api_07_an_id_has_its_prefix_and_26_digits_and_is_read_in_any_case(place):
    prefix, _, digits = place.contact.partition("_")

    assert (prefix, len(digits), digits) == ("cnt", 26, digits.upper())
    found = asked(place.admin, CONTACT, {"id": place.contact.lower()}).json()
    assert found["data"]["contact"] == {"id": place.contact}


def test_a_record_that_is_not_there_is_null_to_read_and_not_found_to_change(place):
    assert place.admin.run(CONTACT, id=NOBODY) == {"contact": None}
    answer = asked(place.admin, UPDATE, {"input": {"id": NOBODY, "firstName": "B"}})
    assert refusals(answer) == [("NOT_FOUND", "id")]


def test_gql_13_more_than_a_hundred_ids_are_too_many(place):
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"

    assert codes(asked(place.admin, query, {"ids": [NOBODY] * 101})) == ["LIMIT_EXCEEDED"]
    assert place.admin.run(query, ids=[NOBODY, place.contact, NOBODY])["nodes"] == [
        None,
        {"id": place.contact},
        None,
    ]


def test_gql_13_a_cursor_of_another_list_or_ordering_is_refused(place):
    by_name = [{"field": "NAME"}]
    cursor = place.admin.run(PAGE)["contacts"]["pageInfo"]["endCursor"]
    companies = "query($after: Cursor) { companies(after: $after) { totalCount } }"

    assert codes(asked(place.admin, PAGE, {"after": cursor})) == []
    assert codes(asked(place.admin, PAGE, {"after": cursor, "orderBy": by_name})) == [
        "INVALID_CURSOR"
    ]
    assert codes(asked(place.admin, companies, {"after": cursor})) == ["INVALID_CURSOR"]


@pytest.mark.parametrize("cursor", ["zz", "é", "\0", "bnVsbA", "W10", "eyJhIjoxfQ", "x" * 9999])
def test_gql_13_an_unknown_cursor_is_refused(place, cursor):
    assert codes(asked(place.admin, PAGE, {"after": cursor})) == ["INVALID_CURSOR"]


@pytest.mark.parametrize(
    ("order", "wrong"),
    [
        ("ID", None),
        ("ID", "x" * 36),
        ("CREATED_AT", "0001-01-01T00:00:00+12:00"),
        ("CREATED_AT", 1),
        ("CLOSE_DATE", "2026-02-30"),
        ("VALUE", 2**63),
        ("VALUE", "1"),
        ("PROBABILITY", 2**31),
        ("NAME", "a\0"),
        ("NAME", None),
    ],
)
def test_gql_13_a_forged_cursor_is_refused(server, order, wrong):
    world = World(server)
    world.deal()
    query = """query($after: Cursor, $by: DealOrderField!) {
      deals(first: 1, after: $after, orderBy: [{field: $by}]) { pageInfo { endCursor } } }"""
    cursor = world.admin.run(query, by=order)["deals"]["pageInfo"]["endCursor"]
    place = json.loads(base64.urlsafe_b64decode(cursor + "=="))
    place[1] = wrong
    forged = base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")

    assert codes(asked(world.admin, query, {"after": cursor, "by": order})) == []
    assert codes(asked(world.admin, query, {"after": forged, "by": order})) == ["INVALID_CURSOR"]


@pytest.mark.parametrize("first", [-1, 101, 2**31 - 1])
def test_gql_13_a_page_out_of_bounds_is_refused(place, first):
    query = "query($first: Int) { contacts(first: $first) { totalCount } }"

    assert codes(asked(place.admin, query, {"first": first})) == ["LIMIT_EXCEEDED"]


@pytest.mark.parametrize(
    ("field", "wrong", "code"),
    [
        ("email", "nobody", "INVALID_EMAIL"),
        ("email", "a@b", "INVALID_EMAIL"),
        ("email", "a\0@b.com", "INVALID_VALUE"),
        ("email", "a" * 300 + "@b.com", "TOO_LONG"),
        ("phone", "5550102", "INVALID_PHONE"),
        ("phone", "abc", "INVALID_PHONE"),
        ("firstName", "x" * 81, "TOO_LONG"),
        ("firstName", "  ", "REQUIRED"),
        ("firstName", None, "REQUIRED"),
        ("firstName", "\u200b\u200d", "REQUIRED"),
        ("firstName", "a\0b", "INVALID_VALUE"),
        ("firstName", "a\nb", "INVALID_VALUE"),
        ("firstName", "\u202egro.live", "INVALID_VALUE"),
        ("jobTitle", "x" * 121, "TOO_LONG"),
        ("status", None, "REQUIRED"),
    ],
)
def test_a_value_that_cannot_be_is_refused_at_its_field(place, field, wrong, code):
    answer = asked(place.admin, UPDATE, {"input": {"id": place.contact, field: wrong}})

    assert refusals(answer) == [(code, field)]


def test_every_wrong_value_of_an_input_is_told_at_once(place):
    given = {"firstName": "x" * 81, "lastName": "", "email": "nobody", "phone": "1"}

    assert set(refusals(asked(place.admin, CREATE, {"input": given}))) >= {
        ("REQUIRED", "lastName"),
    }
    given["lastName"] = "Chen"
    assert set(refusals(asked(place.admin, CREATE, {"input": given}))) == {
        ("TOO_LONG", "firstName"),
        ("INVALID_EMAIL", "email"),
        ("INVALID_PHONE", "phone"),
    }


@pytest.mark.parametrize("rest", [{}, {"idempotencyKey": "k"}, {"expectedVersion": 1}])
def test_an_update_of_nothing_is_an_empty_patch(place, rest):
    answer = asked(place.admin, UPDATE, {"input": {"id": place.contact} | rest})

    assert refusals(answer) == [("EMPTY_PATCH",)]


@pytest.mark.parametrize(
    "amount",
    [
        "NaN",
        "Infinity",
        "-Infinity",
        "sNaN",
        "1e400",
        "1e999999999",
        "1e-999999999",
        "",
        "1_000",
        "１２",
        "0x10",
        "1,5",
        "9" * 99_999,
        12.5,
        1e300,
        True,
        None,
        {},
        [],
        "1.0000001",
    ],
    ids=lambda amount: repr(amount)[:16],
)
def test_a_number_that_is_not_exact_is_refused(place, amount):
    given = {"name": "Deal", "value": {"amount": amount}}

    assert codes(asked(place.admin, DEAL, {"input": given})) == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("literal", ["12.5", "1e400", "true", "NaN", '"NaN"', "$x", "[1, 2]"])
def test_a_number_written_into_the_document_is_as_exact(place, literal):
    query = f"""mutation {{ dealCreate(input: {{name: "Deal", value: {{amount: {literal}}}}}) {{
      deal {{ id }} }} }}"""
    (code,) = codes(asked(place.admin, query))

    assert code in {"BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"}


@pytest.mark.parametrize(
    ("value", "refusal"),
    [
        ({"amount": "1.005", "currency": "USD"}, ("INVALID_VALUE", "value", "amount")),
        ({"amount": "1.5", "currency": "JPY"}, ("INVALID_VALUE", "value", "amount")),
        ({"amount": "-1"}, ("INVALID_VALUE", "value", "amount")),
        ({"amount": "1e17"}, ("INVALID_VALUE", "value", "amount")),
        ({"amount": "1", "currency": "XXX"}, ("INVALID_CURRENCY", "value", "currency")),
        ({"amount": "1", "currency": "DEM"}, ("INVALID_CURRENCY", "value", "currency")),
        ({"amount": "1", "currency": "US\0"}, ("INVALID_VALUE", "value", "currency")),
    ],
)
def test_money_is_held_to_its_currency(place, value, refusal):
    answer = asked(place.admin, DEAL, {"input": {"name": "Deal", "value": value}})

    assert refusals(answer) == [refusal]


@pytest.mark.parametrize(
    "day",
    [
        "2026-02-30",
        "0000-01-01",
        "10000-01-01",
        "2026-2-3",
        "２０２６-01-01",
        "2026-01-01T00:00:00Z",
        "-001-01-01",
        "",
        "today",
        20260101,
        "2026-13-01",
    ],
)
def test_a_day_that_is_not_in_the_calendar_is_refused(place, day):
    given = {"name": "Deal", "closeDate": day}

    assert codes(asked(place.admin, DEAL, {"input": given})) == ["BAD_USER_INPUT"]


@pytest.mark.parametrize(
    "moment",
    [
        "2026-01-01T00:00:00",
        "2026-01-01",
        "2026-13-01T00:00:00Z",
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+12:00",
        "2026-01-01T25:00:00Z",
        1767225600,
        "now",
    ],
)
def test_a_moment_needs_its_offset_and_lies_in_the_calendar(place, moment):
    answer = asked(place.admin, FILTERED, {"filter": {"createdAt": {"gt": moment}}})

    assert codes(answer) == ["BAD_USER_INPUT"]
    assert "2026-04-15T09:30:00Z" in answer.text


@pytest.mark.parametrize("chance", [2**31, -(2**31) - 1, 2**63, 1.5, "5", True])
def test_a_whole_number_has_32_bits(place, chance):
    given = {"name": "Deal", "probability": chance}

    assert codes(asked(place.admin, DEAL, {"input": given})) == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("chance", [-1, 101])
def test_a_probability_is_a_percentage(place, chance):
    answer = asked(place.admin, DEAL, {"input": {"name": "Deal", "probability": chance}})

    assert refusals(answer) == [("INVALID_VALUE", "probability")]


@pytest.mark.parametrize(
    "given",
    [
        {"firstName": 12},
        {"status": "VIP"},
        {"status": "lead"},
        {"nickname": "S"},
        {"company": {}},
        {"company": {"connect": NOBODY, "create": {"name": "A"}}},
        {"company": {"connect": None}},
        {"ownerId": {}},
        {"ownerId": 1.5},
    ],
)
def test_values_that_do_not_fit_their_type_are_bad_input(place, given):
    whole = {"firstName": "A", "lastName": "B", "email": "a@b.com"} | given

    assert codes(asked(place.admin, CREATE, {"input": whole})) == ["BAD_USER_INPUT"]


def test_half_a_character_is_no_json(place):
    body = json.dumps({"query": CREATE, "variables": {"input": {"firstName": "\ud83d"}}})

    assert codes(sent(place.admin, body.encode())) == ["BAD_REQUEST"]


@pytest.mark.parametrize("path", ["\\ud83d", "\\udc00x", "\\udc00\\ud83d"])
def test_half_a_character_in_a_document_is_not_stored(place, path):
    query = f'mutation {{ teamCreate(input: {{name: "{path}"}}) {{ userErrors {{ code }} }} }}'
    found = codes(sent(place.admin, json.dumps({"query": query}).encode()))

    assert found, "accepted"


def nested(depth, wrap):
    given = {"status": {"eq": "LEAD"}}
    for _ in range(depth):
        given = wrap(given)
    return given


@pytest.mark.parametrize("depth", [20, 60, 99, 450])
@pytest.mark.parametrize("wrap", [lambda one: {"not": one}, lambda one: {"and": [one]}])
def test_gql_08_a_filter_nested_too_deeply_is_refused(place, depth, wrap):
    answer = asked(place.admin, FILTERED, {"filter": nested(min(depth, 200), wrap)})
    literal = "{not: " * depth + "{status: {eq: LEAD}}" + "}" * depth
    written = asked(place.admin, f"{{ contacts(filter: {literal}) {{ totalCount }} }}")

    assert codes(answer) == ["LIMIT_EXCEEDED"]
    assert codes(written) == ["LIMIT_EXCEEDED"]


def test_gql_08_a_filter_may_be_nested_nineteen_times(place):
    assert (
        codes(asked(place.admin, FILTERED, {"filter": nested(19, lambda one: {"not": one})})) == []
    )


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"and": [{"status": {"eq": "LEAD"}}] * 101}, "LIMIT_EXCEEDED"),
        ({"and": [{}] * 101}, "LIMIT_EXCEEDED"),
        ({"or": [{"name": None, "email": None}] * 101}, "LIMIT_EXCEEDED"),
        ({"and": [{"zz": 1}] * 10_001}, "LIMIT_EXCEEDED"),
        ({"name": {"in": ["a"] * 101}}, "LIMIT_EXCEEDED"),
        ({"id": {"notIn": [NOBODY] * 101}}, "LIMIT_EXCEEDED"),
        ({"name": {"eq": "x" * 201}}, "LIMIT_EXCEEDED"),
        ({"name": {"eq": "\0"}}, "BAD_USER_INPUT"),
        ({"phone": {"startsWith": "\0"}}, "BAD_USER_INPUT"),
        ({"email": {"in": ["a@b.com", "\0"]}}, "BAD_USER_INPUT"),
        ({"name": {"contains": "ab"}}, "BAD_USER_INPUT"),
        ({"deals": {"some": {"value": {"currency": "\0"}}}}, "BAD_USER_INPUT"),
        ({"ownerId": {"eq": NOBODY}}, "INVALID_ID"),
        ({"ownerId": {"in": ["x"]}}, "INVALID_ID"),
        ({"version": {"eq": 1}}, "BAD_USER_INPUT"),
        ({"createdAt": {"days": {}}}, "BAD_USER_INPUT"),
        ({"createdAt": {"days": {"on": "2026-01-01", "relative": "TODAY"}}}, "BAD_USER_INPUT"),
        ({"createdAt": {"days": {"relative": "SOMETIME"}}}, "BAD_USER_INPUT"),
    ],
    ids=lambda given: repr(given)[:40],
)
def test_gql_08_a_condition_that_cannot_be_met_says_why(place, given, code):
    assert codes(asked(place.admin, FILTERED, {"filter": given})) == [code]


@pytest.mark.parametrize(
    "given",
    [
        {"createdAt": {"days": {"on": "9999-12-31"}}},
        {"createdAt": {"days": {"between": {"start": "0001-01-01", "end": "0001-01-01"}}}},
        {"createdAt": {"days": {"between": {"start": "2026-02-01", "end": "2026-01-01"}}}},
        {"deals": {"some": {"closeDate": {"days": {"on": "9999-12-31"}}}}},
        {"deals": {"some": {"value": {"gt": "999999999999999999"}}}},
        {"deals": {"some": {"value": {"eq": "1.123456"}}}},
        {"name": {"contains": "%%%"}},
        {"name": {"eq": "' OR 1=1 --"}},
        {"name": {"in": []}},
        {"or": []},
    ],
    ids=lambda given: repr(given)[:60],
)
def test_gql_08_conditions_at_the_edge_find_nothing_and_fail_nowhere(place, given):
    assert place.admin.run(FILTERED, filter=given) == {"contacts": {"totalCount": 0}}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"and": []},
        {"and": [{}]},
        {"status": None},
        {"name": {"in": None}},
        {"name": {"notIn": []}},
        {"createdAt": {"days": {"between": {"start": "0001-01-01", "end": "9999-12-31"}}}},
    ],
    ids=lambda given: repr(given)[:60],
)
def test_gql_08_conditions_that_say_nothing_leave_every_record(place, given):
    assert place.admin.run(FILTERED, filter=given) == {"contacts": {"totalCount": 2}}


@pytest.mark.parametrize(
    ("text", "code"), [("\0", "BAD_USER_INPUT"), ("x" * 201, "LIMIT_EXCEEDED")]
)
def test_a_search_that_cannot_be_made_says_why(place, text, code):
    query = "query($text: String) { contacts(search: $text) { totalCount } }"

    assert codes(asked(place.admin, query, {"text": text})) == [code]


@pytest.mark.parametrize(
    ("field", "wrong", "code"),
    [
        ("timeZone", "Mars/Olympus", "INVALID_TIMEZONE"),
        ("currency", "XYZ", "INVALID_CURRENCY"),
        ("email", "nobody", "INVALID_EMAIL"),
        ("workspaceName", "\0", "INVALID_VALUE"),
        ("password", "x" * 5000, "TOO_LONG"),
    ],
)
def test_a_workspace_needs_a_place_and_a_currency_that_exist(place, field, wrong, code):
    given = {
        "workspaceName": "Bad",
        "firstName": "A",
        "lastName": "B",
        "email": place.world.email("nobody"),
        "password": "four dull horses trot",
        "timeZone": "Europe/Paris",
        "currency": "EUR",
    }
    query = """mutation($input: WorkspaceSignUpInput!) { workspaceSignUp(input: $input) {
      token userErrors { code path } operationId eventCursor } }"""
    answer = asked(place.world.server.client(None), query, {"input": given | {field: wrong}})

    assert refusals(answer) == [(code, field)]


def test_lines_and_joined_signs_are_kept_as_they_were_typed(server):
    admin = World(server).admin
    text = "First line\n\tsecond: 👩\u200d💻 می\u200cخواهم"
    given = {"sku": "A-1", "name": "می\u200cخواهم 👩\u200d💻", "description": text}
    given["billingType"] = "ONE_TIME"
    select = "product { sku name description billingType }"

    assert admin.act("productCreate", given, select)["product"] == given
