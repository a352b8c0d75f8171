"""Custom fields: made by Admins, had by all records of a kind at once, of eleven types."""

import json
from typing import Any

import asyncpg
import pytest

from core.ids import decode
from models.registry import REGISTRY
from services.rules.custom_fields import changed
from tests.plugins.world import World
from tests.resolvers.customizing import CORE, NEW, all_types, bare, made, refused, values_of


def test_cf_01_a_field_is_there_at_once(world):
    field = made(world)
    contact = world.contact(customFields=[{"key": "industry", "text": "Retail"}])

    assert field["key"] == "industry"
    assert values_of(world.admin, contact)["industry"]["text"] == "Retail"


@pytest.mark.parametrize(
    "entity", [one for one in CORE if one.name in NEW], ids=lambda one: one.name
)
def test_cf_02_every_core_entity_holds_all_eleven_types(world, entity):
    noun = entity.name[0].lower() + entity.name[1:]
    given = dict(NEW[entity.name])
    if entity.name == "Case":
        given["contactId"] = world.contact()
    sent, told = all_types(world, entity)

    record = world.admin.act(f"{noun}Create", given | {"customFields": sent}, f"{noun} {{ id }}")
    record = record[noun]["id"]
    created = bare(values_of(world.admin, record, entity.name))
    emptied = [{"key": one["key"], list(one)[1]: None} for one in sent]
    patch = {"ids": [record], "patch": {"customFields": emptied}}
    key = noun
    done = world.admin.act(f"{noun}BulkUpdate", patch, "results { userErrors { message path } }")
    after = values_of(world.admin, record, entity.name)

    assert created == told
    assert done["results"] == [{"userErrors": []}], key
    assert after == {}


FILTERS: dict[str, list[Any]] = {
    "text": [("eq", "RETAIL"), ("startsWith", "ret"), ("in", ["x", "retail"])],
    "number": [("eq", "-12.5"), ("lt", "-12"), ("gte", "-12.500001")],
    "currency": [("gt", "99.8999"), ("currency", "EUR")],
    "date": [("eq", "2031-02-03"), ("days", {"on": "2031-02-03"}), ("lte", "2031-02-03")],
    "checkbox": [("eq", False)],
    "url": [("startsWith", "HTTPS://globex")],
    "email": [("eq", "S.Chen@Globex.com")],
    "phone": [("eq", "+14155550102")],
}
NOT: dict[str, Any] = {"text": ("eq", "other"), "number": ("gt", "0"), "currency": ("lt", "99"),
       "date": ("lt", "2031-02-03"), "checkbox": ("eq", True), "url": ("eq", "x"),
       "email": ("ne", "s.chen@globex.com"), "phone": ("notIn", ["+14155550102"])}  # fmt: skip


def test_cf_08_filters_find_by_every_type(world):
    sent, _ = all_types(world, REGISTRY["Contact"])
    other = world.contact()
    contact = world.contact(customFields=sent)
    query = """query($f: ContactFilter) { contacts(filter: $f, first: 100) {
      nodes { id } totalCount } }"""

    def found(*conditions: Any) -> list[str]:
        given = {"customFields": list(conditions)}
        answer = world.admin.run(query, f=given)["contacts"]
        ids = [one["id"] for one in answer["nodes"]]
        assert answer["totalCount"] == len(ids)
        return ids

    chosen = {one["key"]: one for one in sent}
    option = chosen["select"]["select"]
    fits = [{"key": key, key: {how: one}} for key, ways in FILTERS.items() for how, one in ways]
    fits += [
        {"key": "select", "select": {"in": [option]}},
        {"key": "lookup", "lookup": {"isNull": False}},
    ]
    fits += [
        {"key": "multi_select", "multiSelect": {"hasAll": chosen["multi_select"]["multiSelect"]}}
    ]
    misses = [{"key": key, key: {how: one}} for key, (how, one) in NOT.items()]
    misses += [
        {"key": "select", "select": {"ne": option}},
        {"key": "lookup", "lookup": {"isNull": True}},
    ]
    assert [one for one in fits if found(one) != [contact]] == []
    assert found(*fits) == [contact]
    assert [one for one in misses if contact in found(one)] == []
    assert other in found({"key": "text", "text": {"ne": "retail"}})


