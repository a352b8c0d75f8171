"""Sequences: steps in their time, each once, until they are done or somebody answers."""

import os
import signal
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.jobs.telling import PATIENCE, mails, waited
from tests.plugins.dev import eventually
from tests.plugins.world import Client, Payload, World
from tests.services.importing import sql, uuid, worker

HOW = """id status stopReason stepsDone nextAt error owner { id } contact { id } lead { id }"""
CALL: dict[str, Any] = {"title": "Call"}


def template(world: World, subject: str = "Welcome, {{ contact.firstName }}", **given: Any) -> str:
    values = {"name": subject, "recordType": "CONTACT", "subject": subject, "body": "<p>Hello</p>"}
    made = world.admin.act("emailTemplateCreate", values | given, "emailTemplate { id }")
    return str(made["emailTemplate"]["id"])


def sequence(world: World, *steps: dict[str, Any], name: str = "After a fair") -> str:
    made = world.admin.act(
        "sequenceCreate", {"name": name, "steps": list(steps)}, "sequence { id }"
    )
    return str(made["sequence"]["id"])


def person(world: World, who: str = "sarah", **given: Any) -> str:
    return world.contact(email=f"{who}@globex.example", **given)


def lead(world: World, who: str = "lea") -> str:
    given = {"firstName": "Lea", "lastName": "Dahl", "email": f"{who}@initech.example"}
    return str(world.admin.act("leadCreate", given, "lead { id }")["lead"]["id"])


def enrolled(client: Client, into: str, *people: str, **given: Any) -> Payload:
    values: dict[str, Any] = {"sequenceId": into}
    values["contactIds"] = [one for one in people if one.startswith("cnt_")]
    values["leadIds"] = [one for one in people if not one.startswith("cnt_")]
    select = """results { sequenceEnrollment { id } userErrors { code path
      ... on AlreadyEnrolledError { enrollment { id } } } }"""
    return client.act("sequenceEnroll", values | given, select)


def enroll(world: World, into: str, one: str, **given: Any) -> str:
    (result,) = enrolled(world.admin, into, one, **given)["results"]
    assert not result["userErrors"], result
    return str(result["sequenceEnrollment"]["id"])


def refused(payload: Payload) -> list[tuple[str, list[str]]]:
    found = [one for result in payload["results"] for one in result["userErrors"]]
    return [(one["code"], one["path"]) for one in found]


def seen(world: World, enrollment: str) -> dict[str, Any]:
    query = f"query($id: ID!) {{ sequenceEnrollment(id: $id) {{ {HOW} }} }}"
    found: dict[str, Any] = world.admin.run(query, id=enrollment)["sequenceEnrollment"]
    return found


def stopped(world: World, enrollment: str) -> str | None:
    reason: str | None = seen(world, enrollment)["stopReason"]
    return reason


def subjects(world: World) -> list[str]:
    return [one["subject"] for one in mails(world, "UNSOLICITED_EMAIL")]


def tasks(client: Client, record: str) -> list[tuple[str, str]]:
    query = """query($id: ID!) { node(id: $id) {
      ... on Contact { tasks { nodes { title owner { id } } } }
      ... on Lead { tasks { nodes { title owner { id } } } } } }"""
    nodes = client.run(query, id=record)["node"]["tasks"]["nodes"]
    return [(one["title"], one["owner"]["id"]) for one in nodes]


def test_wf_16_a_sequence_has_its_steps_in_order(world):
    mail = template(world)
    steps: list[dict[str, Any]] = [{"templateId": mail}]
    steps.append(CALL | {"description": "Ask", "waitDays": 1, "waitHours": 2, "waitMinutes": 3})
    found = sequence(world, *steps)

    query = """query($id: ID!) { sequence(id: $id) { name steps { nodes {
      position kind waitMinutes title description template { id } } } } }"""
    nodes = world.rep.run(query, id=found)["sequence"]["steps"]["nodes"]

    first = {"position": 1, "kind": "EMAIL", "waitMinutes": 0, "title": None}
    second = {"position": 2, "kind": "TASK", "waitMinutes": 1563, "title": "Call"}
    assert nodes == [
        first | {"description": None, "template": {"id": mail}},
        second | {"description": "Ask", "template": None},
    ]


