"""Undo: acts taken back whole, refused where others would lose something."""

import asyncio
from typing import Any

import pytest

from tests.plugins.world import Client, World
from tests.resolvers.customizing import made, values_of
from tests.server.filing import attached
from tests.services.importing import sql, uuid

WITH = "undone { act recordCount records { __typename id } }"
COLLISIONS = """mutation($input: UndoInput!) { undo(input: $input) { userErrors { code
  ... on UndoCollisionError { collisions { record { id } fields } } } } }"""


def done(client: Client, name: str, given: dict[str, Any], select: str = "") -> str:
    """Carry out an act; the id of its operation."""
    payload = client.act(name, given, select)
    assert not payload.errors, payload.errors
    operation: str = payload["operationId"]
    return operation


def undo(client: Client, operation: str) -> list[str]:
    """Undo it; the codes of the refusals."""
    return client.act("undo", {"operationId": operation}, WITH).codes


def contact(world: World, record: str, select: str = "jobTitle phone status") -> Any:
    """What a contact is like."""
    query = f"query($id: ID!) {{ contact(id: $id) {{ {select} }} }}"
    return world.admin.run(query, id=record)["contact"]


def test_cont_11_an_update_is_undone_and_says_so(world):
    record = world.contact(jobTitle="CTO")
    operation = done(world.admin, "contactUpdate", {"id": record, "jobTitle": "CEO"})

    undone = world.admin.act("undo", {"operationId": operation}, WITH)["undone"]

    assert contact(world, record)["jobTitle"] == "CTO"
    assert undone == {
        "act": "contactUpdate",
        "recordCount": 1,
        "records": [{"__typename": "Contact", "id": record}],
    }


def test_undo_of_another_address_brings_back_that_the_old_one_takes_no_mail(world):
    record = world.contact(email="sarah@globex.com")
    sql(world.server, "UPDATE contact SET email_bounced_at = now() WHERE id = $1", uuid(record))
    before = contact(world, record, "email emailBouncedAt")

    changed = done(world.admin, "contactUpdate", {"id": record, "email": "s@globex.com"})

    assert contact(world, record, "email emailBouncedAt")["emailBouncedAt"] is None
    assert undo(world.admin, changed) == []
    assert contact(world, record, "email emailBouncedAt") == before


def test_undo_leaves_later_changes_of_other_fields(world):
    record = world.contact(jobTitle="CTO")
    operation = done(world.admin, "contactUpdate", {"id": record, "jobTitle": "CEO"})
    done(world.admin, "contactUpdate", {"id": record, "phone": "+14155550199"})

    assert undo(world.admin, operation) == []
    assert contact(world, record) == {
        "jobTitle": "CTO",
        "phone": "+14155550199",
        "status": "LEAD",
    }


def test_undo_is_refused_with_the_fields_that_changed_since(world):
    record = world.contact(jobTitle="CTO")
    operation = done(world.admin, "contactUpdate", {"id": record, "jobTitle": "CEO"})
    done(world.admin, "contactUpdate", {"id": record, "jobTitle": "COO"})

    refused = world.admin.run(COLLISIONS, input={"operationId": operation})["undo"]["userErrors"]

    collision = {"record": {"id": record}, "fields": ["jobTitle"]}
    assert refused == [{"code": "UNDO_COLLISION", "collisions": [collision]}]
    assert contact(world, record)["jobTitle"] == "COO"


def test_undo_happens_once_however_many_ask(world):
    record = world.contact(jobTitle="CTO")
    operation = done(world.admin, "contactUpdate", {"id": record, "jobTitle": "CEO"})

    async def all_at_once():
        return await asyncio.gather(
            *(asyncio.to_thread(undo, world.admin, operation) for _ in range(4))
        )

    assert sorted(asyncio.run(all_at_once())) == [[], *[["ALREADY_UNDONE"]] * 3]