def test_cont_14_lists_are_ordered_by_a_field_and_pages_neither_skip_nor_repeat(world):
    made(world, label="Size", type="NUMBER")
    sizes = ["10", "-3", "2.5", None, "-20", "2.5", None]
    ids: dict[str | None, list[str]] = {}
    for size in sizes:
        given = [{"key": "size", "number": size}] if size else []
        ids.setdefault(size, []).append(world.contact(customFields=given))
    query = """query($after: Cursor, $way: OrderDirection!, $first: Int!) { contacts(first: $first,
      after: $after, orderBy: [{field: CUSTOM_FIELD, key: "size", direction: $way}]) {
      nodes { id } pageInfo { endCursor hasNextPage } } }"""

    def walked(way: str, first: int) -> list[str]:
        found, after, more = [], None, True
        while more:
            page = world.admin.run(query, after=after, way=way, first=first)["contacts"]
            found += [one["id"] for one in page["nodes"]]
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        return found

    up = [one for size in ("-20", "-3", "2.5", "10", None) for one in ids[size]]
    down = [one for size in ("10", "2.5", "-3", "-20", None) for one in ids[size][::-1]]
    assert walked("ASC", 100) == up
    assert walked("ASC", 2) == up
    assert walked("DESC", 3) == down


WRONG: dict[str, Any] = {
    "TEXT": ({"text": "x" * 5001}, "TOO_LONG", "text"),
    "NUMBER": ({"text": "12"}, "INVALID_VALUE", "text"),
    "SELECT": ({"select": "opt_unknown"}, "INVALID_VALUE", "select"),
    "MULTI_SELECT": ({"multiSelect": ["opt_unknown"]}, "INVALID_VALUE", "multiSelect", "0"),
    "CHECKBOX": ({"number": "1"}, "INVALID_VALUE", "number"),
    "URL": ({"url": "javascript:alert(1)"}, "INVALID_VALUE", "url"),
    "EMAIL": ({"email": "nobody"}, "INVALID_VALUE", "email"),
    "PHONE": ({"phone": "12"}, "INVALID_VALUE", "phone"),
    "LOOKUP": ({"lookup": "deal_01HX9ZK2P8N3QR5S7T9V1W3X5Y"}, "INVALID_ID", "lookup"),
}


def test_cf_02_what_a_field_cannot_hold_is_refused_at_its_path(world):
    sent, _ = all_types(world, REGISTRY["Contact"])
    before = world.admin.run("{ contacts { totalCount } }")
    wrong = [{"key": kind.lower()} | value for kind, (value, *_) in WRONG.items()]
    expected = [(code, [str(at), *path]) for at, (_, code, *path) in enumerate(WRONG.values())]

    assert refused(world, *wrong) == expected
    assert refused(world, {"key": "date", "date": "0001-01-01"}) == [
        ("INVALID_VALUE", ["0", "date"])
    ]
    assert refused(world, sent[0], {"key": "nope", "text": "x"}) == [
        ("INVALID_VALUE", ["1", "key"])
    ]
    assert refused(world, sent[0], sent[0]) == [("DUPLICATE", ["1", "key"])]
    assert refused(world, {"key": "text"}) == [("INVALID_VALUE", ["0"])]
    assert refused(world, {"key": "text", "text": "a", "url": "b"}) == [("INVALID_VALUE", ["0"])]
    assert refused(world, *[{"key": "text", "text": "a"}] * 201) == [("TOO_MANY", [])]
    assert world.admin.run("{ contacts { totalCount } }") == before


def test_cf_02_a_look_up_leads_to_what_its_writer_sees_of_this_workspace(server, world):
    made(world, label="Referrer", type="LOOKUP", lookup="CONTACT")
    theirs, other = world.contact(), World(server).contact()
    key = {"key": "referrer"}
    new = NEW["Contact"] | {"customFields": [key | {"lookup": theirs}]}

    assert refused(world, key | {"lookup": other}) == [("NOT_FOUND", ["0", "lookup"])]
    assert world.rep.act("contactCreate", new).codes == ["NOT_FOUND"]
    contact = world.contact(ownerId=world.user("rep"), customFields=new["customFields"])
    assert values_of(world.rep, contact)["referrer"]["record"] is None
    assert values_of(world.admin, contact)["referrer"]["record"] == {"id": theirs}


def test_cf_04_what_is_required_is_asked_of_who_saves_and_leaves_what_is_there(world):
    old = world.contact()
    field = made(world, required=True)
    value = {"key": "industry", "text": "Retail"}
    touched = world.admin.act("contactUpdate", {"id": old, "jobTitle": "CEO"})
    both = world.admin.act("contactUpdate", {"id": old, "jobTitle": "CEO", "customFields": [value]})
    emptied = [value | {"text": None}]

    assert refused(world) == [("REQUIRED", [])]
    assert [(one["code"], one["path"]) for one in touched.errors] == [
        ("REQUIRED", ["customFields"])
    ]
    assert both.errors == []
    assert world.admin.act("contactUpdate", {"id": old, "customFields": emptied}).errors[0][
        "path"
    ] == ["customFields", "0", "text"]
    assert not world.admin.act("contactUpdate", {"id": old, "jobTitle": "COO"}).errors
    assert not world.admin.act("customFieldUpdate", {"id": field["id"], "required": False}).errors
    assert refused(world) == []


