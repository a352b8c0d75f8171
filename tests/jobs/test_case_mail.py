"""Mail of cases: confirmations, answers of agents and of customers, and what strangers write."""

import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.jobs.mailing import Support, first, letter, somebody
from tests.plugins.dev import eventually

TOLD = "{ notifications { nodes { kind text } } }"
REPLIED = "case { id firstRespondedAt status { name } } email { id fromAddress messageId }"


@pytest.fixture
def support(office):
    """A workspace whose support is reached by mail."""
    return Support(office)


def told(client) -> list[str]:
    """What somebody was told of, by its kind."""
    return [one["kind"] for one in client.run(TOLD)["notifications"]["nodes"]]


def test_case_08_the_contact_is_told_once_with_the_cases_address(support, postbox):
    address = somebody()
    case = support.case(support.contact(address))

    confirmation = first(postbox, address)

    assert confirmation.message["Reply-To"] == case["emailAddress"]
    assert confirmation.message["From"].addresses[0].addr_spec == support.address
    assert f"[{case['number']}]" in confirmation.message["Subject"]
    assert confirmation.message["Auto-Submitted"] == "auto-generated"
    (mail,) = support.mails(case["id"])
    assert (mail["direction"], mail["automatic"]) == ("OUTBOUND", True)
    assert support.shown(case["id"])["confirmationProblem"] is None


def test_case_08_a_contact_without_an_address_is_told_nothing_and_the_case_says_so(support):
    case = support.case(support.contact(None))

    assert eventually(lambda: support.shown(case["id"])["confirmationProblem"] is not None)

    assert "no e-mail address" in support.shown(case["id"])["confirmationProblem"]
    assert support.mails(case["id"]) == []


def test_case_08_of_cases_within_the_hour_the_contact_is_told_of_one(support, postbox):
    address = somebody()
    contact = support.contact(address)
    support.case(contact)
    first(postbox, address)

    second = support.case(contact)

    assert eventually(lambda: support.shown(second["id"])["confirmationProblem"] is not None)
    assert len(postbox.to(address)) == 1


def test_case_01_a_mail_to_support_opens_a_case_for_a_new_contact(support, postbox):
    address = somebody()
    mail = letter(f"Sarah Chen <{address}>", support.address, subject="It burns", text="Help!")

    assert support.state(mail) == "FILED"

    (came,) = support.inbound()
    case = support.shown(came["case"]["id"])
    assert (case["origin"], case["status"]["name"]) == ("EMAIL", "Backlog")
    assert case["contact"]["name"] == "Sarah Chen"
    assert case["contact"]["email"] == address
    confirmation = first(postbox, address)
    assert confirmation.message["In-Reply-To"] == mail["Message-ID"]
    assert [one["direction"] for one in support.mails(came["case"]["id"])] == [
        "OUTBOUND",
        "INBOUND",
    ]


def test_case_01_a_mail_to_support_opens_a_case_for_a_contact_who_is_known(support):
    address = somebody()
    contact = support.contact(address)

    support.take(letter(address.upper(), support.address))

    (came,) = support.inbound()
    assert support.shown(came["case"]["id"])["contact"]["id"] == contact


def test_case_14_an_answer_comes_to_its_case_and_waits_for_an_agent(support, postbox):
    address = somebody()
    rep, rep_id = support.world.join("rep", "REP")
    case = support.case(support.contact(address), ownerId=rep_id)
    confirmation = first(postbox, address)
    moved = {"id": case["id"], "toStatusId": support.status("Pending Customer")}
    moved["expectedVersion"] = 1
    assert not support.admin.act("caseMove", moved).errors
    answer = letter(
        address,
        case["emailAddress"],
        text="It still burns",
        In_Reply_To=confirmation.message["Message-ID"],
    )

    assert support.state(answer) == "FILED"

    shown = support.shown(case["id"])
    assert shown["status"]["name"] == "Pending Agent"
    newest = support.mails(case["id"])[0]
    assert (newest["body"], newest["fromStranger"]) == ("It still burns", False)
    assert "CASE_REPLY" in told(rep)


