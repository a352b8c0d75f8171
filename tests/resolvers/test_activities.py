"""Notes, calls, e-mails, messages and meetings: what they are about, and who sees them."""

from concurrent.futures import ThreadPoolExecutor

import pytest

EMAIL = {"direction": "INBOUND", "fromAddress": "sarah@globex.com", "toAddresses": []}
SMS = {"direction": "INBOUND", "fromNumber": "+4930111111", "toNumber": "+4930222222", "body": "?"}
LINKED = " ".join(f"{name} {{ nodes {{ id }} }}" for name in ("contacts", "deals", "companies"))
UNMATCHED = "{ unmatched { totalCount nodes { __typename id } } }"
INBOX = """query($channels: [InboxChannel!]) {
  inbox(channels: $channels) { totalCount nodes { __typename id at } } }"""


def note(client, *records, body="Asked for a quote", select="note { id }", **given):
    return client.act("noteAdd", {"body": body, "about": list(records)} | given, select)


def ids(found, name):
    return [one["id"] for one in found[name]["nodes"]]


def seen(client, record):
    return client.node(record) is not None


def test_comm_15_a_note_is_about_several_records(world):
    contact, deal = world.contact(), world.deal()

    made = note(world.admin, contact, deal, contact, select=f"note {{ id body {LINKED} }}")["note"]
    less = {"id": made["id"], "recordIds": [deal]}
    left = world.admin.act("noteUnlink", less, f"note {{ {LINKED} }}")["note"]
    back = world.admin.act("noteLink", less, f"note {{ {LINKED} }}")["note"]

    assert (ids(made, "contacts"), ids(made, "deals")) == ([contact], [deal])
    assert (ids(left, "contacts"), ids(left, "deals")) == ([contact], [])
    assert ids(back, "deals") == [deal]


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"body": "x" * 100_000}, "TOO_LONG", ["body"]),
        ({"body": "  "}, "REQUIRED", ["body"]),
        ({"about": []}, "REQUIRED", ["about"]),
        ({"about": ["usr_01HX9ZK2P8N3QR5S7T9V1W3X5Y"]}, "INVALID_ID", ["about", "0"]),
        ({"about": ["deal_01HX9ZK2P8N3QR5S7T9V1W3X5Y"]}, "NOT_FOUND", ["about", "0"]),
        ({"mentionIds": ["usr_01HX9ZK2P8N3QR5S7T9V1W3X5Y"]}, "NOT_FOUND", ["mentionIds", "0"]),
        ({"body": "@a " * 60}, None, None),
        ({"body": " ".join(f"@a{at}" for at in range(60))}, "TOO_MANY", ["body"]),
    ],
)
def test_comm_15_a_note_that_cannot_be_is_refused_whole(world, given, code, path):
    contact = world.contact()

    refused = world.admin.act("noteAdd", {"body": "Hi", "about": [contact]} | given)

    assert [(one["code"], one["path"]) for one in refused.errors] == (
        [(code, path)] if code else []
    )
    count = world.admin.run("{ notes { totalCount } }")["notes"]["totalCount"]
    assert count == (0 if code else 1)


def test_comm_15_any_script_is_kept_as_it_is(world):
    text = "Zoë 👩‍💻 said “ja”\n- 明日\n- e-mail me@there.example @ 5pm"

    made = note(world.admin, world.contact(), body=text, select="note { body } unknownMentions")

    assert made["note"] == {"body": text}
    assert made["unknownMentions"] == []


def test_comm_16_a_name_behind_an_at_mentions_its_user(world):
    world.join("ann", "REP")
    body = f"@Ann Rep please, @admin, @{world.email('rep')} and @Nobody"
    world.of("rep")
    select = "note { mentions { nodes { id } } } unknownMentions"

    made = note(world.admin, world.contact(), body=body, select=select)

    assert {one["id"] for one in made["note"]["mentions"]["nodes"]} == {
        world.user("ann"), world.user("rep")
    }  # fmt: skip
    assert made["unknownMentions"] == ["admin", "Nobody"]


