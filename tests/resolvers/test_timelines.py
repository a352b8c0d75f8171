"""Timelines: everything about a record in one list, in order, page by page."""

from concurrent.futures import ThreadPoolExecutor

import pytest

FIELDS = """timeline(first: $first, after: $after, kinds: $kinds) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { id } }
    nodes { __typename id at
      ... on Note { body }
      ... on TimelineEvent { event actorName actor { ... on User { id } } changes { field
        before { __typename } after { ... on HistoryText { text } ... on HistoryRecord {
          record { id } } ... on HistoryMoney { money { amount currency } } } } }
      ... on TimelineRecord { recordKind record { __typename id } } } }"""
OF = "query($id: ID!, $first: Int, $after: Cursor, $kinds: [TimelineKind!])"
ACTIVITIES = ["NOTE", "CALL", "EMAIL", "SMS", "MEETING"]
LATEST = "query($id: ID!) { contact(id: $id) { lastActivityAt } }"


def timeline(client, record, kind="Contact", **given):
    query = f"{OF} {{ node(id: $id) {{ ... on {kind} {{ {FIELDS} }} }} }}"
    return client.run(query, id=record, **given)["node"]["timeline"]


def note(client, *records, **given):
    made = client.act(
        "noteAdd", {"body": "Called"} | given | {"about": list(records)}, "note { id }"
    )
    return made["note"]["id"]


