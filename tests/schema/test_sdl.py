"""The schema as clients read it: described throughout, named by its rules, kept as a file."""

import re

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    build_client_schema,
    build_schema,
    get_introspection_query,
    print_schema,
    print_type,
)

from tests.plugins.dev import ROOT

FILE = ROOT / "schema.graphql"
SCALARS = {
    "ID", "String", "Int", "Boolean", "DateTime", "Date", "Decimal", "TimeZone", "CurrencyCode",
    "EmailAddress", "PhoneNumber", "Cursor",
}  # fmt: skip
WORD = re.compile(r"[a-z][a-zA-Z0-9]*")


@pytest.fixture(scope="module")
def served(server):
    """The schema as the running server tells it."""
    query = get_introspection_query(input_value_deprecation=True, one_of=True)
    found = server.client(None).run(query)
    return build_client_schema(found)


@pytest.fixture(scope="module")
def own(served):
    """The types that are ours."""
    return {name: kind for name, kind in served.type_map.items() if not name.startswith("__")}


def fields_of(own, *kinds):
    for kind in own.values():
        if isinstance(kind, kinds):
            for name, field in kind.fields.items():
                yield kind.name, name, field


def test_gql_01_the_file_holds_the_schema_that_is_served(served):
    kept = build_schema(FILE.read_text(encoding="utf-8"))
    mine = {name for name in kept.type_map if not name.startswith("__")}
    theirs = {name for name in served.type_map if not name.startswith("__")}

    assert mine == theirs, "run ./dev schema"
    for name in sorted(theirs):
        assert print_type(kept.type_map[name]) == print_type(served.type_map[name]), (
            f"{name} differs: run ./dev schema"
        )


def test_gql_01_one_schema_covers_the_chain(served):
    chain = ["Contact.deals", "Deal.quotes", "Quote.contracts", "Contract.invoices"]
    chain.append("Invoice.payments")

    for place in chain:
        kind, _, field = place.partition(".")
        assert field in served.type_map[kind].fields, place


def test_gql_07_every_type_is_described(own):
    builtin = {"ID", "String", "Int", "Boolean"}

    assert [
        name for name, kind in own.items() if name not in builtin and not kind.description
    ] == []


def test_gql_07_every_field_argument_and_value_is_described(own):
    silent = []
    for kind, name, field in fields_of(
        own, GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType
    ):
        if not (field.description or "").strip():
            silent.append(f"{kind}.{name}")
        for key, argument in getattr(field, "args", {}).items():
            if not (argument.description or "").strip():
                silent.append(f"{kind}.{name}({key}:)")
    for kind in own.values():
        if isinstance(kind, GraphQLEnumType):
            silent += [
                f"{kind.name}.{name}"
                for name, value in kind.values.items()
                if not value.description
            ]

    assert silent == []


def test_gql_07_descriptions_are_sentences(own):
    found = {
        f"{kind}.{name}": field.description
        for kind, name, field in fields_of(
            own, GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType
        )
    }
    found |= {name: kind.description for name, kind in own.items() if kind.description}
    found = {place: text for place, text in found.items() if place not in SCALARS}

    assert [place for place, text in found.items() if not text.strip().endswith((".", "`"))] == []
    assert [place for place, text in found.items() if not text.strip()[0].isupper()] == []


def test_gql_07_there_is_no_float_and_no_untyped_value(own):
    scalars = {name for name, kind in own.items() if isinstance(kind, GraphQLScalarType)}

    assert scalars == SCALARS


def test_gql_07_names_follow_the_rules(own):
    assert [name for name in own if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name)] == []
    assert [
        f"{kind}.{name}"
        for kind, name, field in fields_of(
            own, GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType
        )
        for word in (name, *getattr(field, "args", {}))
        if not WORD.fullmatch(word)
    ] == []
    assert [
        f"{kind.name}.{value}"
        for kind in own.values()
        if isinstance(kind, GraphQLEnumType)
        for value in kind.values
        if not re.fullmatch(r"[A-Z][A-Z0-9_]*", value)
    ] == []


def test_gql_07_every_mutation_takes_one_input_and_answers_its_payload(served):
    for name, field in served.mutation_type.fields.items():
        title = name[0].upper() + name[1:]
        assert list(field.args) == ["input"], name
        assert str(field.args["input"].type) == f"{title}Input!", name
        assert str(field.type) == f"{title}Payload!", name
        payload = field.type.of_type.fields
        assert str(payload["userErrors"].type) == "[UserError!]!", name
        assert str(payload["operationId"].type) == "ID", name
        assert str(payload["eventCursor"].type) == "Cursor", name
        assert "idempotencyKey" in field.args["input"].type.of_type.fields, name