def test_comm_16_a_name_of_several_users_is_refused_with_them(world):
    for who in ("ann", "bea"):
        world.join(who, "REP")
    renamed = {"id": world.user("bea"), "firstName": "Ann"}
    assert not world.admin.act("userUpdate", renamed).errors
    query = """mutation($input: NoteAddInput!) { noteAdd(input: $input) { userErrors { code path
      ... on AmbiguousMentionError { candidates { id } } } } }"""
    given = {"body": "Ask @Ann Rep.", "about": [world.contact()]}

    (refused,) = world.admin.run(query, input=given)["noteAdd"]["userErrors"]

    assert (refused["code"], refused["path"]) == ("AMBIGUOUS_MENTION", ["body"])
    assert {one["id"] for one in refused["candidates"]} == {world.user("ann"), world.user("bea")}


@pytest.mark.waits_for("Slack")
def test_comm_16_who_is_mentioned_is_told_and_who_writes_is_not(world):
    world.of("rep")
    body = f"@{world.email('rep')} and @{world.email('admin')}"
    query = "{ notificationUnreadCount notifications { nodes { kind text note { id } } } }"

    note(world.admin, world.contact(), body=body)["note"]
    told, own = (client.run(query) for client in (world.rep, world.admin))

    expected = {"kind": "MENTION", "text": "Ada Admin mentioned you in a note.", "note": None}
    assert told == {"notificationUnreadCount": 1, "notifications": {"nodes": [expected]}}
    assert own["notifications"]["nodes"] == []


def test_comm_15_a_note_about_two_owners_records_tells_neither_of_the_other(world):
    mine, theirs = world.contact(world.rep), world.contact()
    made = note(world.admin, mine, theirs)["note"]["id"]
    query = "query($id: ID!) { note(id: $id) { contacts { totalCount nodes { id } } } }"

    shown = world.rep.run(query, id=made)["note"]["contacts"]
    refused = world.rep.act("noteUnlink", {"id": made, "recordIds": [theirs]})

    assert shown == {"totalCount": 1, "nodes": [{"id": mine}]}
    assert [(one["code"], one["path"]) for one in refused.errors] == [
        ("NOT_FOUND", ["recordIds", "0"])
    ]


def test_comm_15_an_activity_is_seen_with_its_record_and_changed_by_its_author(world):
    mine, theirs = world.contact(world.rep), world.contact()
    about_mine, hidden = (note(world.admin, one)["note"]["id"] for one in (mine, theirs))

    assert (seen(world.rep, about_mine), seen(world.rep, hidden)) == (True, False)
    for act in ("noteUpdate", "noteDelete"):
        given = {"id": about_mine} | ({"body": "Mine"} if act == "noteUpdate" else {})
        assert world.rep.act(act, given).codes == ["READ_ONLY"]
        assert world.rep.act(act, given | {"id": hidden}).codes == ["NOT_FOUND"]
    world.admin.act("contactUpdate", {"id": mine, "ownerId": world.user("admin")})
    assert not seen(world.rep, about_mine)


@pytest.mark.waits_for("mailboxes and phone lines")
def test_comm_02_what_comes_in_is_linked_to_every_matching_record(world):
    company = world.admin.act(
        "companyCreate", {"name": "Globex", "domain": "globex.com"}, "company { id }"
    )["company"]["id"]
    contact = world.contact(email="Sarah@Globex.com", company={"connect": company})
    deals = {world.deal(contactId=contact), world.deal(contactId=contact)}
    case = {"subject": "Broken", "contactId": contact}
    case = world.admin.act("caseCreate", case, "case { id }")["case"]["id"]

    made = world.admin.act(
        "emailLog", EMAIL, f"email {{ unmatched {LINKED} cases {{ nodes {{ id }} }} }}"
    )

    assert ids(made["email"], "contacts") == [contact]
    assert (ids(made["email"], "companies"), ids(made["email"], "cases")) == ([company], [case])
    assert set(ids(made["email"], "deals")) == deals
    assert made["email"]["unmatched"] is False


def test_comm_02_a_lead_is_matched_by_its_number(world):
    given = {"firstName": "Lea", "lastName": "Dahl", "phone": "+4930111111"}
    lead = world.admin.act("leadCreate", given | {"email": "lea@dahl.com"}, "lead { id }")["lead"]

    made = world.admin.act("smsLog", SMS, "sms { unmatched leads { nodes { id } } }")["sms"]

    assert made == {"unmatched": False, "leads": {"nodes": [lead]}}


