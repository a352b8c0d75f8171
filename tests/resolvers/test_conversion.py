"""Converting leads: all or nothing, once, and nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.plugins.world import World
from tests.server.filing import attached

LEAD = {
    "firstName": "Ada",
    "lastName": "Okafor",
    "email": "ada@initech.example",
    "companyName": "Initech",
    "website": "https://www.initech.example/about",
    "origin": "EVENT",
}
MADE = """lead { id status convertedAt convertedBy { id } stage { name }
    convertedContact { id } convertedCompany { id } convertedDeal { id } }
  contact { id name email status origin primaryCompany { id } leads { nodes { id } } }
  company { id name domain leads { nodes { id } } }
  deal { id name value { amount } stage { name } contact { id } company { id }
    leads { nodes { id } } }"""
BOTH: dict[str, Any] = {"contact": {"create": {}}, "company": {"create": {}}}
CONVERT = """mutation($input: LeadConvertInput!) { leadConvert(input: $input) {
  contact { id } userErrors { code path
    ... on DuplicateError { existing { id } }
    ... on AlreadyConvertedError { contact { id } company { id } deal { id } } } } }"""
COUNTS = "{ contacts { totalCount } companies { totalCount } deals { totalCount } }"


def taken(world: World, **given: Any) -> str:
    made = world.admin.act("leadCreate", LEAD | given, "lead { id }")
    found: str = made["lead"]["id"]
    return found


def counts(world: World) -> list[int]:
    return [one["totalCount"] for one in world.admin.run(COUNTS).values()]


def test_lead_08_a_lead_becomes_a_contact_a_company_and_a_deal(world):
    lead = taken(world)

    done = world.admin.act("leadConvert", {"id": lead, **BOTH, "deal": {}}, MADE)

    contact, company, deal = done["contact"], done["company"], done["deal"]
    assert (contact["name"], contact["email"]) == ("Ada Okafor", LEAD["email"])
    assert (contact["status"], contact["origin"]) == ("PROSPECT", "EVENT")
    assert contact["primaryCompany"] == {"id": company["id"]}
    assert (company["name"], company["domain"]) == ("Initech", "initech.example")
    assert (deal["name"], deal["value"]["amount"], deal["stage"]["name"]) == (
        "Initech",
        "0.00",
        "Prospecting",
    )
    assert (deal["contact"]["id"], deal["company"]["id"]) == (contact["id"], company["id"])


def test_lead_08_what_is_said_stands_before_what_the_lead_knows(world):
    there = world.contact(email="grace@initech.example")
    stage = world.admin.run("{ deals { totalCount } pipelineStages { nodes { id name } } }")
    nodes = stage["pipelineStages"]["nodes"]
    demo = next(one["id"] for one in nodes if one["name"] == "Demo Scheduled")
    deal = {
        "stageId": demo,
        "name": "Pilot",
        "value": {"amount": "12500"},
        "closeDate": "2031-02-03",
    }
    given = {"id": taken(world), "contact": {"connect": there}, "deal": deal}

    done = world.admin.act("leadConvert", given, MADE + " deal { closeDate }")

    assert done["contact"]["id"] == there
    assert done["company"] is None
    assert (done["deal"]["name"], done["deal"]["value"]["amount"]) == ("Pilot", "12500.00")
    assert (done["deal"]["stage"]["name"], done["deal"]["closeDate"]) == (
        "Demo Scheduled",
        "2031-02-03",
    )


def test_lead_08_a_lead_becomes_something(world):
    lead = taken(world)

    refused = world.admin.act("leadConvert", {"id": lead, "deal": {}})

    assert refused.codes == ["CONVERT_TARGET_REQUIRED"]
    assert counts(world) == [0, 0, 0]


def test_lead_08_a_known_address_is_offered_to_connect_and_nothing_is_made(world):
    known = world.contact(email="Ada@Initech.example")
    given = {"id": taken(world), "company": {"create": {}}, "contact": {"create": {}}}
    before = counts(world)

    refused = world.admin.run(CONVERT, input=given)["leadConvert"]["userErrors"]

    path = ["contact", "create", "email"]
    assert refused == [{"code": "DUPLICATE_EMAIL", "path": path, "existing": {"id": known}}]
    assert counts(world) == before
    given["contact"] = {"connect": known}
    assert world.admin.act("leadConvert", given, MADE)["contact"]["id"] == known


def test_lead_08_a_refused_deal_leaves_no_contact_behind(world):
    lead = taken(world)
    given = {"id": lead, **BOTH, "deal": {"value": {"amount": "-1"}}}

    refused = world.admin.act("leadConvert", given)

    assert [one["path"] for one in refused.errors] == [["deal", "value", "amount"]]
    assert counts(world) == [0, 0, 0]


def test_lead_08_what_a_new_contact_lacks_is_told_where_it_goes(world):
    lead = taken(world, firstName=None, email=None, companyName=None)

    person = world.admin.act("leadConvert", {"id": lead, "contact": {"create": {}}})
    company = world.admin.act("leadConvert", {"id": lead, "company": {"create": {}}})

    assert [one["path"] for one in person.errors] == [
        ["contact", "create", "firstName"],
        ["contact", "create", "email"],
    ]
    assert [one["path"] for one in company.errors] == [["company", "create", "name"]]


def test_lead_08_a_disqualified_lead_is_brought_back_first(world):
    lead = taken(world)
    world.admin.act("leadDisqualify", {"id": lead, "reason": "No budget"}, "lead { id }")["lead"]

    assert world.admin.act("leadConvert", {"id": lead, **BOTH}).codes == ["INVALID_TRANSITION"]


def test_lead_08_the_preview_offers_what_a_lead_may_already_be(world):
    contact = world.contact(email="ADA@initech.example")
    named = world.admin.act("companyCreate", {"name": "INITECH"}, "company { id }")["company"]
    given = {"name": "Other", "domain": "initech.example"}
    placed = world.admin.act("companyCreate", given, "company { id }")["company"]
    query = """query($id: ID!) { leadConvertPreview(id: $id) {
      lead { name } contacts { id } companies { id } } }"""

    seen = world.admin.run(query, id=taken(world))["leadConvertPreview"]
    hidden = world.rep.run(query, id=taken(world, ownerId=world.user("rep")))

    assert seen["lead"]["name"] == "Ada Okafor"
    assert seen["contacts"] == [{"id": contact}]
    assert [one["id"] for one in seen["companies"]] == [named["id"], placed["id"]]
    assert hidden["leadConvertPreview"]["contacts"] == []
    assert hidden["leadConvertPreview"]["companies"] == []


def test_lead_09_a_converted_lead_and_what_it_became_are_linked_both_ways(world):
    lead = taken(world)

    done = world.admin.act("leadConvert", {"id": lead, **BOTH, "deal": {}}, MADE)

    marked = done["lead"]
    assert (marked["status"], marked["stage"]["name"]) == ("CONVERTED", "Converted")
    assert marked["convertedAt"]
    assert marked["convertedBy"] == {"id": world.user("admin")}
    for kind in ("contact", "company", "deal"):
        assert marked[f"converted{kind.capitalize()}"] == {"id": done[kind]["id"]}
        assert done[kind]["leads"]["nodes"] == [{"id": lead}]


def test_lead_09_a_second_conversion_answers_the_same_links(world):
    lead = taken(world)
    done = world.admin.act("leadConvert", {"id": lead, **BOTH, "deal": {}}, MADE)
    before = counts(world)

    (refused,) = world.admin.run(CONVERT, input={"id": lead, **BOTH})["leadConvert"]["userErrors"]

    assert (refused.pop("code"), refused.pop("path")) == ("ALREADY_CONVERTED", ["id"])
    assert refused == {kind: {"id": done[kind]["id"]} for kind in ("contact", "company", "deal")}
    assert counts(world) == before


def test_lead_09_of_conversions_at_once_one_wins(world):
    given = {"id": taken(world), **BOTH, "deal": {}}

    with ThreadPoolExecutor(6) as pool:
        acts = [pool.submit(world.admin.run, CONVERT, input=given) for _ in range(6)]
    errors = [one for act in acts for one in act.result()["leadConvert"]["userErrors"]]

    assert [one["code"] for one in errors] == ["ALREADY_CONVERTED"] * 5
    assert len({str(one["deal"]) for one in errors}) == 1
    assert counts(world) == [1, 1, 1]


def test_lead_09_a_converted_lead_stays_converted(world):
    lead = taken(world)
    world.admin.act("leadConvert", {"id": lead, **BOTH}, MADE)["lead"]

    given = {"id": lead, "toStatus": "NEW", "expectedVersion": 2}
    assert world.admin.act("leadMove", given).codes == ["INVALID_TRANSITION"]


HISTORY = """timeline(kinds: [NOTE, CALL, EMAIL, SMS, MEETING, TASK]) {
  totalCount nodes { id } } files { nodes { id } } tags { nodes { name } }"""
NONE: dict[str, list[Any]] = {"nodes": []}
MAIL = {"direction": "INBOUND", "fromAddress": "x@y.example", "toAddresses": []}


@pytest.mark.parametrize("target", ["contact", "company"])
def test_lead_10_the_whole_history_goes_with_it(world, target):
    lead = taken(world)
    about = {"about": [lead]}
    world.admin.act("noteAdd", about | {"body": "Likes it"})
    world.admin.act("callLog", about | {"direction": "OUTBOUND"})
    world.admin.act("meetingLog", about | {"title": "Demo", "at": "2099-01-01T10:00:00Z"})
    world.admin.act("taskCreate", {"title": "Call", "leadId": lead})
    world.admin.act("emailLog", about | MAIL)
    world.admin.act("tagsAdd", {"recordIds": [lead], "names": ["Partner"]})
    attached(world.admin, lead, b"Hello")
    of_lead = f"query($id: ID!) {{ lead(id: $id) {{ {HISTORY} }} }}"
    before = world.admin.run(of_lead, id=lead)["lead"]

    given = {"id": lead, target: {"create": {}}}
    done = world.admin.act("leadConvert", given, f"{target} {{ {HISTORY} }}")

    left = world.admin.run(of_lead, id=lead)["lead"]
    assert (before["timeline"]["totalCount"], len(before["files"]["nodes"])) == (5, 1)
    assert done[target] == before
    assert (left["timeline"]["totalCount"], left["files"], left["tags"]) == (0, NONE, NONE)


def test_lead_10_what_was_done_to_the_lead_is_on_the_contact(world):
    lead = taken(world)
    world.admin.act("leadUpdate", {"id": lead, "jobTitle": "CTO"})
    select = "contact { timeline(kinds: [EVENT]) { nodes { ... on TimelineEvent { event } } } }"

    done = world.admin.act("leadConvert", {"id": lead, "contact": {"create": {}}}, select)

    told = [one["event"] for one in done["contact"]["timeline"]["nodes"]]
    assert told[-2:] == ["lead.updated", "lead.created"]
    assert {"lead.converted", "contact.created"} <= set(told)


@pytest.mark.parametrize("target", ["contact", "company"])
def test_lead_10_nothing_is_lost(world, target):
    lead = taken(world)
    for at in range(3):
        task = world.admin.act("taskCreate", {"title": f"Call {at}", "leadId": lead}, "task { id }")
    world.admin.act("taskDelete", {"id": task["task"]["id"]}, "task { id }")["task"]
    given = {"id": lead, target: {"create": {}}}

    done = world.admin.act("leadConvert", given, f"{target} {{ tasks {{ totalCount }} }}")
    world.admin.act("taskRestore", {"id": task["task"]["id"]}, "task { id }")["task"]

    assert done[target] == {"tasks": {"totalCount": 2}}
    left = world.admin.run("query($id: ID!) { lead(id: $id) { tasks { totalCount } } }", id=lead)
    assert left["lead"] == {"tasks": {"totalCount": 0}}
