"""Custom fields in the hands of Admins: options, types, limits."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.resolvers.customizing import CORE, made, values_of


@pytest.mark.parametrize("kind", ["SELECT", "MULTI_SELECT"])
def test_cf_06_an_option_in_use_goes_when_another_takes_its_place(world, kind):
    field = made(world, label="Tier", key="tier", type=kind, options=["Gold", "Silver", "Tin"])
    gold, silver, tin = (one["id"] for one in field["options"])
    name = "select" if kind == "SELECT" else "multiSelect"
    has = [gold, tin] if kind == "MULTI_SELECT" else gold
    contact = world.contact(customFields=[{"key": "tier", name: has}])
    gone = {"id": field["id"], "optionId": gold}

    refusal = world.admin.act("customFieldOptionRemove", gone)
    unused = world.admin.act("customFieldOptionRemove", gone | {"optionId": silver})
    done = world.admin.act("customFieldOptionRemove", gone | {"replacementId": tin})
    value = values_of(world.admin, contact)["tier"]
    query = "query($f: ContactFilter) { contacts(filter: $f) { totalCount } }"
    operator = {"hasAny": [tin]} if kind == "MULTI_SELECT" else {"eq": tin}
    given = {"customFields": [{"key": "tier", name: operator}]}

    assert [(one["code"], one["path"]) for one in refusal.errors] == [("IN_USE", ["replacementId"])]
    assert unused.errors == done.errors == []
    assert value.get("option", value.get("options")) in ({"name": "Tin"}, [{"name": "Tin"}])
    assert world.admin.run(query, f=given)["contacts"]["totalCount"] == 1


def test_cf_07_a_change_of_type_tells_first_what_is_lost(world):
    field = made(world, label="Size")
    sizes = {one: world.contact(customFields=[{"key": "size", "text": one}]) for one in ("12", "x")}
    preview = """query($id: ID!) { customFieldTypeChangePreview(id: $id, type: NUMBER) {
      total kept lost samples { record { id } before after } } }"""
    change = {"id": field["id"], "type": "NUMBER"}

    told = world.admin.run(preview, id=field["id"])["customFieldTypeChangePreview"]
    refusal = world.admin.act("customFieldTypeChange", change)
    kept = values_of(world.admin, sizes["x"])
    done = world.admin.act("customFieldTypeChange", change | {"acceptLost": 1})

    assert told["samples"][0] == {"record": {"id": sizes["x"]}, "before": "x", "after": None}
    assert (told["total"], told["kept"], told["lost"]) == (2, 1, 1)
    assert refusal.codes == ["VALUES_WOULD_BE_LOST"]
    assert kept["size"]["text"] == "x"
    assert done.errors == []
    assert values_of(world.admin, sizes["x"]) == {}
    assert values_of(world.admin, sizes["12"])["size"]["number"] == "12"
    assert world.rep.send(preview, {"id": field["id"]}).codes == ["FORBIDDEN"]


def test_cf_07_the_page_of_entity_types_shows_built_in_and_custom_fields(world):
    field = made(world, "DEAL", label="Budget", type="CURRENCY")
    query = """{ entityTypes { entity name fields { key label type isCustom isWritable required
      customField { id key } } } customFields(filter: {entity: {eq: DEAL}}) { nodes { id } } }"""

    told = world.admin.run(query)
    deal = next(one for one in told["entityTypes"] if one["entity"] == "DEAL")
    fields = {one["key"]: one for one in deal["fields"]}

    assert fields["name"]["isCustom"] is False
    assert fields["budget"]["customField"] == {"id": field["id"], "key": "budget"}
    assert fields["budget"]["type"] == "CURRENCY"
    assert told["customFields"]["nodes"] == [{"id": field["id"]}]
    assert len(told["entityTypes"]) == len(CORE)


def test_cf_06_ten_thousand_options_and_a_thousand_fields_are_refused(world):
    given = {"entity": "CONTACT", "label": "Tier", "type": "SELECT"}
    many = given | {"options": [f"Option {at}" for at in range(10_000)]}
    twins = given | {"options": ["Gold", "gold", ""]}
    wrong = given | {
        "type": "TEXT",
        "options": ["Gold"],
        "lookup": "DEAL",
        "key": "1x",
        "label": "",
    }

    refusals = [world.admin.act("customFieldCreate", one).errors for one in (many, twins, wrong)]
    paths = [[(one["code"], one["path"]) for one in errors] for errors in refusals]
    assert paths[0] == [("TOO_MANY", ["options"])]
    assert paths[1] == [("DUPLICATE", ["options", "1"]), ("REQUIRED", ["options", "2"])]
    assert {code for code, _ in paths[2]} == {"REQUIRED", "INVALID_VALUE"}
    assert world.rep.send(
        'mutation { customFieldCreate(input: {entity: DEAL, label: "x",'
        " type: TEXT}) { operationId } }"
    ).codes == ["FORBIDDEN"]


@pytest.mark.waits_for("reports and sync mappings")
def test_cf_08_aggregates_group_by_selects_and_checkboxes(world):
    field = made(world, label="Tier", key="tier", type="SELECT", options=["Gold", "Silver"])
    made(world, label="VIP", key="vip", type="CHECKBOX")
    gold = field["options"][0]["id"]
    for value in (True, False, True):
        world.contact(
            customFields=[{"key": "tier", "select": gold}, {"key": "vip", "checkbox": value}]
        )
    world.contact()
    query = """{ contactAggregate(groupByCustom: ["tier", "vip"]) { total { count } groups {
      keys { ... on CustomFieldKey { field label optionId } } values { count } } } }"""

    told = world.admin.run(query)["contactAggregate"]
    groups = [
        ([key["label"] for key in one["keys"]], one["values"]["count"]) for one in told["groups"]
    ]

    assert told["total"] == {"count": 4}
    assert sorted(groups, key=str) == [
        (["Gold", "false"], 1),
        (["Gold", "true"], 2),
        ([None, None], 1),
    ]
    assert told["groups"][0]["keys"][0]["optionId"] in {gold, None}


SUMS = """query($keys: [String!]) { contactAggregate(groupBy: [STATUS], sumCustom: $keys) {
  groups { values { ...all } } total { ...all } } }
  fragment all on ContactAggregateValues { custom { key count sumNumber avgNumber
    sumMoney { amount currency } avgMoney { amount } unconverted { amount currency } } }"""


def test_cf_08_aggregates_add_numbers_and_amounts_up(world):
    made(world, label="Size", type="NUMBER")
    made(world, label="Budget", type="CURRENCY")
    world.admin.act("exchangeRateSet", {"currency": "EUR", "rate": "2", "validOn": "2026-01-01"})
    for size, amount, currency in (("1.5", "10", "USD"), ("2", "5", "EUR"), ("-3", "7", "GBP")):
        own: list[dict[str, Any]] = [{"key": "size", "number": size}]
        own.append({"key": "budget", "currency": {"amount": amount, "currency": currency}})
        world.contact(customFields=own)
    world.contact()

    told = world.admin.run(SUMS, keys=["budget", "size"])["contactAggregate"]

    budget, size = told["total"]["custom"]
    assert told["groups"] == [{"values": told["total"]}]
    assert (size["count"], size["sumNumber"], size["avgNumber"]) == (3, "0.5", "0.166667")
    assert (budget["sumMoney"], budget["avgMoney"]) == (
        {"amount": "20.00", "currency": "USD"},
        {"amount": "10.00"},
    )
    assert (budget["count"], budget["unconverted"]) == (2, [{"amount": "7.00", "currency": "GBP"}])
    assert world.admin.send(SUMS, {"keys": ["nope"]}).codes == ["BAD_USER_INPUT"]


def test_cf_07_a_change_of_type_and_writes_at_once_leave_one_type(world):
    field = made(world, label="Size")
    contacts = [world.contact() for _ in range(6)]
    change = {"id": field["id"], "type": "NUMBER"}

    def write(contact: str) -> list[str]:
        value = {"key": "size", "text": "12"}
        given = {"id": contact, "customFields": [value]}
        codes: list[str] = world.admin.act("contactUpdate", given).codes
        return codes

    with ThreadPoolExecutor(7) as pool:
        written = [pool.submit(write, contact) for contact in contacts]
        changed = pool.submit(world.admin.act, "customFieldTypeChange", change)
        codes = [one.result() for one in written]

    values = [values_of(world.admin, contact).get("size") for contact in contacts]
    assert changed.result().errors == []
    assert all(code in ([], ["INVALID_VALUE"]) for code in codes)
    assert [one is None for one in values] == [code != [] for code in codes]
    assert {one["number"] for one in values if one} <= {"12"}
