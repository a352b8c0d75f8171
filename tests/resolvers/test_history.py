"""The history of records, the changes of a workspace, and the trash."""

from datetime import timedelta

import asyncpg
import pytest

from core.clock import now
from core.db import Database
from core.ids import decode
from core.settings import Settings
from services import purge
from tests.plugins.world import World
from tests.resolvers.customizing import made

HISTORY = """query($id: ID!) { contact(id: $id) { history { nodes {
  act event actorName actor { ... on User { id } } operationId
  changes { field before { ...V } after { ...V } } } pageInfo { hasNextPage endCursor } } } }
fragment V on HistoryValue { __typename ... on HistoryText { text } ... on HistoryChoice { choice }
  ... on HistoryRecord { record { id } } ... on HistoryMoney { money { amount currency } }
  ... on HistoryDay { day } ... on HistoryNumber { number } }"""
BY_ID = """query($id: ID!, $first: Int, $after: Cursor) {
  history(id: $id, first: $first, after: $after) {
    nodes { act event changes { field before { ...V } after { ...V } } }
    pageInfo { hasNextPage endCursor } } }
fragment V on HistoryValue { __typename ... on HistoryMoney { money { amount currency } }
  ... on HistoryDay { day } ... on HistoryNumber { number }
  ... on HistoryRecord { record { id } } }"""
CHANGES = """query($after: Cursor, $types: [RecordType!], $first: Int) {
  changes(after: $after, types: $types, first: $first) {
    changes { kindOfChange type id act record { __typename id ... on Contact { jobTitle } } }
    cursor hasMore resync } }"""
TRASH = "{ contacts(deleted: %s) { nodes { id deletedAt } totalCount } }"


def test_history_tells_each_act_with_its_fields_before_and_after(world):
    record = world.contact(jobTitle="CTO")
    given = {"id": record, "jobTitle": "CEO", "status": "CUSTOMER"}
    done = world.admin.act("contactUpdate", given)

    first, second = world.admin.run(HISTORY, id=record)["contact"]["history"]["nodes"]

    assert (second["act"], second["event"]) == ("contactCreate", "created")
    assert first == {
        "act": "contactUpdate",
        "event": "updated",
        "actorName": "Ada Admin",
        "actor": {"id": world.user("admin")},
        "operationId": done["operationId"],
        "changes": [
            {
                "field": "jobTitle",
                "before": {"__typename": "HistoryText", "text": "CTO"},
                "after": {"__typename": "HistoryText", "text": "CEO"},
            },
            {
                "field": "status",
                "before": {"__typename": "HistoryChoice", "choice": "LEAD"},
                "after": {"__typename": "HistoryChoice", "choice": "CUSTOMER"},
            },
        ],
    }


def test_history_shows_money_to_the_last_digit_and_links_as_records(world):
    deal, contact = world.deal(), world.contact()
    for value in ("123456789012345.67", "99.90"):
        given = {"id": deal, "value": {"amount": value}, "contactId": contact}
        assert not world.admin.act("dealUpdate", given).errors

    nodes = world.admin.run(BY_ID, id=deal)["history"]["nodes"]

    money = {"amount": "123456789012345.67", "currency": "USD"}
    (change,) = nodes[0]["changes"]
    assert change["before"] == {"__typename": "HistoryMoney", "money": money}
    linked = {one["field"]: one["after"] for one in nodes[1]["changes"]}
    assert linked["contact"] == {"__typename": "HistoryRecord", "record": {"id": contact}}


def test_history_hides_linked_records_that_are_out_of_sight(world):
    company = world.admin.act("companyCreate", {"name": "Secret"}, "company { id }")["company"]
    record = world.contact(world.rep, company={"create": {"name": "Open"}})
    given = {"contactId": record, "companyId": company["id"], "primary": True}
    assert not world.admin.act("contactCompanyAdd", given).errors

    first, *_ = world.rep.run(HISTORY, id=record)["contact"]["history"]["nodes"]

    assert first["actorName"] == "Ada Admin"
    (change,) = first["changes"]
    assert change["field"] == "primaryCompany"
    assert change["after"] == {"__typename": "HistoryRecord", "record": None}


