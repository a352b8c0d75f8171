"""Relay pages: cursors that neither skip nor repeat, in every order, of every list."""

import base64
import json
from typing import Any

import pytest
from graphql import GraphQLEnumType, get_named_type

from core.names import camel
from models.registry import REGISTRY, Entity, Kind
from tests.every_entity.walk import (
    LISTED,
    SCHEMA,
    everything,
    fields_of,
    ids_of,
    name_of,
    object_type,
    single,
)

PAGE = """edges { cursor node { id } } nodes { id }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount"""
SIZE = 7
ORDERS = [
    (entity, order, direction)
    for entity in LISTED
    for order in [*(f.upper() for f, one in entity.fields.items() if one.order), "ID"]
    for direction in ("ASC", "DESC")
]
CONNECTIONS = fields_of(Kind.MANY)


def page(client: Any, entity: Entity, select: Any = PAGE, **arguments: Any) -> Any:
    """One page of an entity's root list."""
    query = f"""query($first: Int, $after: Cursor, $order: [{entity.name}Order!]) {{
      {entity.plural}(first: $first, after: $after, orderBy: $order) {{ {select} }} }}"""
    return client.run(query, **arguments)[entity.plural]


def walked(client: Any, entity: Entity, size: int, most: int = 60, **arguments: Any) -> list[str]:
    """The ids of a list, page by page, each page checked for its shape."""
    found: list[str] = []
    after = None
    while len(found) < most:
        one = page(client, entity, first=size, after=after, **arguments)
        check_shape(one, size, first=after is None)
        found += [node["id"] for node in one["nodes"]]
        after = one["pageInfo"]["endCursor"]
        if not one["pageInfo"]["hasNextPage"]:
            assert len(found) == one["totalCount"]
            break
    return found


def check_shape(one: Any, size: int, *, first: bool) -> None:
    info, edges = one["pageInfo"], one["edges"]
    cursors = [edge["cursor"] for edge in edges]
    assert [edge["node"] for edge in edges] == one["nodes"]
    assert len(edges) == size or not info["hasNextPage"]
    assert info["hasPreviousPage"] is not first
    assert info["startCursor"] == (cursors[0] if cursors else None)
    assert info["endCursor"] == (cursors[-1] if cursors else None)
    assert len(set(cursors)) == len(cursors)


@pytest.mark.parametrize("entity", LISTED, ids=name_of)
def test_gql_13_connections_are_those_of_the_relay_specification(entity):
    connection = object_type(f"{entity.name}Connection").fields
    edge = object_type(f"{entity.name}Edge").fields

    assert {name: str(field.type) for name, field in connection.items()} == {
        "edges": f"[{entity.name}Edge!]!",
        "nodes": f"[{entity.name}!]!",
        "pageInfo": "PageInfo!",
        "totalCount": "Int!",
    }
    assert {name: str(field.type) for name, field in edge.items()} == {
        "cursor": "Cursor!",
        "node": f"{entity.name}!",
    }
    assert "Node" in {one.name for one in object_type(entity.name).interfaces}


@pytest.mark.parametrize(("entity", "order", "direction"), ORDERS, ids=name_of)
def test_gql_13_small_pages_hold_what_one_large_page_holds(stock, entity, order, direction):
    client = stock.of("admin")
    asked = {"order": [{"field": order, "direction": direction}]}

    whole = [one["id"] for one in page(client, entity, first=100, **asked)["nodes"]]

    assert walked(client, entity, SIZE, most=35, **asked) == whole[: 35 if len(whole) > 35 else 100]
    assert len(set(whole)) == len(whole)


@pytest.mark.parametrize(("entity", "order"), [one[:2] for one in ORDERS[::2]], ids=name_of)
def test_gql_13_an_order_is_the_order_of_the_values(stock, entity, order):
    wire = camel(order.lower())
    field = entity.fields[order.lower()]
    amount = " { amount }" if field.kind is Kind.MONEY else ""
    query = f"id {wire}{amount}" if wire != "id" else "id"
    client = stock.of("admin")

    up, down = (
        [one[wire] for one in page(client, entity, f"nodes {{ {query} }}", **asked)["nodes"]]
        for asked in (
            {"first": 100, "order": [{"field": order, "direction": way}]} for way in ("ASC", "DESC")
        )
    )

    if field.kind is Kind.MONEY:
        up, down = ([float(one["amount"]) for one in values] for values in (up, down))
    kind = SCHEMA.type_map[field.scalar]
    if isinstance(kind, GraphQLEnumType) and field.order.endswith("_key"):
        places = list(kind.values)
        up, down = ([places.index(one) for one in values] for values in (up, down))
    elif field.order.endswith("_key"):
        up, down = ([folded(one or "") for one in values] for values in (up, down))
    assert up == sorted(up)
    assert down == sorted(down, reverse=True)