BAD: Sequence[tuple[list[dict[str, Any]], list[tuple[str, list[str]]]]] = [
    ([], [("REQUIRED", ["steps"])]),
    ([{}], [("REQUIRED", ["steps", "0", "title"])]),
    ([CALL, CALL | {"waitDays": 366}], [("INVALID_VALUE", ["steps", "1", "wait"])]),
    ([CALL | {"waitMinutes": -1}], [("INVALID_VALUE", ["steps", "0", "wait"])]),
    ([CALL] * 51, [("TOO_MANY", ["steps"])]),
]


@pytest.mark.parametrize(("steps", "errors"), BAD)
def test_wf_16_steps_that_cannot_be_are_refused(world, steps, errors):
    done = world.admin.act("sequenceCreate", {"name": "Bad", "steps": steps})

    assert [(one["code"], one["path"]) for one in done.errors] == errors


def test_wf_16_a_template_must_be_there_and_about_who_is_enrolled(world):
    deals = template(world, "On {{ deal.name }}", recordType="DEAL")
    old, people = template(world, "Old"), template(world)
    assert not world.admin.act("emailTemplateArchive", {"id": old}).errors
    codes = [
        world.admin.act("sequenceCreate", {"name": "A", "steps": [{"templateId": one}]}).codes
        for one in (deals, old, people[:-1] + ("0" if people[-1] != "0" else "1"))
    ]
    both = world.admin.act(
        "sequenceCreate", {"name": "A", "steps": [CALL | {"templateId": people}]}
    )

    found = sequence(world, {"templateId": people})

    assert codes == [["INVALID_VALUE"], ["INVALID_VALUE"], ["NOT_FOUND"]]
    assert [one["path"] for one in both.errors] == [["steps", "0", "title"]]
    assert refused(enrolled(world.admin, found, lead(world))) == [
        ("INVALID_VALUE", ["leadIds", "0"])
    ]


async def test_wf_16_its_steps_are_done_in_their_time_in_the_name_of_its_owner(world, clock):
    world.of("rep")
    second = template(world, "Are you there?")
    steps = [{"templateId": template(world)}, CALL | {"waitDays": 1}]
    steps.append({"templateId": second, "waitHours": 12})
    contact = person(world)
    one = enroll(world, sequence(world, *steps), contact, ownerId=world.user("rep"))
    assert await waited(lambda: seen(world, one)["stepsDone"] == 1)
    begun = subjects(world), tasks(world.admin, contact)
    await clock(days=1, minutes=5)
    assert await waited(lambda: seen(world, one)["stepsDone"] == 2)
    middle = subjects(world), tasks(world.admin, contact)
    await clock(days=1, hours=13)
    assert await waited(lambda: seen(world, one)["status"] == "FINISHED")

    assert begun == (["Welcome, Sarah"], [])
    assert middle == (["Welcome, Sarah"], [("Call", world.user("rep"))])
    assert subjects(world) == ["Welcome, Sarah", "Are you there?"]
    assert {tuple(one["recipients"]) for one in mails(world, "UNSOLICITED_EMAIL")} == {
        ("sarah@globex.example",)
    }
    query = """query($id: ID!) { contact(id: $id) { enrollments { totalCount }
      timeline(kinds: [EMAIL]) { nodes { ... on Email { subject owner { id } } } } } }"""
    found = world.admin.run(query, id=contact)["contact"]
    assert [one["owner"]["id"] for one in found["timeline"]["nodes"]] == [world.user("rep")] * 2
    assert found["enrollments"]["totalCount"] == 1


