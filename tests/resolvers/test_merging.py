"""Merges: duplicates become one record, and whatever pointed at them points at it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import schema  # noqa: F401 - declares what is merged
from core.names import camel
from models import metadata
from models.registry import REGISTRY
from services.repointing import pointing
from tests.plugins.world import Payload, World
from tests.services.importing import sql, uuid

CARD = "contact { id email phone jobTitle version primaryCompany { id name } deals { totalCount } }"


def merge(world: World, primary: str | None, *others: str, **rest: Any) -> Payload:
    given = {"primaryId": primary, "duplicateIds": list(others)} | rest
    return world.admin.act("contactMerge", given, CARD)


def pair(world: World) -> tuple[str, str]:
    first = world.contact(email="s.chen@globex.com")
    return first, world.contact(phone=None, email="sarah@globex.com", jobTitle="Director")


def company(world: World, **given: Any) -> str:
    made = world.admin.act("companyCreate", {"name": "Globex"} | given, "company { id }")
    found: str = made["company"]["id"]
    return found


def test_cont_11_what_pointed_at_a_duplicate_points_at_the_primary(world: World) -> None:
    primary, other = pair(world)
    deal = world.deal(contactId=other)
    task = world.admin.act("taskCreate", {"title": "Call", "contactId": other}, "task { id }")

    merged = merge(world, primary, other)["contact"]

    assert (merged["id"], merged["jobTitle"], merged["deals"]) == (
        primary,
        "Director",
        {"totalCount": 1},
    )
    query = """query($d: ID!, $t: ID!) {
      deal(id: $d) { contact { id } } task(id: $t) { contact { id } } }"""
    found = world.admin.run(query, d=deal, t=task["task"]["id"])
    assert found == {"deal": {"contact": {"id": primary}}, "task": {"contact": {"id": primary}}}


def test_cont_11_old_ids_lead_to_the_survivor_of_a_chain(world: World) -> None:
    first, second, third = (world.contact(firstName=name) for name in ("A", "B", "C"))
    merge(world, second, third)
    merge(world, first, second)
    query = """query($a: ID!, $b: ID!) { contact(id: $a) { id } node(id: $b) { id }
      nodes(ids: [$a, $b]) { id } }"""

    found = world.admin.run(query, a=third, b=second)

    one = {"id": first}
    assert found == {"contact": one, "node": one, "nodes": [one, one]}


def test_cont_11_acts_on_an_old_id_are_about_the_survivor(world: World) -> None:
    primary, other = pair(world)
    merge(world, primary, other)
    update = {"id": other, "jobTitle": "Founder", "idempotencyKey": "once"}
    bulk = {"ids": [other], "patch": {"status": "CUSTOMER"}}

    first, again = (world.admin.act("contactUpdate", update, CARD) for _ in range(2))
    rows = world.admin.act("contactBulkUpdate", bulk, "results { contact { id status } }")
    deals = {"rows": [{"name": "New", "contactId": other}]}
    made = world.admin.act("dealBulkCreate", deals, "results { deal { contact { id } } }")

    assert first["contact"] == again["contact"] | {"version": first["contact"]["version"]}
    assert (first["contact"]["id"], first["contact"]["jobTitle"]) == (primary, "Founder")
    assert rows["results"] == [{"contact": {"id": primary, "status": "CUSTOMER"}}]
    assert made["results"] == [{"deal": {"contact": {"id": primary}}}]


def test_cont_11_the_preview_says_what_moves_and_what_survives(world: World) -> None:
    primary, other = pair(world)
    world.deal(contactId=other)
    query = """query($p: ID, $d: [ID!]!, $c: [ContactMergeChoice!]) {
      contactMergePreview(primaryId: $p, duplicateIds: $d, choose: $c) {
        primary { id } duplicates { id } moves { kind count }
        fields { field value record { id } source { id }
          alternatives { value source { id } } } } }"""
    choose = [{"field": "EMAIL", "fromId": other}]

    found = world.admin.run(query, p=primary, d=[other], c=choose)["contactMergePreview"]
    oldest = world.admin.run(query, d=[other, primary])["contactMergePreview"]

    fields = {one.pop("field"): one for one in found["fields"]}
    assert (found["primary"], found["duplicates"]) == ({"id": primary}, [{"id": other}])
    assert (oldest["primary"], found["moves"]) == ({"id": primary}, [{"kind": "DEAL", "count": 1}])
    assert (fields["JOB_TITLE"]["value"], fields["JOB_TITLE"]["source"]) == (
        "Director",
        {"id": other},
    )
    assert fields["EMAIL"]["value"] == "sarah@globex.com"
    assert fields["EMAIL"]["alternatives"] == [
        {"value": "s.chen@globex.com", "source": {"id": primary}}
    ]
    assert fields["OWNER"]["record"] == {"id": world.user("admin")}


def test_cont_11_the_caller_chooses_values_or_the_survivors_stay(world: World) -> None:
    primary, other = pair(world)
    choose = [{"field": "EMAIL", "fromId": other}]

    merged = merge(world, primary, other, choose=choose)["contact"]

    assert (merged["email"], merged["phone"]) == ("sarah@globex.com", "+14155550102")
    world.contact(email="s.chen@globex.com")


def test_cont_11_without_a_primary_the_oldest_survives(world: World) -> None:
    first, *others = (world.contact() for _ in range(3))

    assert merge(world, None, *others, first)["contact"]["id"] == first


def test_cont_11_merging_again_or_the_other_way_changes_nothing(world: World) -> None:
    primary, other = pair(world)
    merged = merge(world, primary, other)["contact"]

    again = merge(world, primary, other)["contact"]
    swapped = merge(world, other, primary)["contact"]

    assert again == swapped == merged


def test_cont_11_merges_and_edits_at_once_end_in_one_record(world: World) -> None:
    ids = [world.contact() for _ in range(4)]
    pairs = [(one, other) for one in ids for other in ids if one != other]

    with ThreadPoolExecutor(8) as pool:
        acts = [pool.submit(merge, world, *both) for both in pairs]
        acts += [pool.submit(edit, world, one) for one in ids]
        deals = [pool.submit(world.deal, contactId=one) for one in ids * 2]

    assert [act.result().codes for act in acts] == [[]] * len(acts)
    left = world.admin.run("{ contacts { nodes { jobTitle deals { totalCount } } } }")
    assert left["contacts"]["nodes"] == [
        {"jobTitle": "Edited", "deals": {"totalCount": len(deals)}}
    ]


def edit(world: World, contact: str) -> Payload:
    return world.admin.act("contactUpdate", {"id": contact, "jobTitle": "Edited"})


def test_cont_11_what_is_no_merge_is_refused_and_nothing_changes(server, world: World) -> None:
    one, other = pair(world)
    foreign, hidden = World(server).contact(), world.contact()
    mine = world.contact(world.rep)

    def refused(*given: Any) -> list[tuple[str, list[str]]]:
        return [(error["code"], error["path"]) for error in merge(world, *given).errors]

    own = world.rep.act("contactMerge", {"primaryId": mine, "duplicateIds": [hidden]})
    assert refused(one, one) == [("INVALID_VALUE", ["duplicateIds", "0"])]
    assert refused(one, other, foreign) == [("NOT_FOUND", ["duplicateIds", "1"])]
    assert refused(foreign, one) == [("NOT_FOUND", ["primaryId"])]
    assert refused(one) == [("REQUIRED", ["duplicateIds"])]
    assert own.codes == ["NOT_FOUND"]
    many = [world.contact() for _ in range(2)] * 26
    assert refused(one, *dict.fromkeys(many)) == []


def test_cont_11_records_out_of_sight_are_handed_over_and_not_shown(world: World) -> None:
    one, other = world.contact(world.rep), world.contact(world.rep)
    deal = world.deal(contactId=other, ownerId=world.user("admin"))
    given = {"primaryId": one, "duplicateIds": [other]}
    preview = """query($a: ID, $b: [ID!]!) {
      contactMergePreview(primaryId: $a, duplicateIds: $b) { moves { kind } } }"""

    told = world.rep.run(preview, a=one, b=[other])["contactMergePreview"]
    world.rep.act("contactMerge", given)

    assert told == {"moves": []}
    query = "query($id: ID!) { deal(id: $id) { contact { id } } }"
    assert world.admin.run(query, id=deal)["deal"] == {"contact": {"id": one}}


def test_cont_11_a_merged_record_is_not_restored_but_its_survivor_is_named(world: World) -> None:
    primary, other = pair(world)
    merge(world, primary, other)
    act = """mutation($id: ID!) { contactRestore(input: {id: $id}) {
      userErrors { code ... on MergedError { survivor { id } } } } }"""

    refused = world.admin.run(act, id=other)["contactRestore"]["userErrors"]

    assert refused == [{"code": "MERGED", "survivor": {"id": primary}}]


def test_cont_12_what_is_selected_is_merged_with_a_result_each(world: World) -> None:
    ids = [world.contact(lastName="Twin") for _ in range(3)]
    gone = world.contact()
    world.admin.act("contactDelete", {"id": gone})
    select = "results { contact { id } userErrors { code path } }"
    by_filter = {"filter": {"name": {"startsWith": "Sarah T"}}, "primaryId": ids[1]}

    rejected = world.admin.act("contactBulkMerge", {"ids": [*ids, gone]}, select)
    done = world.admin.act("contactBulkMerge", by_filter, select)["results"]

    missing = [{"code": "NOT_FOUND", "path": ["ids", "3"]}]
    assert [one["userErrors"] for one in rejected.fields["results"]] == [[], [], [], missing]
    assert [one["contact"] for one in done] == [{"id": ids[1]}] * 3


def test_cont_26_companies_are_merged_with_their_people(world: World) -> None:
    primary, other = company(world), company(world, domain="globex.com", industry="Energy")
    both = world.contact(company={"connect": other})
    world.admin.act("contactCompanyAdd", {"contactId": both, "companyId": primary})
    only = world.contact(company={"connect": other})
    given = {"primaryId": primary, "duplicateIds": [other]}
    select = "company { id domain industry contacts { nodes { id primaryCompany { id } } } }"

    merged = world.admin.act("companyMerge", given, select)["company"]

    assert (merged["id"], merged["domain"], merged["industry"]) == (primary, "globex.com", "Energy")
    people = {one["id"]: one["primaryCompany"]["id"] for one in merged["contacts"]["nodes"]}
    assert people == {both: primary, only: primary}


@pytest.mark.parametrize("kind", ["Contact", "Company"])
def test_cont_11_cont_26_every_link_of_every_kind_leads_to_the_survivor(world: World, kind) -> None:
    world.fill(contacts=12)
    plural = REGISTRY[kind].plural
    nodes = world.admin.run(f"{{ {plural}(first: 50) {{ nodes {{ id }} }} }}")[plural]["nodes"]
    before = links(world, kind)

    first, *others = (one["id"] for one in nodes)
    given = {"primaryId": first, "duplicateIds": others}
    done = world.admin.act(f"{kind.lower()}Merge", given, f"{kind.lower()} {{ id }}")

    assert done[kind.lower()] == {"id": first}
    assert len(before) > 30
    assert links(world, kind) == dict.fromkeys(before, first)


def links(world: World, kind: str) -> dict[tuple[str, str], str]:
    """By a record and its link to such records, where it leads; of all there are."""
    found: dict[tuple[str, str], str] = {}
    for entity in REGISTRY.values():
        names = [
            camel(one.name) for one in entity.fields.values() if one.target == kind and not one.by
        ]
        if names and entity.listed:
            select = " ".join(f"{name} {{ id }}" for name in names)
            query = f"{{ {entity.plural}(first: 100) {{ nodes {{ id {select} }} }} }}"
            for node in world.admin.run(query)[entity.plural]["nodes"]:
                found |= {(node["id"], name): node[name]["id"] for name in names if node[name]}
    return found


@pytest.mark.parametrize("kind", ["contact", "company"])
def test_cont_11_cont_26_every_reference_of_the_metadata_is_handed_over(kind) -> None:
    declared = {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.c
        if column.info.get("references") == kind
    }
    moved = {(one.table.name, name) for one in pointing(kind) for name in one.columns}

    assert moved == declared
    assert all(list(one.clearing()) is not None for one in pointing(kind))


def test_cont_11_a_merge_takes_as_many_statements_for_many_as_for_one(world: World) -> None:
    def taken(count: int) -> float:
        first, *others = (world.contact() for _ in range(count + 1))
        deals = [{"name": f"Deal {at}", "contactId": one} for at, one in enumerate(others)]
        world.admin.act("dealBulkCreate", {"rows": deals})
        before = world.server.statements()
        merge(world, first, *others)
        return world.server.statements() - before

    taken(1)
    assert taken(10) == taken(1)


def test_cont_11_a_note_about_a_merged_contact_is_about_the_survivor(world: World) -> None:
    one, other = world.contact(), world.contact(email="s.chen@globex.com")
    given = {"primaryId": one, "duplicateIds": [other]}
    assert not world.admin.act("contactMerge", given).errors

    note = world.admin.act(
        "noteAdd", {"body": "Met.", "about": [other]}, "note { contacts { nodes { id } } }"
    )
    deal = world.deal()
    assert not world.admin.act("dealDelete", {"id": deal}).errors
    refused = world.admin.act("noteAdd", {"body": "Met.", "about": [deal]})

    assert note["note"] == {"contacts": {"nodes": [{"id": one}]}}
    assert refused.codes == ["NOT_FOUND"]


MAIL = "contact { email emailOptedOut emailBouncedAt }"
BOUNCED = "UPDATE contact SET email_bounced_at = now() WHERE id = $1"
ASKED = f"query($id: ID!) {{ {MAIL.replace(' {', '(id: $id) {', 1)} }}"


def taken_back(world: World, merged: Payload, contact: str) -> Any:
    """What a contact is like once its merge was undone."""
    assert not world.admin.act("undo", {"operationId": merged["operationId"]}).errors
    return world.admin.run(ASKED, id=contact)["contact"]


def test_cont_11_who_wants_no_mail_wants_none_after_the_merge(world: World) -> None:
    primary = world.contact(email=None)
    other = world.contact(email="jane@globex.com", emailOptedOut=True)
    third = world.contact(email=None)
    query = """query($p: ID, $d: [ID!]!) { contactMergePreview(primaryId: $p, duplicateIds: $d) {
      fields { field value source { id } } } }"""
    before = world.admin.run(ASKED, id=primary)["contact"]

    told = world.admin.run(query, p=primary, d=[third, other])["contactMergePreview"]["fields"]
    given = {"primaryId": primary, "duplicateIds": [third, other]}
    merged = world.admin.act("contactMerge", given, MAIL)

    decided = {"field": "EMAIL_OPTED_OUT", "value": "True", "source": {"id": other}}
    assert decided in told
    assert merged["contact"] == before | {"email": "jane@globex.com", "emailOptedOut": True}
    assert taken_back(world, merged, primary) == before


def test_cont_11_a_bounce_goes_with_its_address(world: World) -> None:
    dead, good = world.contact(email="jane@globex.com"), world.contact(email="j@globex.com")
    empty = world.contact(email=None)
    sql(world.server, BOUNCED, uuid(dead))
    before = world.admin.run(ASKED, id=dead)["contact"]

    choose = [{"field": "EMAIL", "fromId": good}]
    given = {"primaryId": dead, "duplicateIds": [good], "choose": choose}
    chosen = world.admin.act("contactMerge", given, MAIL)

    assert (chosen["contact"]["email"], chosen["contact"]["emailBouncedAt"]) == (
        "j@globex.com",
        None,
    )
    assert before["emailBouncedAt"]
    assert taken_back(world, chosen, dead) == before
    filled = world.admin.act("contactMerge", {"primaryId": empty, "duplicateIds": [dead]}, MAIL)
    assert filled["contact"] == before
    assert taken_back(world, filled, empty)["emailBouncedAt"] is None
