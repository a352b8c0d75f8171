"""How many SQL statements a query costs: what is asked decides, never how many rows there are."""

from pathlib import Path

import pytest
from graphql import get_named_type, is_leaf_type

from core.names import camel
from models.registry import Entity, Field, Kind
from tests.every_entity.walk import (
    LISTED,
    cost,
    fields_of,
    leaves,
    name_of,
    object_type,
    reads,
)

CHAIN = Path(__file__).parents[2] / "docs" / "examples" / "01-chain.graphql"
LEVELS = 6
CALLER = 1
"""The statement of every request that reads where the workspace's log and access rules stand."""

SIZES = (1, 10, 100)


def over(entity: Entity, select: str, *, filled: Field | None = None) -> str:
    """A list of an entity; with a link, of those records that have one."""
    there = ""
    if filled is not None and filled.nullable:
        there = f", filter: {{ {camel(filled.name)}Id: {{ isNull: false }} }}"
    return (
        f"query($first: Int) {{ {entity.plural}(first: $first{there}) {{ nodes {{ {select} }} }} }}"
    )


@pytest.mark.parametrize(("entity", "field"), fields_of(Kind.LINK), ids=name_of)
def test_gql_02_a_link_costs_one_statement_for_any_number_of_parents(rich, entity, field):
    query = over(entity, f"{camel(field.name)} {{ id }}", filled=field)

    costs = [cost(rich.of("admin"), query, first=size) for size in SIZES]

    assert costs == [costs[0]] * 3
    assert costs[0] <= CALLER + 2


@pytest.mark.parametrize(("entity", "field"), fields_of(Kind.MANY), ids=name_of)
def test_gql_02_a_collection_costs_one_statement_for_any_number_of_parents(rich, entity, field):
    name = camel(field.name)
    pages = [over(entity, f"{name}(first: {size}) {{ nodes {{ id }} }}") for size in SIZES]
    counted = over(entity, f"{name}(first: 1) {{ totalCount }}")
    deeper = over(entity, f"{name}(first: 10) {{ nodes {{ {links(field)} }} }}")
    client = rich.of("admin")

    costs = [cost(client, page, first=size) for page, size in zip(pages, SIZES, strict=True)]
    counts = [cost(client, counted, first=size) for size in SIZES]
    depths = [cost(client, deeper, first=size) for size in (20, 100)]

    assert costs == [costs[0]] * 3
    assert costs[0] <= CALLER + 2
    assert counts == [counts[0]] * 3
    assert counts[0] <= CALLER + 3
    assert depths == [depths[0]] * 2


def links(field: Field) -> str:
    """A selection of the links of a collection's items that are always there."""
    target = next(one for one in LISTED if one.name == field.target)
    chosen = [one for one in target.fields.values() if one.kind is Kind.LINK and not one.nullable]
    return " ".join(["id", *(f"{camel(one.name)} {{ id }}" for one in chosen)])


@pytest.mark.parametrize(("entity", "field"), fields_of(Kind.COMPUTED), ids=name_of)
def test_gql_02_a_computed_field_costs_the_same_for_any_number_of_records(rich, entity, field):
    name = camel(field.name)
    answered = get_named_type(object_type(entity.name).fields[name].type)
    below = "" if is_leaf_type(answered) else "{ __typename }"
    query = over(entity, f"{name} {below}")

    costs = [cost(rich.of("admin"), query, first=size) for size in SIZES]

    assert costs == [costs[0]] * 3
    assert costs[0] <= CALLER + 2


def test_gql_02_records_by_their_ids_cost_one_statement_a_type(rich):
    ids = [rich.ids[name] for name in ("Contact", "Deal", "Invoice")]
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"

    assert cost(rich.of("admin"), query, ids=ids * 30) <= CALLER + 3


@pytest.mark.parametrize("size", SIZES)
def test_gql_02_the_chain_costs_one_statement_a_level(rich, size):
    query = f"""query {{ contacts(first: {min(size, 5)}) {{ nodes {{ id
      deals(first: {size}) {{ nodes {{ id quotes(first: {size}) {{ nodes {{ id
        contracts(first: {size}) {{ nodes {{ id invoices(first: {size}) {{ nodes {{ id
          payments(first: {size}) {{ nodes {{ id }} }} }} }} }} }} }} }} }} }} }} }} }}"""

    assert cost(rich.of("admin"), query) <= CALLER + LEVELS


def test_gql_02_the_readmes_chain_costs_at_most_eight_statements(rich):
    """One for each of its six levels and one for the deals' stages, beside the caller's own."""
    costs = cost(rich.of("admin"), CHAIN.read_text(encoding="utf-8"))

    assert costs <= 8


@pytest.mark.parametrize("entity", LISTED, ids=name_of)
def test_gql_05_what_is_not_selected_runs_no_statement(rich, entity):
    client = rich.of("admin")

    alone = cost(client, over(entity, leaves_but_computed(entity)), first=100)
    counted = cost(client, f"{{ {entity.plural} {{ nodes {{ id }} totalCount }} }}")

    assert alone <= CALLER + 1
    assert alone < counted <= CALLER + 2


def leaves_but_computed(entity: Entity) -> str:
    """All plain columns of an entity."""
    computed = {camel(one.name) for one in entity.fields.values() if one.kind is Kind.COMPUTED}
    return leaves(object_type(entity.name), without=computed)


def test_gql_05_a_query_without_records_reads_none(rich):
    assert cost(rich.of("admin"), "{ __typename }") <= CALLER
    assert cost(rich.of("admin"), "{ viewer { role } }") <= CALLER


def test_gql_05_statements_are_counted_at_all(rich):
    before = reads(rich.server)

    rich.of("admin").run("{ contacts { nodes { id } } }")

    assert reads(rich.server) - before >= 1