def folded(text: str) -> str:
    import unicodedata

    apart = unicodedata.normalize("NFD", text.casefold().replace("ø", "o"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


MIXED = [
    [("STATUS", "ASC"), ("NAME", "DESC")],
    [("STATUS", "DESC"), ("NAME", "DESC"), ("CREATED_AT", "ASC")],
    [("STATUS", "ASC"), ("ID", "DESC")],
    [("NAME", "ASC"), ("NAME", "ASC")],
]


@pytest.mark.parametrize("keys", MIXED, ids=lambda keys: "-".join(name for name, _ in keys))
def test_gql_13_several_keys_order_together(stock, keys):
    contact = REGISTRY["Contact"]
    asked = {"order": [{"field": name, "direction": way} for name, way in keys]}
    client = stock.of("admin")

    whole = page(client, contact, "nodes { id status name createdAt }", first=100, **asked)["nodes"]

    expected = list(whole)
    for name, way in reversed(keys):
        wire = camel(name.lower())
        expected.sort(key=lambda one: folded(one[wire]), reverse=way == "DESC")
    assert [one["id"] for one in whole] == [one["id"] for one in expected]
    assert walked(client, contact, SIZE, most=100, **asked) == [one["id"] for one in whole]


def test_gql_13_four_keys_are_one_too_many(stock):
    order = [{"field": one} for one in ("STATUS", "NAME", "EMAIL", "ID")]
    query = "query($order: [ContactOrder!]) { contacts(orderBy: $order) { nodes { id } } }"

    assert stock.of("admin").send(query, {"order": order}).codes == ["LIMIT_EXCEEDED"]


@pytest.mark.parametrize(("entity", "field"), CONNECTIONS, ids=name_of)
def test_gql_13_a_collection_is_walked_like_a_list(stock, entity, field):
    name = camel(field.name)
    client = stock.of("admin")
    counted = everything(
        client, entity, f"id {name}(first: 100) {{ nodes {{ id }} totalCount }}", 50
    )
    parent = max(counted, key=lambda one: one[name]["totalCount"])
    whole = [one["id"] for one in parent[name]["nodes"]]
    query = f"""query($id: ID!, $after: Cursor) {{ {single(entity)}(id: $id) {{
      {name}(first: 2, after: $after) {{ {PAGE} }} }} }}"""
    found: list[str] = []
    after = None

    while len(found) < min(len(whole), 20):
        one = client.run(query, id=parent["id"], after=after)[single(entity)][name]
        check_shape(one, 2, first=after is None)
        found += [node["id"] for node in one["nodes"]]
        after = one["pageInfo"]["endCursor"]

    assert whole
    assert found == whole[: len(found)]
    assert len(found) >= min(len(whole), 20)


FIRST = [(None, 25), (0, 0), (1, 1), (100, 100)]


@pytest.mark.parametrize(("first", "length"), FIRST)
def test_gql_13_first_says_how_many_and_null_is_the_default(rich, first, length):
    client = rich.of("admin")

    given = page(client, REGISTRY["Contact"], first=first)

    assert len(given["nodes"]) == length
    assert given["pageInfo"]["hasNextPage"] is True
    assert len(client.run("{ contacts { nodes { id } } }")["contacts"]["nodes"]) == 25


REFUSED = [("first: 101", "LIMIT_EXCEEDED"), ("first: -1", "LIMIT_EXCEEDED")]


@pytest.mark.parametrize(("given", "code"), REFUSED)
@pytest.mark.parametrize("entity", LISTED, ids=name_of)
def test_gql_13_a_page_of_an_impossible_size_is_refused(stock, entity, given, code):
    query = f"{{ {entity.plural}({given}) {{ nodes {{ id }} }} }}"

    assert stock.of("admin").send(query).codes == [code]


def place(*values: Any) -> str:
    """A cursor made by hand."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("entity", LISTED, ids=name_of)
def test_gql_13_a_cursor_of_elsewhere_is_refused(stock, entity):
    client = stock.of("admin")
    other = "deals" if entity.plural != "deals" else "quotes"
    foreign = client.run(f"{{ {other}(first: 1) {{ edges {{ cursor }} }} }}")[other]["edges"][0]
    own = page(client, entity, first=1)["edges"][0]["cursor"]
    order = [{"field": "ID", "direction": "ASC"}]
    query = f"""query($after: Cursor, $order: [{entity.name}Order!]) {{
      {entity.plural}(after: $after, orderBy: $order) {{ nodes {{ id }} }} }}"""
    bad = [foreign["cursor"], "", "garbage", "Ä", "0", "bnVsbA", own[:-4], own + "A", "\x00"]
    bad += [place(), place(None), place(f"{entity.prefix}:-id"), place(f"{entity.prefix}:-id", 1)]
    bad += [place(f"{entity.prefix}:-id", "x" * 36), place(f"{entity.prefix}:-id", None)]

    codes = [(one, client.send(query, {"after": one}).codes) for one in bad if one]
    reordered = client.send(query, {"after": own, "order": order}).codes

    assert codes == [(one, ["INVALID_CURSOR"]) for one in bad if one]
    assert reordered == ["INVALID_CURSOR"]
    assert client.send(query, {"after": None}).codes == []


@pytest.mark.parametrize(("entity", "field"), CONNECTIONS, ids=name_of)
def test_gql_13_a_collection_refuses_a_cursor_of_elsewhere(stock, entity, field):
    name = camel(field.name)
    query = (
        f'{{ {entity.plural}(first: 1) {{ nodes {{ {name}(after: "x") {{ nodes {{ id }} }} }} }} }}'
    )

    assert stock.of("admin").send(query).codes == ["INVALID_CURSOR"]


@pytest.mark.parametrize("order", ["NAME", "CREATED_AT", "UPDATED_AT", "ID"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_gql_13_records_made_between_pages_move_no_other(acting, order, direction):
    company = REGISTRY["Company"]
    client = acting.of("admin")
    asked = {"order": [{"field": order, "direction": direction}]}
    before = [one["id"] for one in page(client, company, first=100, **asked)["nodes"]]
    found: list[str] = []
    after = None

    for name in ("Aaa", "Mmm", "Zzz") * 40:
        one = page(client, company, first=3, after=after, **asked)
        found += [node["id"] for node in one["nodes"]]
        after = one["pageInfo"]["endCursor"]
        if not one["pageInfo"]["hasNextPage"] or len(found) > len(before) + 10:
            break
        client.act("companyCreate", {"name": f"{name} {order} {direction}"})

    assert [one for one in found if one in set(before)] == before
    assert len(set(found)) == len(found)


def test_gql_13_nodes_answer_in_the_order_of_their_ids_with_nulls_between(stock):
    ids = [stock.ids[name] for name in ("Deal", "Contact", "Deal", "Workspace")]
    unknown = ids[1][:-4] + "0000"
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }"
    asked = [ids[0], unknown, *ids[1:], ids[0].lower()]

    found = stock.of("admin").run(query, ids=asked)["nodes"]

    assert [one and one["id"] for one in found] == [ids[0], None, *ids[1:], ids[0]]
    assert found[0]["__typename"] == "Deal"


@pytest.mark.parametrize("bad", ["", "cnt", "cnt_", "cnt_1", "xyz_01HX9ZK2P8N3QR0000000000AA", "1"])
def test_gql_13_an_id_that_cannot_be_is_refused(stock, bad):
    client = stock.of("admin")

    assert client.send("query($id: ID!) { node(id: $id) { id } }", {"id": bad}).codes == [
        "INVALID_ID"
    ]
    assert client.send("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": [bad]}).codes == [
        "INVALID_ID"
    ]


def test_gql_13_at_most_a_hundred_nodes_are_answered(stock):
    ids = ids_of(stock.of("admin"), REGISTRY["Contact"])[:1] * 101

    answer = stock.of("admin").send("query($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": ids})

    assert answer.codes == ["LIMIT_EXCEEDED"]


def test_gql_13_every_list_has_the_arguments_of_a_connection():
    for entity in LISTED:
        assert SCHEMA.query_type
        arguments = SCHEMA.query_type.fields[entity.plural].args
        assert {"first", "after", "filter", "orderBy"} <= set(arguments)
        assert get_named_type(arguments["after"].type).name == "Cursor"