def test_cf_01_no_two_records_have_one_unique_value(world):
    made(world, label="Number", isUnique=True)
    first = world.contact(customFields=[{"key": "number", "text": "Ä-1"}])
    query = """mutation($i: ContactCreateInput!) { contactCreate(input: $i) { userErrors { code path
      ... on DuplicateError { existing { id } } } } }"""
    again = NEW["Contact"] | {"customFields": [{"key": "number", "text": "a-1"}]}

    (error,) = world.admin.run(query, i=again)["contactCreate"]["userErrors"]
    world.admin.act("contactDelete", {"id": first})
    taken = world.admin.act("contactCreate", again)
    back = world.admin.act("contactRestore", {"id": first})

    assert error == {
        "code": "DUPLICATE",
        "path": ["customFields", "0", "text"],
        "existing": {"id": first},
    }
    assert taken.errors == []
    assert back.codes == ["DUPLICATE"]


def test_cf_05_a_change_holds_from_the_next_request_in_every_session(world):
    rep = world.rep
    field = made(world, label="Tier", key="tier", type="SELECT", options=["Gold", "Silver"])
    gold, silver = (one["id"] for one in field["options"])
    new = NEW["Contact"] | {"customFields": [{"key": "tier", "select": gold}]}
    contact = rep.act("contactCreate", new, "contact { id }")["contact"]["id"]

    renamed = {"id": field["id"], "optionId": gold, "name": "Platinum"}
    assert not world.admin.act("customFieldOptionRename", renamed).errors
    assert values_of(rep, contact)["tier"]["option"] == {"name": "Platinum"}
    assert not world.admin.act("customFieldUpdate", {"id": field["id"], "label": "Rank"}).errors
    assert values_of(rep, contact)["tier"]["label"] == "Rank"
    assert not world.admin.act("customFieldArchive", {"id": field["id"]}).errors
    assert values_of(rep, contact) == {}
    assert refused(world, {"key": "tier", "select": silver}) == [("INVALID_VALUE", ["0", "key"])]
    assert not world.admin.act("customFieldRestore", {"id": field["id"]}).errors
    assert values_of(rep, contact)["tier"]["option"] == {"name": "Platinum"}


async def test_cf_05_a_field_holds_from_the_next_request_in_every_process(world, other_process):
    query = "{ entityTypes { entity fields { key } } }"
    new = NEW["Contact"] | {"customFields": [{"key": "industry", "text": "Retail"}]}
    create = """mutation($i: ContactCreateInput!) { contactCreate(input: $i) {
      contact { id } userErrors { code } } }"""

    async def elsewhere(text, **variables):
        body = {"query": text, "variables": variables}
        answer = await other_process.post("/graphql", json=body, headers=world.admin.headers)
        return answer.json()["data"]

    before = await elsewhere(query)
    made(world)

    assert (await elsewhere(create, i=new))["contactCreate"]["userErrors"] == []
    assert await elsewhere(query) != before


async def test_cf_01_the_log_tells_custom_values_before_and_after(server, world):
    made(world)
    contact = world.contact(customFields=[{"key": "industry", "text": "Retail"}])
    value = {"key": "industry", "text": "Travel"}
    world.admin.act("contactUpdate", {"id": contact, "customFields": [value]})
    again = world.admin.act("contactUpdate", {"id": contact, "customFields": [value]})
    connection = await asyncpg.connect(server.ready["databaseUrl"])
    query = "SELECT changes::text FROM event WHERE record_id = $1 ORDER BY position"
    rows = await connection.fetch(query, (decode(contact) or ("", ""))[1])
    await connection.close()
    told = [json.loads(row["changes"])["custom"] for row in rows]

    assert again.errors == []
    assert [changed(one["before"], one["after"]) for one in told] == [
        {"industry": (None, "Retail")},
        {"industry": ("Retail", "Travel")},
    ]


def test_cf_02_upserts_and_bulks_take_custom_fields(world):
    made(world, "COMPANY")
    values = {"name": "Globex", "customFields": [{"key": "industry", "text": "Retail"}]}
    other = {"name": "Hooli", "customFields": [{"key": "nope", "text": "x"}]}
    rows = {"rows": [values | {"name": "Initech"}, other], "errorPolicy": "REJECT_FAILED"}
    select = "results { company { id } userErrors { code path } }"

    for industry in ("Retail", "Travel"):
        given = values | {"customFields": [{"key": "industry", "text": industry}]}
        upsert = {"match": {"name": "Globex"}, "values": given}
        company = world.admin.act("companyUpsert", upsert, "company { id }")["company"]["id"]
        assert values_of(world.admin, company, "Company")["industry"]["text"] == industry
    first, second = world.admin.act("companyBulkCreate", rows, select)["results"]

    initech = values_of(world.admin, first["company"]["id"], "Company")
    assert initech["industry"]["text"] == "Retail"
    assert second["userErrors"] == [{"code": "INVALID_VALUE", "path": ["customFields", "0", "key"]}]