def test_undo_of_an_undo_is_refused(world):
    operation = done(world.admin, "contactUpdate", {"id": world.contact(), "jobTitle": "CEO"})
    undone = world.admin.act("undo", {"operationId": operation}, WITH)["operationId"]

    assert undo(world.admin, undone) == ["NOT_UNDOABLE"]


def test_undo_of_a_creation_sends_the_record_to_the_trash(world):
    made = world.admin.act("companyCreate", {"name": "Initech"}, "company { id }")
    record = made["company"]["id"]

    assert undo(world.admin, made["operationId"]) == []
    assert world.admin.node(record) is None
    assert world.admin.act("companyRestore", {"id": record}, "company { name }").codes == []


def test_undo_of_a_creation_is_refused_once_something_is_attached(world):
    made = world.admin.act("companyCreate", {"name": "Initech"}, "company { id }")
    company = made["company"]["id"]
    deal = world.deal(companyId=company)

    refused = world.admin.run(COLLISIONS, input={"operationId": made["operationId"]})["undo"]

    collision = {"record": {"id": company}, "fields": ["deal"]}
    assert refused["userErrors"] == [{"code": "UNDO_COLLISION", "collisions": [collision]}]
    assert world.admin.node(deal)


def test_undo_of_a_deletion_brings_a_card_back_though_its_place_is_taken(world):
    first = world.deal(name="First")
    deleted = done(world.admin, "dealDelete", {"id": first})
    second = world.deal(name="Second")
    assert undo(world.admin, deleted) == []

    third = done(world.admin, "dealBulkDelete", {"ids": [first, second]})

    assert undo(world.admin, third) == []
    assert world.admin.node(first)
    assert world.admin.node(second)


def test_undo_of_a_removal_brings_the_same_row_back(world):
    query = """query($id: ID!) { contact(id: $id) { primaryCompany { name }
      companies { nodes { id name } } } }"""
    company = world.admin.act("companyCreate", {"name": "Initech"}, "company { id }")["company"]
    record = world.contact(company={"connect": company["id"]})
    before = world.admin.run(query, id=record)
    given = {"contactId": record, "companyId": company["id"]}
    operation = done(world.admin, "contactCompanyRemove", given)

    assert undo(world.admin, operation) == []
    assert world.admin.run(query, id=record) == before


def test_undo_of_a_move_takes_the_deal_and_its_tasks_back(world):
    query = """query($id: ID!) { deal(id: $id) { stage { id } probability closedAt
      stageHistory { totalCount } tasks { totalCount } } }"""
    stages = world.admin.run(
        "{ pipelines(orderBy: [{field: POSITION}]) { nodes { kind stages { nodes { id } } } } }"
    )
    sales = next(one for one in stages["pipelines"]["nodes"] if one["kind"] == "DEAL")
    stage = sales["stages"]["nodes"][1]["id"]
    done(world.admin, "pipelineStageTaskTemplateAdd", {"stageId": stage, "title": "Call"})
    deal = world.deal()
    before = world.admin.run(query, id=deal)

    operation = done(
        world.admin, "dealMove", {"id": deal, "toStageId": stage, "expectedVersion": 1}
    )

    assert world.admin.run(query, id=deal) != before
    assert undo(world.admin, operation) == []
    assert world.admin.run(query, id=deal) == before


def test_lead_08_a_conversion_is_undone_whole(world):
    given = {"firstName": "Lea", "lastName": "Dahl", "email": "lea@example.com"}
    made = world.admin.act("leadCreate", given | {"companyName": "Hooli"}, "lead { id }")
    lead = made["lead"]["id"]
    task = world.admin.act("taskCreate", {"title": "Call", "leadId": lead}, "task { id }")["task"]
    choice = {"id": lead, "contact": {"create": {}}, "company": {"create": {}}, "deal": {}}
    operation = done(world.admin, "leadConvert", choice)

    assert undo(world.admin, operation) == []
    query = """query($lead: ID!, $task: ID!) { lead(id: $lead) { status convertedAt }
      task(id: $task) { lead { id } contact { id } }
      contacts { totalCount } companies { totalCount } deals { totalCount } }"""
    assert world.admin.run(query, lead=lead, task=task["id"]) == {
        "lead": {"status": "NEW", "convertedAt": None},
        "task": {"lead": {"id": lead}, "contact": None},
        **{name: {"totalCount": 0} for name in ("contacts", "companies", "deals")},
    }