def test_history_comes_in_pages(world):
    record = world.contact()
    for title in ("A", "B", "C"):
        world.admin.act("contactUpdate", {"id": record, "jobTitle": title})
    first = world.admin.run(BY_ID, id=record, first=3)["history"]

    rest = world.admin.run(BY_ID, id=record, after=first["pageInfo"]["endCursor"])["history"]

    assert first["pageInfo"]["hasNextPage"]
    assert [one["act"] for one in rest["nodes"]] == ["contactCreate"]
    assert not rest["pageInfo"]["hasNextPage"]


def test_history_of_a_deleted_record_is_for_who_may_restore_it(world):
    record = world.contact(world.rep)
    world.rep.act("contactDelete", {"id": record})

    assert world.rep.run(BY_ID, id=record)["history"]["nodes"][0]["event"] == "deleted"
    assert world.finance.run(BY_ID, id=record)["history"] is None


def test_history_of_who_has_left_has_their_name(world):
    record = world.contact(world.rep)
    given = {"id": world.user("rep"), "reassignTo": world.user("admin")}
    assert not world.admin.act("userDeactivate", given).errors

    nodes = world.admin.run(HISTORY, id=record)["contact"]["history"]["nodes"]

    assert {one["actorName"] for one in nodes} == {"Rep Rep", "Ada Admin"}


def test_history_of_another_workspace_s_record_is_null(world, server):
    assert World(server).admin.run(BY_ID, id=world.contact())["history"] is None


def test_api_07_changes_tell_each_record_once_as_it_is(world):
    after = world.admin.run("{ eventCursor contacts { nodes { id } } }")["eventCursor"]
    record, deal = world.contact(), world.deal()
    world.admin.act("contactUpdate", {"id": record, "jobTitle": "CEO"})

    page = world.admin.run(CHANGES, after=after, types=["CONTACT"])["changes"]

    (change,) = page["changes"]
    assert change == {
        "kindOfChange": "CHANGED",
        "type": "Contact",
        "id": record,
        "act": "contactUpdate",
        "record": {"__typename": "Contact", "id": record, "jobTitle": "CEO"},
    }
    everything = world.admin.run(CHANGES, after=after)["changes"]
    assert {one["id"] for one in everything["changes"]} == {record, deal}
    assert (page["hasMore"], page["resync"]) == (False, None)
    assert world.admin.run(CHANGES, after=page["cursor"])["changes"]["changes"] == []


def test_api_07_changes_have_tombstones_and_tell_nothing_of_others(world):
    mine, given_away = world.contact(world.rep), world.contact(world.rep)
    after = world.rep.run("{ eventCursor contacts { nodes { id } } }")["eventCursor"]
    world.contact()
    world.rep.act("contactDelete", {"id": mine})
    world.admin.act("contactUpdate", {"id": given_away, "ownerId": world.user("admin")})

    page = world.rep.run(CHANGES, after=after)["changes"]

    told = {one["id"]: (one["kindOfChange"], one["record"]) for one in page["changes"]}
    assert told == {mine: ("DELETED", None), given_away: ("OUT_OF_SIGHT", None)}


def test_api_07_changes_are_read_page_by_page(world):
    after = world.admin.run("{ eventCursor contacts { nodes { id } } }")["eventCursor"]
    made, found, more = {world.contact() for _ in range(5)}, set(), True
    while more:
        page = world.admin.run(CHANGES, after=after, first=2)["changes"]
        found |= {one["id"] for one in page["changes"]}
        after, more = page["cursor"], page["hasMore"]

    assert found == made


async def test_api_07_a_cursor_the_log_does_not_have_asks_for_a_fresh_copy(world):
    world.contact()
    owner = await asyncpg.connect(world.server.ready["databaseUrl"])
    workspace = (decode(world.id) or ("", ""))[1]
    given_up = "UPDATE event_head SET kept_after = 3 WHERE workspace_id = $1"
    await owner.execute(given_up, workspace)
    await owner.close()

    reasons = [
        world.admin.run(CHANGES, after=after)["changes"]["resync"]
        for after in ("1", "999999999", "3")
    ]

    assert reasons == ["CURSOR_EXPIRED", "CURSOR_EXPIRED", None]
    assert world.admin.send(CHANGES, {"after": "nonsense"}).codes == ["INVALID_CURSOR"]


