"""Ids of another workspace behave as not found, wherever the schema takes an id."""

import re
from typing import Any

import asyncpg
import pytest
from graphql import get_named_type

from core.ids import decode
from core.names import camel
from models.registry import REGISTRY, Kind
from schema.derive import grouped
from tests.every_entity.doors import FINANCE_ACTS
from tests.every_entity.walk import (
    ENTITIES,
    LISTED,
    Example,
    id_paths,
    input_of,
    mutation_type,
    name_of,
    query_type,
    single,
    targets,
)

UNSIGNED = {"signIn": "INVALID_CREDENTIALS"}
"""Mutations of visitors that take an id, and how they say that nothing is found."""

BESIDE = {
    "afterCardId": "STALE_POSITION",
    "beforeCardId": "STALE_POSITION",
    "fromId": "INVALID_VALUE",
}
"""Cards a place is told by, and whose value survives: out of sight, they are none of those."""

PRODUCTS = {"quoteCreate", "quoteLineAdd", "invoiceCreate", "invoiceLineAdd"}
"""Acts that look products up in the catalogue, and say so where it has none."""

TAKING = [(name, path) for name in mutation_type().fields for path in id_paths(input_of(name))]


@pytest.mark.parametrize("entity", ENTITIES, ids=name_of)
def test_sec_06_a_record_is_found_at_home_and_nowhere_else(stock, stranger, entity):
    query = "query($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }"
    there = stock.ids[entity.name]

    home = stock.of("admin").run(query, id=there)
    abroad = stranger.of("admin").run(query, id=there)

    assert home == {"node": {"id": there}, "nodes": [{"id": there}]}
    assert abroad == {"node": None, "nodes": [None]}


ID_FIELDS = [
    name
    for name, field in query_type().fields.items()
    if any(get_named_type(argument.type).name == "ID" for argument in field.args.values())
    and get_named_type(field.type).name in {"Node", *REGISTRY}
]
"""Those that answer values about a record have tests of their own."""


@pytest.mark.parametrize("name", ID_FIELDS)
def test_sec_06_a_root_field_answers_a_foreign_id_with_nothing(stock, stranger, name):
    kind = get_named_type(query_type().fields[name].type).name
    there = stock.ids["Contact" if kind == "Node" else kind]
    given = "ids: [$id]" if name == "nodes" else "id: $id"
    query = f"query($id: ID!) {{ {name}({given}) {{ id }} }}"

    assert stock.of("admin").run(query, id=there)[name] in ({"id": there}, [{"id": there}])
    assert stranger.of("admin").run(query, id=there)[name] in (None, [None])


@pytest.mark.parametrize("entity", LISTED, ids=name_of)
def test_sec_06_no_filter_reaches_a_foreign_record(stock, stranger, entity):
    filters: list[dict[str, Any]] = [{"id": {"eq": stock.ids[entity.name]}}]
    for field in entity.fields.values():
        if field.kind in {Kind.LINK, Kind.MANY}:
            other = {"id": {"eq": stock.ids[field.target]}}
            filters.append({camel(field.name): {"some": other} if field.by else other})
        if field.kind is Kind.LINK:
            filters.append({f"{camel(field.name)}Id": {"in": [stock.ids[field.target]]}})
    asked = f"{entity.plural}(filter: $filter) {{ totalCount }}"
    if grouped(entity):
        asked += f" {single(entity)}Aggregate(filter: $filter) {{ total {{ count }} }}"
    query = f"query($filter: {entity.name}Filter) {{ {asked} }}"

    abroad = [stranger.of("admin").run(query, filter=one) for one in filters]
    home = stock.of("admin").run(query, filter=filters[0])

    assert {count for answer in abroad for count in counts(answer)} == {0}
    assert counts(home) == [1] * len(home)


def counts(answer: dict[str, Any]) -> list[int]:
    return [
        one["totalCount"] if "totalCount" in one else one["total"]["count"]
        for one in answer.values()
    ]