def pages(client, record, size, **given):
    """The ids of all items, page by page."""
    found, after = [], None
    while True:
        page = timeline(client, record, first=size, after=after, **given)
        found += [one["id"] for one in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found


def test_cont_09_everything_is_in_one_timeline_latest_first(world):
    contact = world.contact(email="sarah@globex.com")
    world.deal(contactId=contact)
    world.admin.act("taskCreate", {"title": "Call", "contactId": contact})
    world.admin.act("caseCreate", {"subject": "Broken", "contactId": contact})
    email = {"direction": "INBOUND", "fromAddress": "sarah@globex.com", "toAddresses": []}
    note(world.admin, contact, at="2026-01-02T10:00:00Z")
    world.admin.act("emailLog", email | {"at": "2099-01-02T10:00:00Z"})

    shown = timeline(world.admin, contact)

    kinds = [one.get("recordKind") or one["__typename"] for one in shown["nodes"]]
    assert (kinds[0], kinds[-1]) == ("Email", "Note")
    assert set(kinds[1:-1]) == {"DEAL", "TASK", "CASE", "TimelineEvent"}
    times = [one["at"] for one in shown["nodes"]]
    assert times == sorted(times, reverse=True)
    assert shown["totalCount"] == len(kinds) == 6


def test_cont_09_an_event_says_who_changed_what(world):
    contact = world.contact()
    world.rep.run("{ __typename }")
    given = {"id": contact, "jobTitle": "CTO", "ownerId": world.user("rep")}
    world.admin.act("contactUpdate", given)

    event, created = timeline(world.admin, contact, kinds=["EVENT"])["nodes"]

    assert (event["event"], created["event"]) == ("contact.updated", "contact.created")
    assert event["actor"] == {"id": world.user("admin")}
    title, owner = event["changes"]
    assert title == {"field": "jobTitle", "before": None, "after": {"text": "CTO"}}
    assert (owner["field"], owner["after"]) == ("owner", {"record": {"id": world.user("rep")}})


def test_deal_18_an_event_tells_an_amount_in_the_currency_it_had(world):
    deal = world.deal(value={"amount": "1", "currency": "EUR"})
    world.admin.act("dealUpdate", {"id": deal, "value": {"amount": "2", "currency": "EUR"}})
    world.admin.act("dealUpdate", {"id": deal, "value": {"amount": "2", "currency": "USD"}})

    _, amount, _ = timeline(world.admin, deal, "Deal", kinds=["EVENT"])["nodes"]

    told = next(one for one in amount["changes"] if one["field"] == "value")
    assert told["after"] == {"money": {"amount": "2.00", "currency": "EUR"}}


def test_cont_09_a_page_stays_where_it_is_while_others_write(world):
    contact = world.contact()
    moments = [f"2026-01-0{1 + at % 3}T10:00:00Z" for at in range(9)]
    notes = {note(world.admin, contact, at=one) for one in moments}
    first = timeline(world.admin, contact, first=4, kinds=["NOTE"])

    note(world.admin, contact, at="2026-02-01T10:00:00Z")
    after = first["pageInfo"]["endCursor"]
    rest = timeline(world.admin, contact, first=9, after=after, kinds=["NOTE"])

    shown = [one["id"] for one in first["nodes"] + rest["nodes"]]
    assert (len(shown), set(shown)) == (9, notes)
    assert rest["pageInfo"]["hasPreviousPage"] is True


@pytest.mark.parametrize("size", [1, 2, 5])
def test_cont_09_pages_neither_skip_nor_repeat_across_kinds(world, size):
    contact = world.contact()
    at = "2026-01-01T10:00:00Z"
    for _ in range(3):
        note(world.admin, contact, at=at)
        world.admin.act("callLog", {"direction": "OUTBOUND", "about": [contact], "at": at})
        world.admin.act("meetingLog", {"title": "Demo", "about": [contact], "at": at})
        world.deal(contactId=contact)

    whole = [one["id"] for one in timeline(world.admin, contact)["nodes"]]

    assert pages(world.admin, contact, size) == whole
    assert len(set(whole)) == 13


def test_cont_09_kinds_choose_and_may_be_named_often(world):
    contact = world.contact()
    made = note(world.admin, contact)

    often = timeline(world.admin, contact, kinds=["NOTE"] * 50)
    none = timeline(world.admin, contact, kinds=[])

    assert [one["id"] for one in often["nodes"]] == [made]
    assert (none["nodes"], none["totalCount"]) == ([], 0)


@pytest.mark.parametrize("cursor", ["of another list", "nonsense", "of contacts"])
def test_cont_09_a_cursor_of_another_list_is_refused(world, cursor):
    contact, deal = world.contact(), world.deal()
    query = "{ contacts { pageInfo { endCursor } } }"
    made = {
        "of another list": timeline(world.admin, deal, "Deal")["pageInfo"]["endCursor"],
        "nonsense": "bm9uc2Vuc2U",
        "of contacts": world.admin.run(query)["contacts"]["pageInfo"]["endCursor"],
    }
    asked = f"{OF} {{ contact(id: $id) {{ {FIELDS} }} }}"

    refused = world.admin.send(asked, {"id": contact, "after": made[cursor]})

    assert refused.codes == ["INVALID_CURSOR"]


def test_cont_09_a_timeline_shows_no_deal_that_is_out_of_sight(world):
    contact = world.contact(world.rep)
    deal = world.deal(contactId=contact)

    mine, whole = (timeline(one, contact, kinds=["DEAL"]) for one in (world.rep, world.admin))

    assert (mine["nodes"], mine["totalCount"]) == ([], 0)
    assert whole["nodes"][0]["record"] == {"__typename": "Deal", "id": deal}


def test_deal_18_mails_are_on_the_deal_and_on_its_contact(world):
    contact = world.contact(email="sarah@globex.com")
    deal = world.deal(contactId=contact)
    given = {"direction": "OUTBOUND", "fromAddress": world.email("admin")}
    given |= {"toAddresses": ["Sarah@globex.com"], "subject": "Proposal"}
    mail = world.admin.act("emailLog", given, "email { id }")["email"]["id"]

    on = [timeline(world.admin, *one, kinds=["EMAIL"]) for one in ((contact,), (deal, "Deal"))]

    assert [[one["id"] for one in page["nodes"]] for page in on] == [[mail]] * 2


def test_cont_09_a_deleted_activity_leaves_and_comes_back(world):
    contact = world.contact()
    made = note(world.admin, contact)
    assert not world.admin.act("noteDelete", {"id": made}).errors
    gone = timeline(world.admin, contact, kinds=["NOTE"])
    assert not world.admin.act("noteRestore", {"id": made}).errors

    assert (gone["nodes"], gone["totalCount"]) == ([], 0)
    assert timeline(world.admin, contact, kinds=["NOTE"])["totalCount"] == 1


def test_cont_09_a_new_moment_moves_an_activity(world):
    contact = world.contact()
    first, second = (note(world.admin, contact, at=f"2026-01-0{day}T10:00:00Z") for day in (1, 2))

    assert not world.admin.act("noteUpdate", {"id": first, "at": "2026-01-03T10:00:00Z"}).errors

    assert pages(world.admin, contact, 1, kinds=["NOTE"]) == [first, second]


def test_cont_09_notes_added_at_once_are_all_there(world):
    contact = world.contact()

    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: note(world.admin, contact), range(16)))

    assert set(pages(world.admin, contact, 5, kinds=["NOTE"])) == made
    assert len(made) == 16


def test_cont_08_the_last_activity_is_the_latest_that_is_past(world):
    contact = world.contact()
    before = world.admin.run(LATEST, id=contact)["contact"]
    for at in ("2026-01-02T10:00:00Z", "2026-01-01T10:00:00Z", "2099-01-01T10:00:00Z"):
        last = note(world.admin, contact, at=at)
    world.admin.act("noteDelete", {"id": note(world.admin, contact)})

    assert before == {"lastActivityAt": None}
    assert last
    assert world.admin.run(LATEST, id=contact)["contact"] == {
        "lastActivityAt": "2026-01-02T10:00:00.000Z"
    }


@pytest.mark.parametrize("size", [1, 20])
def test_cont_09_many_timelines_cost_what_one_costs(world, size):
    contacts = [world.contact() for _ in range(20)]
    note(world.admin, *contacts)
    query = """query($first: Int) { contacts(first: $first) { nodes { lastActivityAt
      timeline(first: 5) { totalCount nodes { id ... on Note { owner { id } } } } } } }"""
    world.admin.run(query, first=size)
    before = world.server.statements()

    world.admin.run(query, first=size)

    assert world.server.statements() - before <= 7