def test_comm_02_what_nobody_is_found_for_waits_until_it_is_assigned(world):
    made = world.admin.act("smsLog", SMS, "sms { id unmatched }")["sms"]
    waiting = world.admin.run(UNMATCHED)["unmatched"]
    contact = world.contact()

    given = {"id": made["id"], "recordIds": [contact]}
    linked = world.admin.act("smsLink", given, f"sms {{ unmatched {LINKED} }}")["sms"]

    assert made["unmatched"] is True
    assert waiting == {"totalCount": 1, "nodes": [{"__typename": "Sms", "id": made["id"]}]}
    assert (linked["unmatched"], ids(linked, "contacts")) == (False, [contact])
    assert world.admin.run(UNMATCHED)["unmatched"]["totalCount"] == 0


def test_comm_02_a_second_delivery_changes_nothing(world):
    world.contact(email="sarah@globex.com")
    given = EMAIL | {"source": "gmail", "externalId": "18c2", "subject": "Renewal"}

    def deliver(at):
        made = world.admin.act("emailLog", given | {"subject": f"{at}"}, "email { id subject }")
        return made["email"]

    with ThreadPoolExecutor(4) as pool:
        delivered = list(pool.map(deliver, range(4)))

    assert len({one["id"] for one in delivered}) == 1
    assert world.admin.run("{ emails { totalCount } }")["emails"]["totalCount"] == 1


def test_comm_01_one_inbox_holds_every_channel(world):
    contact = world.contact(email="sarah@globex.com", phone="+4930111111")
    call = {"direction": "INBOUND", "fromNumber": "+4930111111", "durationSeconds": 1080}
    meeting = {"title": "Demo", "about": [contact], "transcript": "Hello."}
    shown = {
        "call": "durationSeconds",
        "email": "subject",
        "sms": "body",
        "meeting": "hasTranscript",
    }
    given = {"call": call, "email": EMAIL, "sms": SMS, "meeting": meeting}

    made = {
        noun: world.admin.act(f"{noun}Log", one, f"{noun} {{ id {shown[noun]} }}")[noun]
        for noun, one in given.items()
    }
    whole = world.admin.run(INBOX)["inbox"]
    some = world.admin.run(INBOX, channels=["CALL", "SMS"])["inbox"]

    assert [one["id"] for one in whole["nodes"]] == [one["id"] for one in reversed(made.values())]
    assert whole["totalCount"] == 4
    assert [one["__typename"] for one in some["nodes"]] == ["Sms", "Call"]
    assert (made["call"]["durationSeconds"], made["meeting"]["hasTranscript"]) == (1080, True)


def test_comm_01_an_inbox_holds_what_its_viewer_sees(world):
    world.contact(world.rep, email="sarah@globex.com")
    mine = world.admin.act("emailLog", EMAIL, "email { id }")["email"]["id"]
    world.admin.act("smsLog", SMS)

    assert [one["id"] for one in world.rep.run(INBOX)["inbox"]["nodes"]] == [mine]
    assert world.rep.run(UNMATCHED)["unmatched"]["totalCount"] == 0
    assert world.executive.run(INBOX)["inbox"]["totalCount"] == 2


@pytest.mark.parametrize(
    ("act", "given", "code", "path"),
    [
        ("emailLog", EMAIL | {"fromAddress": "nobody"}, "INVALID_EMAIL", ["fromAddress"]),
        ("emailLog", EMAIL | {"toAddresses": ["a@b.com"] * 201}, "TOO_MANY", ["toAddresses"]),
        ("smsLog", SMS | {"fromNumber": "0800"}, "INVALID_PHONE", ["fromNumber"]),
        ("callLog", {"direction": "INBOUND", "durationSeconds": -1}, "INVALID_VALUE",
         ["durationSeconds"]),
        ("meetingLog", {"title": "A", "at": "2026-03-02T10:00:00Z",
                        "endsAt": "2026-03-02T09:00:00Z"}, "INVALID_DATE_RANGE", ["endsAt"]),
        ("meetingLog", {"title": "A", "at": "0900-03-02T10:00:00Z"}, "INVALID_VALUE", ["at"]),
    ],
)  # fmt: skip
def test_comm_01_what_cannot_have_happened_is_refused(world, act, given, code, path):
    refused = world.admin.act(act, given)

    assert [(one["code"], one["path"]) for one in refused.errors] == [(code, path)]