def test_cont_11_a_merge_is_undone_with_all_it_moved(world):
    kept, gone = world.contact(jobTitle="CTO"), world.contact(email="s.chen@globex.com")
    deal = world.deal(contactId=gone)
    done(world.admin, "tagsAdd", {"recordIds": [gone], "names": ["VIP"]})
    query = """query($deal: ID!, $gone: ID!, $kept: ID!) { deal(id: $deal) { contact { id } }
      gone: contact(id: $gone) { id email tags { nodes { name } } }
      kept: contact(id: $kept) { id email jobTitle tags { nodes { name } } } }"""
    before = world.admin.run(query, deal=deal, gone=gone, kept=kept)

    merged = done(world.admin, "contactMerge", {"primaryId": kept, "duplicateIds": [gone]})

    assert world.admin.run(query, deal=deal, gone=gone, kept=kept) != before
    assert undo(world.admin, merged) == []
    assert world.admin.run(query, deal=deal, gone=gone, kept=kept) == before


def test_cf_05_each_custom_field_is_undone_for_itself(world):
    for label in ("Industry", "Region"):
        made(world, label=label)
    record = world.contact(customFields=[{"key": "industry", "text": "Retail"}])
    change = {"id": record, "customFields": [{"key": "industry", "text": "Steel"}]}
    operation = done(world.admin, "contactUpdate", change)
    change["customFields"] = [{"key": "region", "text": "North"}]
    done(world.admin, "contactUpdate", change)

    assert undo(world.admin, operation) == []
    told = {key: one["text"] for key, one in values_of(world.admin, record).items()}
    assert told == {"industry": "Retail", "region": "North"}


def test_undo_of_a_bulk_is_one_act(world):
    records = [world.contact(jobTitle=f"Title {at}") for at in range(5)]
    given = {"ids": records, "patch": {"jobTitle": "Same"}}
    operation = done(world.admin, "contactBulkUpdate", given)

    assert undo(world.admin, operation) == []
    assert [contact(world, one)["jobTitle"] for one in records] == [
        f"Title {at}" for at in range(5)
    ]


def test_undo_is_for_who_did_it_or_an_admin(world):
    record = world.contact(world.rep)
    operation = done(world.rep, "contactUpdate", {"id": record, "jobTitle": "CEO"})

    assert undo(world.manager, operation) == ["NOT_YOUR_ACT"]
    assert undo(world.admin, operation) == []


def test_undo_is_refused_where_the_record_is_another_s_by_now(world):
    record = world.contact(world.rep)
    operation = done(world.rep, "contactUpdate", {"id": record, "jobTitle": "CEO"})
    done(world.admin, "contactUpdate", {"id": record, "ownerId": world.user("admin")})

    assert undo(world.rep, operation) == ["READ_ONLY"]


def test_undo_in_another_workspace_finds_nothing(world, server):
    operation = done(world.admin, "contactUpdate", {"id": world.contact(), "jobTitle": "CEO"})

    assert undo(World(server).admin, operation) == ["NOT_FOUND"]


@pytest.mark.parametrize("given", ["op_nonsense", "cnt_00000000000000000000000000", ""])
def test_undo_of_what_is_no_act_is_refused(world, given):
    assert undo(world.admin, given) == ["INVALID_ID"]


def test_undo_of_a_workspace_s_set_up_is_refused(world):
    operation = done(world.admin, "userInvite", {"email": "x@example.com", "role": "REP"})

    assert undo(world.admin, operation) == ["NOT_UNDOABLE"]