def workflow_around(given: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """What a workflow needs besides, so that an id in it is looked at."""
    kinds = {"stageId": "DEAL", "sequenceId": "LEAD", "templateId": "LEAD"}
    kinds |= dict.fromkeys(("pipelineId", "fromStageId", "toStageId"), "DEAL")
    kinds |= dict.fromkeys(("caseStatusId", "fromCaseStatusId", "toCaseStatusId"), "CASE")
    trigger, steps = "RECORD_CREATED", given.get("steps") or [{"addNote": {"text": "Seen."}}]
    if path[0] == "settings":
        trigger = re.sub("([A-Z])", r"_\1", path[1]).upper()
    return {"trigger": trigger, "recordType": kinds.get(path[-1], "CASE"), "steps": steps}


@pytest.mark.parametrize(("name", "path"), TAKING, ids=name_of)
async def test_sec_06_an_act_on_a_foreign_id_is_refused(stock, stranger, name, path):
    kind = input_of(name)
    foreign = stock.ids[target_at(kind, path)]
    given = Example(stranger.ids).of(kind, path, foreign)
    if name in {"contractCreate", "invoiceCreate"}:
        given = {"contactId": stranger.ids["Contact"]} | given
    if name == "workflowCreateFromTemplate":
        given |= {"key": "assign_high_scores"}
    if name in {"workflowCreate", "workflowUpdate"}:
        given |= workflow_around(given, path)
    if name == "caseReply":
        mail = {"supportDomain": "support.example"}
        assert not stranger.of("admin").act("workspaceUpdate", mail).errors
        query = "query($id: ID!) { case(id: $id) { contact { id } } }"
        asks = stranger.of("admin").run(query, id=stranger.ids["Case"])["case"]["contact"]["id"]
        asks_by = {"id": asks, "email": "who@asks.example"}
        assert not stranger.of("admin").act("contactUpdate", asks_by).errors
    if name == "emailSend":
        given = {"html": "Hello."} | given
    before = await versions(stock)

    who = "finance" if name in FINANCE_ACTS else "admin"
    refused = stranger.of(who).act(name, given, results_of(name))

    errors = refused.errors or [
        error for row in refused.fields.get("results") or [] for error in row["userErrors"]
    ]
    code = BESIDE.get(path[-1]) or UNSIGNED.get(name, "NOT_FOUND")
    if name in PRODUCTS and path[-1] == "productId":
        code = "PRODUCT_NOT_FOUND"
    if name.startswith("workflow"):
        # All that is wrong with one is told at once.
        errors = [error for error in errors if error["code"] == code]
    assert {error["code"] for error in errors} == {code}, given
    if name not in UNSIGNED and code != "STALE_POSITION":
        assert path[-1] in {"ids", *errors[0]["path"]} or errors[0]["path"][-1].isdigit()
    assert await versions(stock) == before


def target_at(kind: Any, path: tuple[str, ...]) -> str:
    for step in path[:-1]:
        kind = get_named_type(kind.fields[step].type)
    return targets(kind)[path[-1]]


def results_of(name: str) -> str:
    several = "Bulk" in name or name == "sequenceEnroll"
    return "results { userErrors { code path } }" if several else ""


VERSIONS = " UNION ALL ".join(
    f"SELECT '{entity.table.name}', count(*), sum(version)"
    f' FROM "{entity.table.name}" WHERE workspace_id = $1'
    for entity in REGISTRY.values()
)


async def versions(stocked: Any) -> list[tuple[Any, ...]]:
    """Each table of a workspace, as far as counts and versions go."""
    owner = await asyncpg.connect(stocked.server.ready["databaseUrl"])
    _, workspace = decode(stocked.world.id) or ("", "")
    try:
        return [tuple(row) for row in await owner.fetch(VERSIONS, workspace)]
    finally:
        await owner.close()


@pytest.mark.parametrize("act", ["Update", "Delete"])
@pytest.mark.parametrize("noun", ["contact", "company", "deal", "product"])
async def test_sec_06_a_bulk_by_filter_chooses_no_foreign_record(stock, stranger, noun, act):
    foreign = stock.ids[noun.capitalize()]
    given: dict[str, Any] = {"filter": {"id": {"eq": foreign}}}
    if act == "Update":
        given["patch"] = {"name": "Taken"} if noun != "contact" else {"jobTitle": "Taken"}
    before = await versions(stock)

    done = stranger.of("admin").act(f"{noun}Bulk{act}", given, "results { userErrors { code } }")

    assert done["results"] == []
    assert await versions(stock) == before


async def test_sec_06_an_upsert_by_value_does_not_match_abroad(stock, stranger):
    name = stock.of("admin").run("{ companies(first: 1) { nodes { id name } } }")
    known = name["companies"]["nodes"][0]
    given = {"match": {"name": known["name"]}, "values": {"name": known["name"], "city": "Oslo"}}
    before = await versions(stock)

    made = stranger.of("admin").act("companyUpsert", given, "company { id }")["company"]

    assert made["id"] != known["id"]
    assert await versions(stock) == before
