"""Every filter declared, against the same condition worked out here over all records."""

import unicodedata
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from graphql import GraphQLInputObjectType, get_named_type

from core.names import camel
from models.registry import REGISTRY, Kind
from tests.every_entity.walk import (
    LISTED,
    SCHEMA,
    everything,
    fields_of,
    leaves,
    name_of,
    object_type,
)

Condition = Callable[[Any], bool]
ZONE = ZoneInfo("America/New_York")
COLUMNS = [
    (entity, field)
    for entity in LISTED
    for field in entity.fields.values()
    if field.filter and field.kind is not Kind.LINK
]


def folded(text: str) -> str:
    """A text as filters compare it: without case and accents."""
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def plain(scalar: str) -> Callable[[Any], Any]:
    """How a value of the wire is compared."""
    readers: dict[str, Callable[[Any], Any]] = {
        "String": folded,
        "EmailAddress": folded,
        "Decimal": Decimal,
        "DateTime": datetime.fromisoformat,
        "Money": lambda money: Decimal(money["amount"]),
    }
    return readers.get(scalar, lambda value: value)


def operands(kind: GraphQLInputObjectType, values: list[Any]) -> Iterator[tuple[str, Any]]:
    """The operators of a comparator, each with operands taken from what there is."""
    middle, first = values[len(values) // 2], values[0]
    if isinstance(middle, dict):
        middle, first = middle["amount"], first["amount"]
    for operator in kind.fields:
        if operator == "isNull":
            yield operator, True
            yield operator, False
        elif operator in {"in", "notIn"}:
            yield operator, [middle, first]
            yield operator, []
        elif operator == "startsWith":
            yield operator, middle[:3].upper()
        elif operator == "contains":
            yield operator, middle[-4:].swapcase()
        elif operator == "currency":
            yield operator, "USD"
            yield operator, "EUR"
        elif operator == "days":
            yield operator, {"between": {"start": str(first)[:10], "end": str(middle)[:10]}}
            yield operator, {"on": str(middle)[:10]}
        else:
            yield operator, middle


def expected(scalar: str, operator: str, operand: Any) -> Condition:
    """The condition an operator stands for."""
    read = plain(scalar)
    if operator == "currency":
        return lambda value: value is not None and value["currency"] == operand
    if operator == "days":
        return days(operand)
    if operator == "isNull":
        return lambda value: (value is None) is operand
    if operator in {"in", "notIn"}:
        within = [read(one) if scalar != "Money" else Decimal(one) for one in operand]
        return lambda value: (value is not None and read(value) in within) is (operator == "in")
    other = Decimal(operand) if scalar == "Money" else read(operand)
    if operator == "ne":
        return lambda value: value is None or read(value) != other
    checks: dict[str, Condition] = {
        "eq": lambda value: read(value) == other,
        "gt": lambda value: read(value) > other,
        "gte": lambda value: read(value) >= other,
        "lt": lambda value: read(value) < other,
        "lte": lambda value: read(value) <= other,
        "startsWith": lambda value: read(value).startswith(other),
        "contains": lambda value: other in read(value),
    }
    return lambda value: value is not None and checks[operator](value)


def days(operand: dict[str, Any]) -> Condition:
    """Days of the workspace's time zone, both ends included."""
    between = operand.get("between") or {"start": operand.get("on"), "end": operand.get("on")}
    start, end = str(between["start"]), str(between["end"])

    def holds(value: str | None) -> bool:
        if value is None:
            return False
        if len(value) == len("2026-01-01"):
            return start <= value <= end
        day = datetime.fromisoformat(value).astimezone(ZONE).date()
        return date.fromisoformat(start) <= day <= date.fromisoformat(end)

    return holds


@pytest.fixture(scope="module")
def records(stock):
    """All records of an entity with all they hold, read once."""
    known: dict[str, list[Any]] = {}

    def of(entity: Any) -> list[Any]:
        if entity.name not in known:
            select = leaves(object_type(entity.name))
            known[entity.name] = everything(stock.of("admin"), entity, select)
        return known[entity.name]

    return of


@pytest.mark.parametrize(("entity", "field"), COLUMNS, ids=name_of)
def test_gql_a_filter_answers_exactly_the_records_it_describes(stock, records, entity, field):
    name = camel(field.name)
    rows = records(entity)
    whole = SCHEMA.type_map[f"{entity.name}Filter"]
    assert isinstance(whole, GraphQLInputObjectType)
    kind = get_named_type(whole.fields[name].type)
    assert isinstance(kind, GraphQLInputObjectType)
    values = sorted((one[name] for one in rows if one[name] is not None), key=str)
    asked = list(operands(kind, values or [sample(field.scalar)]))
    fields = " ".join(
        f"f{at}: {entity.plural}(first: 100, filter: $f{at}) {{ totalCount nodes {{ id }} }}"
        for at in range(len(asked))
    )
    declared = ", ".join(f"$f{at}: {entity.name}Filter" for at in range(len(asked)))
    variables = {f"f{at}": {name: {how: what}} for at, (how, what) in enumerate(asked)}

    answers = stock.of("admin").run(f"query({declared}) {{ {fields} }}", **variables)

    for at, (how, what) in enumerate(asked):
        holds = expected(field.scalar, how, what)
        wanted = {one["id"] for one in rows if holds(one[name])}
        answer = answers[f"f{at}"]
        found = {one["id"] for one in answer["nodes"]}
        assert (answer["totalCount"], how, what) == (len(wanted), how, what)
        assert found <= wanted
        assert len(found) == min(len(wanted), 100)


def sample(scalar: str) -> Any:
    """A value of a field that no record has."""
    values = {"DateTime": "2026-01-01T00:00:00.000Z", "Date": "2026-01-01", "Int": 7}
    return values.get(scalar, "Nothing of the kind")


@pytest.mark.parametrize(("entity", "field"), fields_of(Kind.LINK), ids=name_of)
def test_gql_a_filter_on_a_link_answers_by_the_record_it_leads_to(stock, records, entity, field):
    name = camel(field.name)
    rows = everything(stock.of("admin"), entity, f"id {name} {{ id }}")
    there = stock.ids[field.target]
    if field.target == "User":
        there = next(row[name]["id"] for row in rows if row[name])
    filters: dict[str, tuple[Any, Condition]] = {
        "record": ({name: {"id": {"eq": there}}}, lambda one: one == there),
        "id": ({f"{name}Id": {"eq": there}}, lambda one: one == there),
        "in": ({f"{name}Id": {"in": [there]}}, lambda one: one == there),
        "ne": ({f"{name}Id": {"ne": there}}, lambda one: one != there),
        "null": ({f"{name}Id": {"isNull": True}}, lambda one: one is None),
        "any": ({name: {}}, lambda one: one is not None),
        "not": ({"not": {name: {"id": {"eq": there}}}}, lambda one: one != there),
    }

    for what, (given, holds) in filters.items():
        wanted = [one for one in rows if holds(one[name] and one[name]["id"])]
        assert (what, total(stock, entity, given)) == (what, len(wanted))


@pytest.mark.parametrize(("entity", "field"), fields_of(Kind.MANY), ids=name_of)
def test_gql_a_filter_on_a_collection_knows_some_none_and_every(stock, entity, field):
    name = camel(field.name)
    target = REGISTRY[field.target]
    rows = everything(stock.of("admin"), entity, f"id {name}(first: 100) {{ nodes {{ id }} }}", 50)
    ids = sorted(one["id"] for row in rows for one in row[name]["nodes"])
    half = {"id": {"in": ids[: min(len(ids) // 2 + 1, 100)]}}
    inside = set(half["id"]["in"])
    children = {row["id"]: {one["id"] for one in row[name]["nodes"]} for row in rows}

    some = total(stock, entity, {name: {"some": half}})
    none = total(stock, entity, {name: {"none": half}})
    every = total(stock, entity, {name: {"every": half}})
    empty = total(stock, entity, {name: {"none": {}}})

    assert ids, f"the stock has no {target.plural} of a {entity.name}"
    assert some == sum(bool(own & inside) for own in children.values())
    assert none == sum(not own & inside for own in children.values())
    assert every == sum(own <= inside for own in children.values())
    assert empty == sum(not own for own in children.values())


def total(stock: Any, entity: Any, given: Any) -> int:
    """How many records a filter lets through."""
    query = f"query($f: {entity.name}Filter) {{ {entity.plural}(filter: $f) {{ totalCount }} }}"
    found: int = stock.of("admin").run(query, f=given)[entity.plural]["totalCount"]
    return found


def test_gql_conditions_are_joined_by_and_or_and_not(stock, records):
    contact = REGISTRY["Contact"]
    rows = records(contact)
    lead, prospect = ({"status": {"eq": one}} for one in ("LEAD", "PROSPECT"))
    last = sorted(folded(one["name"]) for one in rows)[len(rows) // 2]
    named = {"name": {"startsWith": last[0]}}

    def is_named(one: Any) -> bool:
        return folded(one["name"]).startswith(last[0])

    cases: list[tuple[Any, Condition]] = [
        ({"and": [lead, named]}, lambda one: one["status"] == "LEAD" and is_named(one)),
        ({"or": [lead, prospect]}, lambda one: one["status"] in {"LEAD", "PROSPECT"}),
        ({"or": [lead, named]}, lambda one: one["status"] == "LEAD" or is_named(one)),
        ({"not": lead}, lambda one: one["status"] != "LEAD"),
        ({"not": {"or": [lead, prospect]}}, lambda one: one["status"] not in {"LEAD", "PROSPECT"}),
        (lead | named, lambda one: one["status"] == "LEAD" and is_named(one)),
        ({"not": {"phone": {"eq": "+1"}}}, lambda _: True),
        ({"and": []}, lambda _: True),
        ({"or": []}, lambda _: False),
        ({}, lambda _: True),
    ]
    for given, holds in cases:
        assert (given, total(stock, contact, given)) == (given, sum(map(holds, rows)))


RANGES = ("TODAY", "THIS_WEEK", "LAST_MONTH", "THIS_YEAR", "NEXT_30_DAYS", "LAST_QUARTER")


@pytest.mark.parametrize("name", RANGES)
def test_gql_relative_days_are_those_of_the_workspace(stock, records, name):
    deals = records(REGISTRY["Deal"])
    today = datetime.now(ZONE).date()
    start, end = span(name, today)

    closing = total(stock, REGISTRY["Deal"], {"closeDate": {"days": {"relative": name}}})
    created = total(stock, REGISTRY["Deal"], {"createdAt": {"days": {"relative": name}}})

    assert closing == sum(str(start) <= one["closeDate"] <= str(end) for one in deals)
    within = days({"between": {"start": str(start), "end": str(end)}})
    assert created == sum(within(one["createdAt"]) for one in deals)


def span(name: str, today: date) -> tuple[date, date]:
    """First and last day of a range, counted out day by day."""
    around = [today + timedelta(days=shift) for shift in range(-800, 800)]
    monday = today - timedelta(days=today.weekday())
    before = today.replace(day=1) - timedelta(days=1)
    quarter = (today.year * 4 + (today.month - 1) // 3) - 1
    fits: dict[str, Condition] = {
        "TODAY": lambda day: day == today,
        "THIS_WEEK": lambda day: 0 <= (day - monday).days < 7,
        "LAST_MONTH": lambda day: (day.year, day.month) == (before.year, before.month),
        "THIS_YEAR": lambda day: day.year == today.year,
        "NEXT_30_DAYS": lambda day: 0 <= (day - today).days < 30,
        "LAST_QUARTER": lambda day: day.year * 4 + (day.month - 1) // 3 == quarter,
    }
    chosen = [day for day in around if fits[name](day)]
    return chosen[0], chosen[-1]


EVER = {"between": {"start": "0001-01-01", "end": "9999-12-31"}}
UNUSUAL = [
    ("deals", {"value": {"gt": "999999999999999999"}}, 0),
    ("deals", {"value": {"lt": "-999999999999999999.999999"}}, 0),
    ("deals", {"value": {"eq": "0.000001"}}, 0),
    (
        "deals",
        {"closeDate": {"days": EVER}},
        1,
    ),
    ("deals", {"createdAt": {"days": {"on": "9999-12-31"}}}, 0),
    ("deals", {"createdAt": {"days": {"on": "0001-01-01"}}}, 0),
    (
        "deals",
        {"createdAt": {"days": EVER}},
        1,
    ),
    ("deals", {"createdAt": {"lt": "9999-12-31T23:59:59Z", "gt": "0001-01-01T00:00:00Z"}}, 1),
    ("deals", {"createdAt": {"gt": "9999-12-31T23:59:59-12:00"}}, None),
    ("companies", {"employeeCount": {"lte": 2147483647}}, None),
    ("contacts", {"name": {"startsWith": ""}}, 1),
    ("contacts", {"name": {"contains": "%_\\"}}, 0),
    ("contacts", {"name": {"startsWith": "\U0010ffff"}}, 0),
    ("contacts", {"email": {"eq": ""}}, None),
]


@pytest.mark.parametrize(("plural", "given", "some"), UNUSUAL)
def test_gql_an_unusual_operand_is_compared_or_refused_but_never_a_failure(
    stock, plural, given, some
):
    entity = next(one for one in LISTED if one.plural == plural)
    query = f"query($f: {entity.name}Filter) {{ {plural}(filter: $f) {{ totalCount }} }}"

    answer = stock.of("admin").send(query, {"f": given})

    if some is None:
        assert answer.codes in ([], ["BAD_USER_INPUT"], ["LIMIT_EXCEEDED"])
    else:
        assert bool(answer.data[plural]["totalCount"]) is bool(some)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"name": {"contains": "ab"}}, "BAD_USER_INPUT"),
        ({"name": {"eq": "a\x00b"}}, "BAD_USER_INPUT"),
        ({"name": {"startsWith": "a" * 201}}, "LIMIT_EXCEEDED"),
        ({"name": {"in": ["a"] * 101}}, "LIMIT_EXCEEDED"),
        ({"or": [{"phone": {"eq": "+1"}}] * 101}, "LIMIT_EXCEEDED"),
        ({"ownerId": {"eq": "usr_1"}}, "INVALID_ID"),
        ({"ownerId": {"eq": "cnt_01HX9ZK2P8N3QR0000000000AA"}}, "INVALID_ID"),
        ({"id": {"in": ["nonsense"]}}, "INVALID_ID"),
    ],
)
def test_gql_a_filter_that_cannot_be_is_refused_with_its_code(stock, given, code):
    query = "query($f: ContactFilter) { contacts(filter: $f) { totalCount } }"

    assert stock.of("admin").send(query, {"f": given}).codes == [code]