def test_undo_gives_a_value_back_only_if_nobody_took_it(world):
    record = world.contact(email="first@example.com")
    change = {"id": record, "email": "second@example.com"}
    operation = done(world.admin, "contactUpdate", change)
    world.contact(email="first@example.com")

    assert undo(world.admin, operation) == ["DUPLICATE_EMAIL"]


async def test_undo_ends_after_thirty_days(world, clock):
    secret = world.admin.act("apiKeyCreate", {"name": "CI"}, "secret")["secret"]
    key = world.server.client(secret)
    operation = done(key, "contactUpdate", {"id": world.contact(), "jobTitle": "CEO"})
    await clock(days=31)

    assert undo(key, operation) == ["UNDO_EXPIRED"]


def test_the_last_acts_say_whether_they_can_be_undone(world):
    record = world.contact()
    first = done(world.admin, "contactUpdate", {"id": record, "jobTitle": "CEO"})
    second = done(world.admin, "contactUpdate", {"id": record, "jobTitle": "COO"})
    query = """query($first: ID!, $second: ID!) {
      ownActs(first: 3) { operationId act recordCount undoable undoneAt }
      first: undoPreview(operationId: $first) { act refusal { code
        ... on UndoCollisionError { collisions { record { id } fields } } } }
      second: undoPreview(operationId: $second) { act refusal { code } } }"""

    told = world.admin.run(query, first=first, second=second)

    assert [(one["operationId"], one["undoable"]) for one in told["ownActs"][:2]] == [
        (second, True),
        (first, True),
    ]
    collision = {"record": {"id": record}, "fields": ["jobTitle"]}
    refusal = {"code": "UNDO_COLLISION", "collisions": [collision]}
    assert told["first"] == {"act": "contactUpdate", "refusal": refusal}
    assert told["second"] == {"act": "contactUpdate", "refusal": None}
    assert undo(world.admin, second) == []
    assert world.admin.run(query, first=first, second=second)["second"]["refusal"] == {
        "code": "ALREADY_UNDONE"
    }


def test_undo_gives_a_text_of_many_pages_back_though_the_log_keeps_its_beginning(world):
    body, other = "Long ago." * 7_000, "Not so long ago." * 4_000
    given = {"direction": "INBOUND", "fromAddress": "a@b.example", "toAddresses": []}
    given |= {"about": [world.contact()], "body": body}
    logged = world.admin.act("emailLog", given, "email { id }")
    mail = logged["email"]["id"]
    change = {"id": mail, "body": other}
    operation = done(world.admin, "emailUpdate", change)
    query = """query($id: ID!) { email(id: $id) { body } history(id: $id) { nodes { changes {
      field after { ... on HistoryText { text length } } } } } }"""

    told = world.admin.run(query, id=mail)["history"]["nodes"][0]["changes"]

    after = next(one["after"] for one in told if one["field"] == "body")
    assert after == {"text": other[:1_000], "length": len(other)}
    assert undo(world.admin, operation) == []
    assert world.admin.run(query, id=mail)["email"]["body"] == body
    done(world.admin, "emailUpdate", change)
    assert undo(world.admin, logged["operationId"]) == ["UNDO_COLLISION"]


def test_undo_of_what_was_done_to_files_and_by_a_selection(world):
    kept, gone = world.contact(), world.contact()
    filed = attached(world.admin, gone, b"Hello")
    file = filed["file"]["id"]
    renamed = done(world.admin, "fileRename", {"id": file, "name": "other.txt"})
    merged = done(world.admin, "contactBulkMerge", {"ids": [kept, gone], "primaryId": kept})
    query = "query($id: ID!) { contact(id: $id) { id files { nodes { name } } } }"

    assert undo(world.admin, merged) == undo(world.admin, renamed) == []
    assert world.admin.run(query, id=gone)["contact"] == {
        "id": gone,
        "files": {"nodes": [{"name": "notes.txt"}]},
    }
    assert undo(world.admin, filed["operationId"]) == []
    assert world.admin.run(query, id=gone)["contact"]["files"] == {"nodes": []}