def test_case_14_the_address_alone_leads_to_the_case(support, postbox):
    address = somebody()
    case = support.case(support.contact(address))
    first(postbox, address)

    support.take(letter(address, case["emailAddress"], text="By the address"))

    newest = support.mails(case["id"])[0]
    assert (newest["body"], newest["fromStranger"]) == ("By the address", False)


def test_case_14_the_number_in_the_subject_counts_for_its_contact_only(support, postbox):
    address = somebody()
    case = support.case(support.contact(address))
    first(postbox, address)
    named = {"subject": f"Re: [{case['number']}] Printer"}

    support.take(letter(address, support.address, text="Mine", **named))
    support.take(letter(somebody(), support.address, text="Not mine", **named))

    bodies = [one["body"] for one in support.mails(case["id"])]
    assert "Mine" in bodies
    assert "Not mine" not in bodies


def test_case_14_the_same_mail_twice_and_at_once_is_one(support, postbox):
    address = somebody()
    case = support.case(support.contact(address))
    first(postbox, address)
    answer = letter(address, case["emailAddress"], text="Once")

    with ThreadPoolExecutor(4) as pool:
        states = list(pool.map(support.state, [answer] * 4))
    again = support.take(answer).json()

    assert states == ["FILED"] * 4
    assert again == {"state": "FILED", "again": True}
    assert [one["body"] for one in support.mails(case["id"])].count("Once") == 1


def test_case_14_an_answer_reopens_a_resolved_case(support, postbox):
    address = somebody()
    case = support.case(support.contact(address))
    first(postbox, address)
    assert not support.admin.act("caseResolve", {"id": case["id"]}).errors

    support.take(letter(address, case["emailAddress"]))

    assert support.shown(case["id"])["status"]["name"] == "Pending Agent"


def test_case_14_a_stranger_writes_into_a_case_and_changes_nothing(support, postbox):
    address, stranger = somebody(), somebody("evil.example")
    case = support.case(support.contact(address))
    confirmation = first(postbox, address)
    assert not support.admin.act("caseResolve", {"id": case["id"]}).errors

    support.take(
        letter(stranger, case["emailAddress"], References=confirmation.message["Message-ID"])
    )

    newest = support.mails(case["id"])[0]
    assert (newest["fromAddress"], newest["fromStranger"]) == (stranger, True)
    assert support.shown(case["id"])["status"]["name"] == "Resolved"


def test_case_14_a_stranger_who_answers_themselves_stays_a_stranger(support, postbox):
    address, stranger = somebody(), somebody("evil.example")
    case = support.case(support.contact(address))
    confirmation = first(postbox, address)
    mine = letter(stranger, case["emailAddress"], Cc=somebody("evil.example"))
    friend = mine["Cc"]
    support.take(mine)
    assert not support.admin.act("caseResolve", {"id": case["id"]}).errors

    again = {"In_Reply_To": mine["Message-ID"]}
    support.take(letter(stranger, case["emailAddress"], text="Mine again", **again))
    support.take(letter(friend, case["emailAddress"], text="A friend's", **again))

    found = {one["body"]: one["fromStranger"] for one in support.mails(case["id"])[:2]}
    assert found == {"Mine again": True, "A friend's": True}
    assert support.shown(case["id"])["status"]["name"] == "Resolved"
    given = {"id": case["id"], "html": "<p>Better?</p>"}
    done = support.admin.act("caseReply", given, REPLIED)["email"]["messageId"]
    assert eventually(lambda: len(postbox.to(address)) == 2)
    reply = next(one for one in postbox.to(address) if one.message["Message-ID"] == done)
    assert reply.message["In-Reply-To"] == confirmation.message["Message-ID"]


AS_WINDOWS_WRITES = (
    b"Subject: =?iso-8859-1?Q?It=92s_broken?=\r\n"
    b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\nIt\x92s \x81broken"
)
AS_PASTED = (
    "Subject: It is \u2028broken\x85\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    "Call \u202a+49 30 1234\u202c,\u2067 it is broken\x7f"
).encode()