def test_the_trash_lists_what_can_be_restored(world):
    kept, gone = world.contact(), world.contact()
    world.admin.act("contactDelete", {"id": gone})

    lists = {which: world.admin.run(TRASH % which)["contacts"] for which in ("ONLY", "INCLUDE")}

    (only,) = lists["ONLY"]["nodes"]
    assert only["id"] == gone
    assert only["deletedAt"]
    assert {one["id"]: bool(one["deletedAt"]) for one in lists["INCLUDE"]["nodes"]} == {
        kept: False,
        gone: True,
    }
    assert [one["totalCount"] for one in lists.values()] == [1, 2]
    assert [one["id"] for one in world.admin.run(TRASH % "EXCLUDE")["contacts"]["nodes"]] == [kept]


def test_the_trash_has_what_the_viewer_may_restore(world):
    mine, other = world.contact(world.rep), world.contact()
    for record in (mine, other):
        world.admin.act("contactDelete", {"id": record})

    assert [one["id"] for one in world.rep.run(TRASH % "ONLY")["contacts"]["nodes"]] == [mine]
    assert world.finance.run(TRASH % "ONLY")["contacts"]["nodes"] == []


@pytest.fixture
async def database(server):
    """The database as the API's role opens it."""
    settings = Settings(database_app_url=server.ready["appDatabaseUrl"], database_pool_size=2)
    opened = await Database.open(settings, application="test of the purge")
    yield opened
    await opened.close()


async def purged(world: World, database: Database, **ahead: int) -> purge.Purged:
    """Purge a workspace as if it were later."""
    workspace = (decode(world.id) or ("", ""))[1]
    return await purge.workspace(database, workspace, now() + timedelta(**ahead))


async def test_the_purge_removes_after_thirty_days_what_nobody_needs(world, database):
    gone, needed = world.contact(), world.contact()
    world.deal(contactId=needed)
    for record in (gone, needed):
        world.admin.act("contactDelete", {"id": record})

    early = await purged(world, database, days=29)
    due = await purged(world, database, days=31)
    again = await purged(world, database, days=31)

    assert (early.gone, early.kept) == ({}, {})
    assert (due.gone, due.kept) == ({"contact": 1}, {("contact", "deal"): 1})
    assert (again.gone, again.kept) == ({}, {("contact", "deal"): 1})
    assert world.admin.act("contactRestore", {"id": gone}).codes == ["NOT_FOUND"]
    assert world.admin.act("contactRestore", {"id": needed}).codes == []


async def test_the_purge_leaves_a_tombstone_and_ends_undo(world, database):
    record = world.contact()
    operation = world.admin.act("contactDelete", {"id": record})["operationId"]
    after = world.admin.run("{ eventCursor contacts { nodes { id } } }")["eventCursor"]
    await purged(world, database, days=31)

    (change,) = world.admin.run(CHANGES, after=after)["changes"]["changes"]

    assert (change["id"], change["kindOfChange"], change["act"]) == (record, "DELETED", "purge")
    assert world.admin.act("undo", {"operationId": operation}).codes == ["UNDO_PURGED"]


def test_cf_08_history_tells_custom_values_by_their_types(world):
    tier = made(world, label="Tier", type="SELECT", options=["Gold"])["options"][0]["id"]
    made(world, label="Size", type="NUMBER")
    made(world, label="Friend", type="LOOKUP", lookup="CONTACT")
    friend = world.contact()
    own = [{"key": "tier", "select": tier}, {"key": "size", "number": "1.5"}]
    contact = world.contact(customFields=[*own, {"key": "friend", "lookup": friend}])
    query = """query($id: ID!) { history(id: $id) { nodes { changes { field after { __typename
      ... on HistoryText { text } ... on HistoryNumber { number }
      ... on HistoryRecord { record { id } } } } } } }"""

    (entry,) = world.admin.run(query, id=contact)["history"]["nodes"]

    told = {one["field"]: one["after"] for one in entry["changes"]}
    assert told["customFields.tier"] == {"__typename": "HistoryText", "text": "Gold"}
    assert told["customFields.size"] == {"__typename": "HistoryNumber", "number": "1.5"}
    assert told["customFields.friend"]["record"] == {"id": friend}