def test_wf_16_a_contact_goes_through_a_sequence_once(world):
    into, contact = sequence(world, CALL | {"waitDays": 1}), person(world)

    def begin(_: int) -> Payload:
        return enrolled(world.admin, into, contact)

    with ThreadPoolExecutor(8) as pool:
        results = [one["results"][0] for one in pool.map(begin, range(8))]
    (made,) = (one["sequenceEnrollment"]["id"] for one in results if not one["userErrors"])
    errors = [error for one in results for error in one["userErrors"]]
    assert not world.admin.act("sequenceUnenroll", {"id": made}).errors

    again = enrolled(world.admin, into, contact)

    assert {one["code"] for one in errors} == {"ALREADY_ENROLLED"}
    assert {one["enrollment"]["id"] for one in errors} == {made}
    assert refused(again) == [("ALREADY_ENROLLED", ["contactIds", "0"])]
    assert stopped(world, made) == "UNENROLLED"
    assert world.admin.act("sequenceUnenroll", {"id": made}).codes == ["INVALID_TRANSITION"]


def test_wf_16_each_who_is_enrolled_has_a_result_and_too_many_are_refused(world, server):
    into = sequence(world, CALL | {"waitDays": 1})
    silent = world.contact(email=None)
    out, theirs = person(world, "out"), World(server).contact()
    assert not world.admin.act("contactUpdate", {"id": out, "emailOptedOut": True}).errors
    gone, mine = lead(world, "gone"), lead(world)
    assert not world.admin.act("leadDisqualify", {"id": gone, "reason": "No budget"}).errors

    done = enrolled(world.admin, into, person(world), silent, out, theirs, gone, mine)
    many = enrolled(world.admin, into, *[mine] * 101)
    none = enrolled(world.admin, into)

    assert [bool(one["sequenceEnrollment"]) for one in done["results"]] == [
        True, False, False, False, False, True,
    ]  # fmt: skip
    assert refused(done) == [
        ("REQUIRED", ["contactIds", "1"]),
        ("RECIPIENT_OPTED_OUT", ["contactIds", "2"]),
        ("NOT_FOUND", ["contactIds", "3"]),
        ("INVALID_TRANSITION", ["leadIds", "0"]),
    ]
    assert (many.codes, none.codes) == (["TOO_MANY"], ["REQUIRED"])


def test_wf_16_a_rep_enrolls_whom_they_see_and_sees_their_own_enrollments(world):
    into, mine = sequence(world, CALL | {"waitDays": 1}), world.contact(world.rep, email="a@b.com")
    theirs = person(world)
    enroll(world, into, theirs)

    done = enrolled(world.rep, into, mine, theirs)
    query = "query($id: ID!) { sequence(id: $id) { enrollments { totalCount } } }"
    counts = [
        one.run(query, id=into)["sequence"]["enrollments"]["totalCount"]
        for one in (world.rep, world.admin)
    ]

    assert refused(done) == [("NOT_FOUND", ["contactIds", "1"])]
    assert counts == [1, 2]


async def test_wf_16_an_answer_ends_it_and_a_machines_or_anothers_does_not(world, clock):
    into = sequence(world, CALL | {"waitDays": 1})
    names = ("sarah", "tom", "copied")
    people = {who: person(world, who) for who in names}
    ways = {who: enroll(world, into, one) for who, one in people.items()}
    mail = {"direction": "INBOUND", "toAddresses": ["us@ours.example"], "subject": "Re: Hello"}
    copy = {"ccAddresses": ["copied@globex.example"]}
    given = mail | copy | {"fromAddress": "sarah@globex.example"}
    assert not world.admin.act("emailLog", given).errors
    assert await waited(lambda: stopped(world, ways["sarah"]) == "REPLIED")
    await clock(days=1, minutes=5)
    assert await waited(lambda: seen(world, ways["copied"])["status"] == "FINISHED")

    assert tasks(world.admin, people["sarah"]) == []
    assert len(tasks(world.admin, people["tom"])) == 1


def answered(world: World, who: str = "sarah", **given: Any) -> str:
    values: dict[str, Any] = {"direction": "INBOUND", "fromAddress": f"{who}@globex.example"}
    values |= {"toAddresses": ["us@ours.example"], "subject": "Re: Hello"}
    return str(world.admin.act("emailLog", values | given, "email { id }")["email"]["id"])