NOUNS = {
    "apiKey", "approval", "businessHours", "call", "case", "caseStatus", "caseTemplate",
    "company", "contact", "contactCompany", "contactImport", "contract", "contractTemplate",
    "creditMemo", "customField", "dashboard",
    "deadLetter", "deal", "demoWalkthrough", "email", "exchangeRate", "exchangeRates",
    "externalId", "file", "import", "inboundMailKey", "invitation", "invoice", "lead",
    "leadAssignmentRule",
    "meeting", "milestone", "note", "notification", "onboardingStep", "password", "passwordReset",
    "payment", "pipeline", "pipelineStage", "product", "productPrice", "productTier", "project",
    "projectMember", "projectTemplate", "quote", "quoteLine", "roleSetting", "savedView",
    "sequence", "session", "sign", "slaPolicy", "sms", "stageGate", "tag", "tags", "task",
    "team", "teamMember", "trackingKey", "upload", "user", "webForm", "workflow", "workspace",
    "duplicate",
}  # fmt: skip


def test_gql_07_a_mutation_begins_with_the_noun_it_acts_on(served):
    strange = [
        name
        for name in served.mutation_type.fields
        if name != "undo" and not any(re.match(rf"{noun}[A-Z]", name) for noun in NOUNS)
    ]

    assert strange == []


def test_role_06_roles_are_five_and_nothing_makes_another(served):
    roles = served.type_map["Role"]
    making = [name for name in served.mutation_type.fields if re.match(r"(user)?[rR]ole", name)]

    assert set(roles.values) == {"REP", "MANAGER", "EXECUTIVE", "ADMIN", "FINANCE"}
    assert sorted(making) == ["roleSettingUpdate", "userRoleUpdate"]


UNCOUNTED = {"SearchResultConnection"}
"""Pages of what is ranked: nobody counts to their end."""


def test_gql_13_connections_and_pages_have_the_shape_of_relay(own):
    page = own["PageInfo"].fields
    connections = [kind for name, kind in own.items() if name.endswith("Connection")]

    assert {name: str(field.type) for name, field in page.items()} == {
        "hasNextPage": "Boolean!",
        "hasPreviousPage": "Boolean!",
        "startCursor": "Cursor",
        "endCursor": "Cursor",
    }
    assert connections
    for kind in connections:
        noun = kind.name.removesuffix("Connection")
        counted = {} if kind.name in UNCOUNTED else {"totalCount": "Int!"}
        assert {name: str(field.type) for name, field in kind.fields.items()} == {
            "edges": f"[{noun}Edge!]!",
            "nodes": f"[{noun}!]!",
            "pageInfo": "PageInfo!",
        } | counted
        edge = own[f"{noun}Edge"].fields
        shape = {name: str(field.type) for name, field in edge.items()}
        if kind.name in UNCOUNTED:
            # What was found may leave one's sight before it is read; it says where it was found.
            assert shape == {
                "node": noun,
                "cursor": "Cursor!",
                "highlights": "[SearchHighlight!]!",
            }
            continue
        assert shape == {"node": f"{noun}!", "cursor": "Cursor!"}


def test_gql_13_every_field_that_answers_a_connection_takes_a_page(own):
    for kind, name, field in fields_of(own, GraphQLObjectType):
        if str(field.type).endswith("Connection!"):
            given = {key: str(argument.type) for key, argument in field.args.items()}
            assert given["first"] == "Int", f"{kind}.{name}"
            assert given["after"] == "Cursor", f"{kind}.{name}"
            shown = print_type(own[kind])
            assert re.search(rf"\b{name}\([^)]*first: Int = 25", shown), f"{kind}.{name}"


def test_gql_13_every_entity_is_a_node_with_its_version(own):
    nodes = [kind for kind in own.values() if own["Node"] in getattr(kind, "interfaces", ())]

    assert {"Contact", "Company", "Deal", "Quote", "Contract", "Invoice"} <= {
        kind.name for kind in nodes
    }
    for kind in nodes:
        assert isinstance(kind.fields["id"].type, GraphQLNonNull)
        if kind.name != "Workspace":  # nothing changes it yet
            assert str(kind.fields["version"].type) == "Int!", kind.name


def test_gql_13_items_of_lists_are_never_null_but_where_ids_were_asked_for(own):
    loose = [
        f"{kind}.{name}"
        for kind, name, field in fields_of(own, GraphQLObjectType)
        if re.search(r"[A-Za-z]\]", str(field.type))
    ]

    assert loose == ["Query.nodes"]


def test_the_schema_is_printed_the_same_twice(served):
    again = build_schema(print_schema(served))

    assert print_schema(again) == print_schema(served)