@pytest.mark.parametrize(
    ("written", "body"),
    [(AS_WINDOWS_WRITES, "It’s broken"), (AS_PASTED, "Call +49 30 1234, it is broken")],
    ids=["an apostrophe of Windows", "a pasted number"],
)
def test_case_01_signs_that_no_text_has_keep_no_case_from_being_opened(support, written, body):
    name = "=?utf-8?Q?=E2=80=AASarah=E2=80=AC_Chen?="
    head = f"From: {name} <{somebody()}>\r\nTo: {support.address}\r\n".encode()

    assert support.state(head + written) == "FILED"

    (came,) = support.inbound()
    assert came["error"] is None
    case = support.shown(came["case"]["id"])
    assert case["contact"]["name"] == "Sarah Chen"
    assert body in [one["body"] for one in support.mails(came["case"]["id"])]


def test_case_15_an_agent_answers_as_support_and_the_clock_stops(support, postbox):
    address = somebody()
    case = support.case(support.contact(address))
    confirmation = first(postbox, address)
    given = {"id": case["id"], "html": "<p>Have you tried water?</p>"}
    given["toStatusId"] = support.status("Pending Customer")

    done = support.admin.act("caseReply", given, REPLIED)

    assert done["case"]["firstRespondedAt"]
    assert done["case"]["status"]["name"] == "Pending Customer"
    assert done["email"]["fromAddress"] == support.address
    assert eventually(lambda: len(postbox.to(address)) == 2)
    reply = next(
        one
        for one in postbox.to(address)
        if one.message["Message-ID"] == done["email"]["messageId"]
    )
    assert reply.message["From"].addresses[0].addr_spec == support.address
    assert reply.message["Reply-To"] == case["emailAddress"]
    assert reply.message["In-Reply-To"] == confirmation.message["Message-ID"]
    assert "Auto-Submitted" not in reply.message
    # Nothing in it is followed.
    assert "/t/" not in reply.part("html")


def test_case_15_who_works_on_a_case_answers_a_contact_out_of_their_sight(support, postbox):
    address = somebody()
    rep, rep_id = support.world.join("rep", "REP")
    contact = support.contact(address)
    case = support.case(contact, ownerId=rep_id)
    assert rep.node(contact) is None

    assert not rep.act("caseReply", {"id": case["id"], "html": "<p>Hi</p>"}).errors

    assert eventually(lambda: len(postbox.to(address)) == 2)


def test_case_15_without_a_support_domain_or_an_address_there_is_no_answer(support, office):
    nobody = support.case(support.contact(None))
    given = {"id": nobody["id"], "html": "<p>x</p>"}
    assert support.admin.act("caseReply", given).codes == ["REQUIRED"]

    assert not support.admin.act("workspaceUpdate", {"supportDomain": None}).errors
    case = support.case(support.contact(somebody()))
    assert support.admin.act("caseReply", given | {"id": case["id"]}).codes == ["REQUIRED"]


def test_case_15_answers_come_from_the_address_the_workspace_has_set(support, postbox):
    address, desk = somebody(), f"help@{secrets.token_hex(4)}.example"
    assert not support.admin.act("workspaceUpdate", {"supportAddress": desk}).errors

    support.take(letter(address, desk))

    assert first(postbox, address).message["From"].addresses[0].addr_spec == desk


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X_Auto_Response_Suppress": "All"},
        {"Return_Path": "<>"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_case_14_what_a_machine_writes_is_filed_and_nothing_follows(support, headers):
    address = somebody()
    contact = support.contact(address)

    assert support.state(letter(address, support.address, **headers)) == "AUTO_REPLY"

    assert support.inbound()[0]["case"] is None
    query = "query($id: ID!) { contact(id: $id) { emailThreads { count } cases { totalCount } } }"
    found = support.admin.run(query, id=contact)["contact"]
    assert found == {"emailThreads": [{"count": 1}], "cases": {"totalCount": 0}}


def test_case_14_a_mail_that_answers_itself_goes_no_further(support, postbox):
    address = somebody()
    case = support.case(support.contact(address))
    confirmation = first(postbox, address)

    # Somebody's forwarding brings our own mail back, and a mail in our own name.
    assert support.state(confirmation.message) in {"FILED", "AUTO_REPLY"}
    assert support.state(letter(support.address, support.address)) == "AUTO_REPLY"
    assert support.state(letter(case["emailAddress"], support.address)) == "AUTO_REPLY"

    assert [one["direction"] for one in support.mails(case["id"])] == ["OUTBOUND"]
    assert support.admin.run("{ cases { totalCount } }")["cases"]["totalCount"] == 1