def behind(world: World) -> None:
    """Let what ends sequences take in nothing more."""
    workspace = uuid(world.id)
    relayed = "SELECT position = relayed FROM event_head WHERE workspace_id = $1"
    assert eventually(lambda: sql(world.server, relayed, workspace)[0][0])
    rests = """UPDATE consumer_offset SET retry_at = now() + interval '1 day'
               WHERE workspace_id = $1 AND consumer = 'sequences' RETURNING 1"""
    assert sql(world.server, rests, workspace)


async def test_wf_16_an_answer_nobody_was_told_of_yet_ends_it_before_its_step(world, clock):
    into, contact = sequence(world, CALL | {"waitDays": 1}), person(world)
    one = enroll(world, into, contact)
    behind(world)
    answered(world)
    await clock(days=1, minutes=5)

    assert await waited(lambda: seen(world, one)["status"] != "ACTIVE")
    assert stopped(world, one) == "REPLIED"
    assert tasks(world.admin, contact) == []


async def test_wf_16_what_was_written_before_is_no_answer(world, clock):
    into, contact = sequence(world, CALL | {"waitDays": 1}), person(world)
    unlinked = answered(world, "late", at="2024-05-06T07:08:09Z")
    late = person(world, "late")
    ways = [enroll(world, into, one) for one in (contact, late)]
    answered(world, at="2024-05-06T07:08:09Z")
    assert not world.admin.act("emailLink", {"id": unlinked, "recordIds": [late]}).errors
    await clock(days=1, minutes=5)

    assert await waited(lambda: all(seen(world, one)["status"] != "ACTIVE" for one in ways))
    assert [seen(world, one)["status"] for one in ways] == ["FINISHED", "FINISHED"]
    assert len(tasks(world.admin, contact)) == 1


def test_wf_16_opting_out_deleting_converting_and_archiving_end_it(world):
    into = sequence(world, CALL | {"waitDays": 1})
    out, gone, kept = (person(world, who) for who in ("out", "gone", "kept"))
    won, lost = lead(world, "won"), lead(world, "lost")
    ways = [enroll(world, into, one) for one in (out, gone, kept, won, lost)]
    assert not world.admin.act("contactUpdate", {"id": out, "emailOptedOut": True}).errors
    assert not world.admin.act("contactDelete", {"id": gone}).errors
    given = {"id": won, "contact": {"create": {}}, "company": {"create": {"name": "Initech"}}}
    assert not world.admin.act("leadConvert", given).errors
    assert not world.admin.act("leadDisqualify", {"id": lost, "reason": "No"}).errors
    ended = [ways[0], ways[1], *ways[3:]]
    assert eventually(lambda: all(stopped(world, one) for one in ended))
    before = seen(world, ways[2])["status"]

    assert not world.admin.act("sequenceArchive", {"id": into}).errors

    assert [stopped(world, one) for one in ended] == ["OPTED_OUT", "CLOSED", "CLOSED", "CLOSED"]
    assert (before, stopped(world, ways[2])) == ("ACTIVE", "ARCHIVED")
    assert enrolled(world.admin, into, person(world, "new")).codes == ["INVALID_VALUE"]
    assert world.admin.act("sequenceArchive", {"id": into}).codes == ["INVALID_TRANSITION"]


async def test_wf_16_other_steps_are_done_by_who_is_in_it_by_their_places(world, clock):
    into = sequence(world, CALL, CALL | {"title": "Old", "waitDays": 1})
    contact = person(world)
    one = enroll(world, into, contact)
    assert await waited(lambda: seen(world, one)["stepsDone"] == 1)
    steps = [{"title": "First"}, {"title": "New", "waitDays": 9}, {"title": "Last"}]
    assert not world.admin.act("sequenceUpdate", {"id": into, "steps": steps}).errors
    await clock(days=1, minutes=5)
    assert await waited(lambda: seen(world, one)["status"] == "FINISHED")

    assert {title for title, _ in tasks(world.admin, contact)} == {"Call", "New", "Last"}


async def test_wf_16_a_step_that_cannot_be_done_ends_it_with_the_reason(world, clock):
    mail = template(world)
    into = sequence(world, {"templateId": mail, "waitDays": 1})
    one = enroll(world, into, person(world))
    assert not world.admin.act("emailTemplateArchive", {"id": mail}).errors
    await clock(days=1, minutes=5)

    assert await waited(lambda: stopped(world, one) == "FAILED")
    assert "archived" in seen(world, one)["error"]
    assert subjects(world) == []


async def test_wf_16_it_goes_on_in_the_name_of_the_heir(world, clock):
    world.of("rep")
    world.of("manager")
    contact = person(world)
    into = sequence(world, CALL | {"waitDays": 1})
    one = enroll(world, into, contact, ownerId=world.user("rep"))
    given = {"id": world.user("rep"), "reassignTo": world.user("manager")}
    assert not world.admin.act("userDeactivate", given).errors
    await clock(days=1, minutes=5)
    assert await waited(lambda: seen(world, one)["status"] == "FINISHED")

    assert seen(world, one)["owner"]["id"] == world.user("manager")
    assert tasks(world.admin, contact) == [("Call", world.user("manager"))]


def crowd(world: World, count: int) -> list[str]:
    rows = [
        {"firstName": "Ann", "lastName": f"B{at}", "email": f"ann{at}@globex.example"}
        for at in range(count)
    ]
    people = []
    for first in range(0, count, 500):
        given = {"rows": rows[first : first + 500]}
        done = world.admin.act("contactBulkCreate", given, "results { contact { id } }")
        people += [one["contact"]["id"] for one in done["results"]]
    return people


def finished(world: World, into: str) -> int:
    query = """query($id: ID!) { sequence(id: $id) {
      enrollments(filter: {status: {eq: FINISHED}}) { totalCount } } }"""
    found: int = world.admin.run(query, id=into)["sequence"]["enrollments"]["totalCount"]
    return found


def test_wf_16_a_worker_that_is_killed_between_steps_does_nothing_twice(world):
    people = crowd(world, 60)
    into = sequence(world, {"templateId": template(world)}, CALL)
    with worker(world.server) as victim, worker(world.server):
        assert not refused(enrolled(world.admin, into, *people))
        assert eventually(lambda: finished(world, into) > 0)
        os.kill(victim.pid, signal.SIGKILL)
        assert eventually(lambda: finished(world, into) == len(people), PATIENCE)

    nodes = "{ emailDeliveries(first: 100) { nodes { kind recipients } } }"
    sent = [one["recipients"][0] for one in world.admin.run(nodes)["emailDeliveries"]["nodes"]]
    assert sorted(sent) == sorted({f"ann{at}@globex.example" for at in range(60)})
    assert world.admin.run("{ tasks { totalCount } }")["tasks"]["totalCount"] == 60


async def test_wf_16_a_thousand_that_are_due_at_once_are_done(world, clock):
    people = crowd(world, 1_000)
    into = sequence(world, CALL | {"waitDays": 1})
    for first in range(0, 1_000, 100):
        assert not refused(enrolled(world.admin, into, *people[first : first + 100]))
    await clock(days=1, minutes=5)
    assert await waited(lambda: finished(world, into) == 1_000)

    assert world.admin.run("{ tasks { totalCount } }")["tasks"]["totalCount"] == 1_000


@pytest.mark.waits_for("cadences in SalesLoft")
def test_wf_16_a26_a_sequence_is_of_ours_while_no_sales_engagement_is_connected(world):
    into = sequence(world, CALL)

    one = enroll(world, into, person(world))

    assert eventually(lambda: seen(world, one)["status"] == "FINISHED")


def test_wf_16_an_address_that_takes_no_mail_ends_it(office):
    gone = office.contact(email="nobody@globex.example")
    into = sequence(office, {"templateId": template(office)}, CALL | {"waitDays": 1})
    one = enroll(office, into, gone)

    assert eventually(lambda: stopped(office, one) == "BOUNCED", PATIENCE)
    assert seen(office, one)["stepsDone"] == 1
    again = sequence(office, CALL, name="Another")
    assert refused(enrolled(office.admin, again, gone)) == [
        ("RECIPIENT_BOUNCED", ["contactIds", "0"])
    ]
