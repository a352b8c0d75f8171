"""What becomes of quotes: sent, accepted, declined, expired, revised, deleted."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.plugins.dev import eventually
from tests.plugins.world import Payload, World
from tests.resolvers import quoting
from tests.resolvers.quoting import QUOTE, described
from tests.services.importing import sql, uuid, worker

PATIENCE = 300.0
LINKED = "quote { status sentAt version trackedLink { url viewCount firstViewedAt } }"
ACCEPTED = """quote { status acceptedAt acceptedByName acceptedBy { id } version }
  contract { id number status title value { amount currency } deal { id } quote { id } }"""


def act(
    world: World, what: str, quote: Any, select: str = "quote { status }", /, **given: Any
) -> Any:
    return world.admin.act(what, {"id": quote["id"]} | given, select)


def sent(world: World, **given: Any) -> Any:
    """A quote that was sent."""
    made = quoting.quote(world, **given)
    assert not act(world, "quoteSend", made).errors
    return quoting.read(world.admin, made["id"])


def events(world: World, quote: Any) -> list[tuple[str, str | None]]:
    """What the log tells of a quote: types and causes, in order."""
    query = """SELECT type, data ->> 'cause' AS cause FROM event
      WHERE workspace_id = $1 AND entity = 'quote' AND record_id = $2 ORDER BY position"""
    rows = sql(world.server, query, uuid(world.id), uuid(quote["id"]))
    return [(row["type"], row["cause"]) for row in rows]


def test_quote_12_a_sent_quote_has_a_link_and_a_mail_on_its_way(world: World) -> None:
    made = quoting.quote(world)
    before = world.admin.run(
        "query($id: ID!) { quote(id: $id) { trackedLink { url } } }", id=made["id"]
    )

    found = act(world, "quoteSend", made, LINKED, message="As we said.")["quote"]

    assert before["quote"]["trackedLink"] is None
    assert (found["status"], found["trackedLink"]["viewCount"]) == ("SENT", 0)
    assert found["sentAt"]
    assert f"{world.server.url}/q/" in found["trackedLink"]["url"]
    query = "SELECT kind, recipients, text, with_document, state FROM mail WHERE workspace_id = $1"
    (mail,) = sql(world.server, query, uuid(world.id))
    assert (mail["kind"], mail["with_document"]) == ("QUOTE_SENT", True)
    assert found["trackedLink"]["url"] in mail["text"]
    assert "As we said." in mail["text"]
    assert events(world, made)[-1] == ("quote.sent", "sent to the customer")


def test_quote_12_sent_again_a_quote_has_the_same_link_and_another_mail(world: World) -> None:
    made = quoting.quote(world)
    first = act(world, "quoteSend", made, LINKED)["quote"]

    again = act(world, "quoteSend", made, LINKED, to=["cfo@globex.example"])["quote"]

    assert again["trackedLink"] == first["trackedLink"]
    assert again["sentAt"] == first["sentAt"]
    count = "SELECT count(*) FROM mail WHERE workspace_id = $1"
    assert sql(world.server, count, uuid(world.id))[0][0] == 2


def test_quote_12_a_contact_without_an_address_needs_one_named(world: World) -> None:
    made = quoting.quote(world, dealId=world.deal(contactId=world.contact()))

    refused = act(world, "quoteSend", made)
    wrong = act(world, "quoteSend", made, to=["nobody"])

    assert [(one["code"], one["path"]) for one in refused.errors] == [("REQUIRED", ["to"])]
    assert [(one["code"], one["path"]) for one in wrong.errors] == [("INVALID_EMAIL", ["to", "0"])]
    assert quoting.read(world.admin, made["id"]) == made
    assert not act(world, "quoteSend", made, to=["cfo@globex.example"]).errors


def test_quote_12_a_quote_without_lines_is_not_sent(world: World) -> None:
    made = quoting.quote(world)
    (line,) = made["lines"]["nodes"]
    assert not world.admin.act("quoteLineRemove", {"id": line["id"]}).errors

    refused = act(world, "quoteSend", made)

    assert [(one["code"], one["path"]) for one in refused.errors] == [("REQUIRED", ["lines"])]


def test_quote_13_an_accepted_quote_makes_one_draft_contract(world: World) -> None:
    made = sent(world)
    before = world.admin.run(
        "query($id: ID!) { deal(id: $id) { stage { id } } }", id=made["deal"]["id"]
    )

    first = act(world, "quoteAccept", made, ACCEPTED)
    again = act(world, "quoteAccept", made, ACCEPTED, expectedVersion=made["version"])

    contract = first["contract"]
    assert (first["quote"]["status"], contract["status"]) == ("ACCEPTED", "DRAFT")
    assert first["quote"]["acceptedBy"]["id"] == made["contact"]["id"]
    assert first["quote"]["acceptedByName"] == "Sarah Chen"
    assert contract["value"] == made["total"]
    assert (contract["deal"], contract["quote"]) == (made["deal"], {"id": made["id"]})
    assert (again["contract"], again["quote"]) == (contract, first["quote"])
    after = world.admin.run(
        "query($id: ID!) { deal(id: $id) { stage { id } } }", id=made["deal"]["id"]
    )
    assert after == before
    assert events(world, made)[-1] == (
        "quote.accepted",
        "accepted by Sarah Chen as Ada Admin recorded",
    )


def test_quote_13_a_hundred_acceptances_at_once_make_one_contract(world: World) -> None:
    made = sent(world)

    with ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(lambda _: act(world, "quoteAccept", made, ACCEPTED), range(100)))

    assert [one.errors for one in answers] == [[]] * 100
    assert len({one["contract"]["id"] for one in answers}) == 1
    counted = world.admin.run("{ contracts { totalCount } }")
    assert counted["contracts"]["totalCount"] == 1


def test_quote_13_who_accepted_may_be_somebody_else(world: World) -> None:
    made, other = sent(world), sent(world)
    boss = world.contact(firstName="Bo", lastName="Boss", phone="+14155550177")

    by_contact = act(world, "quoteAccept", made, ACCEPTED, acceptedById=boss)["quote"]
    by_name = act(world, "quoteAccept", other, ACCEPTED, name="J. Doe")["quote"]

    assert (by_contact["acceptedBy"]["id"], by_contact["acceptedByName"]) == (boss, "Bo Boss")
    assert (by_name["acceptedBy"], by_name["acceptedByName"]) == (None, "J. Doe")


def test_quote_16_a_declined_quote_keeps_the_reason_and_can_be_revised(world: World) -> None:
    made = sent(world)
    select = "quote { status declinedAt declineReason sentAt number version }"

    declined = act(world, "quoteDecline", made, select, reason="Too dear", name="Jane")["quote"]
    late = act(world, "quoteAccept", made)
    revised = act(world, "quoteRevise", made, select)["quote"]

    assert (declined["status"], declined["declineReason"]) == ("DECLINED", "Too dear")
    assert late.codes == ["INVALID_TRANSITION"]
    assert "revised or deleted" in late.errors[0]["message"]
    assert (revised["status"], revised["number"]) == ("DRAFT", made["number"])
    assert (revised["sentAt"], revised["declineReason"]) == (None, None)
    assert not act(world, "quoteUpdate", made, discountPercent="5").errors
    assert not act(world, "quoteSend", made).errors
    assert events(world, made)[-4] == ("quote.declined", "declined by Jane as Ada Admin recorded")


def test_quote_16_a_reason_is_needed_to_decline(world: World) -> None:
    refused = act(world, "quoteDecline", sent(world), reason="  ")

    assert [(one["code"], one["path"]) for one in refused.errors] == [("REQUIRED", ["reason"])]


def link(world: World, made: Any) -> str:
    query = "query($id: ID!) { quote(id: $id) { trackedLink { url } } }"
    found: str = world.admin.run(query, id=made["id"])["quote"]["trackedLink"]["url"]
    return found


def opens(world: World) -> int:
    """How many links to quotes open something."""
    query = "SELECT count(*) FROM credential WHERE workspace_id = $1 AND kind = 'QUOTE'"
    return int(sql(world.server, query, uuid(world.id))[0][0])


def test_quote_16_a_revised_quote_is_closed_to_its_customer_until_sent_again(world: World) -> None:
    made = sent(world)
    first, opened = link(world, made), opens(world)

    assert not act(world, "quoteRevise", made).errors
    closed = opens(world)
    assert not act(world, "quoteSend", made).errors

    assert (opened, closed, opens(world)) == (1, 0, 1)
    assert link(world, made) == first


ACTS = {
    "quoteUpdate": {"title": "Another"},
    "quoteSend": {},
    "quoteAccept": {},
    "quoteDecline": {"reason": "No"},
    "quoteRevise": {},
    "quoteDelete": {},
}
ALLOWED = {
    "DRAFT": {"quoteUpdate", "quoteSend", "quoteDelete"},
    "SENT": {"quoteSend", "quoteAccept", "quoteDecline", "quoteRevise"},
    "VIEWED": {"quoteSend", "quoteAccept", "quoteDecline", "quoteRevise"},
    "ACCEPTED": {"quoteAccept"},
    "DECLINED": {"quoteRevise", "quoteDelete"},
    "EXPIRED": {"quoteRevise", "quoteDelete"},
}


def put(world: World, made: Any, state: str) -> None:
    """Put a quote into a state that only others or time bring about."""
    text = "UPDATE quote SET status = $1, sent_at = now() WHERE workspace_id = $2 AND id = $3"
    sql(world.server, text, state, uuid(world.id), uuid(made["id"]))


@pytest.mark.parametrize("state", ALLOWED)
def test_quote_16_what_cannot_be_done_in_a_state_is_refused(world: World, state: str) -> None:
    done = set()
    for name, given in ACTS.items():
        made = quoting.quote(world)
        if state == "ACCEPTED":
            put(world, made, "SENT")
            assert not act(world, "quoteAccept", made).errors
        else:
            put(world, made, state)
        answer = act(world, name, made, **given)
        if not answer.errors:
            done.add(name)
        else:
            assert answer.codes == ["INVALID_TRANSITION"], answer.errors

    assert done == ALLOWED[state]


@pytest.mark.parametrize("state", ["SENT", "ACCEPTED"])
def test_quote_16_the_lines_of_a_quote_change_in_a_draft_only(world: World, state: str) -> None:
    made = quoting.quote(world)
    (line,) = made["lines"]["nodes"]
    put(world, made, state)
    acts: dict[str, dict[str, Any]] = {
        "quoteLineAdd": {"quoteId": made["id"]} | described(),
        "quoteLineUpdate": {"id": line["id"], "quantity": "2"},
        "quoteLineRemove": {"id": line["id"]},
        "quoteLineReorder": {"quoteId": made["id"], "lineIds": [line["id"]]},
    }

    codes = {name: world.admin.act(name, given).codes for name, given in acts.items()}

    assert set(map(tuple, codes.values())) == {("INVALID_TRANSITION",)}
    assert quoting.read(world.admin, made["id"])["lines"]["nodes"] == [line]


def last_day(world: World, made: Any, days: int) -> None:
    """Let a quote have been valid until so many days from today."""
    text = "UPDATE quote SET valid_until = $1 WHERE workspace_id = $2 AND id = $3"
    day = datetime.now(UTC).date() + timedelta(days=days)
    sql(world.server, text, day, uuid(world.id), uuid(made["id"]))


def test_quote_10_after_its_last_day_a_quote_is_not_sent_accepted_or_declined(world) -> None:
    made, draft = sent(world), quoting.quote(world)
    for one in (made, draft):
        last_day(world, one, -2)

    codes = [
        act(world, "quoteAccept", made).codes,
        act(world, "quoteDecline", made, reason="Late").codes,
        act(world, "quoteSend", draft).codes,
    ]

    assert codes == [["QUOTE_EXPIRED"]] * 3
    assert world.admin.run("{ contracts { totalCount } }")["contracts"]["totalCount"] == 0


def expired(world: World, quote: Any) -> None:
    """Let the worker look for what has expired, until it has."""
    with worker(world.server):
        sql(world.server, "UPDATE due_work SET at = now() WHERE kind = 'quotes.expire'")
        state = "SELECT status FROM quote WHERE workspace_id = $1 AND id = $2"
        given = (uuid(world.id), uuid(quote["id"]))
        assert eventually(lambda: sql(world.server, state, *given)[0][0] == "EXPIRED", PATIENCE)
        later = "SELECT at > now() FROM due_work WHERE kind = 'quotes.expire'"
        assert eventually(lambda: sql(world.server, later)[0][0], PATIENCE)


def expires_once(world: World, quote: Any, day: str) -> None:
    for _ in range(2):
        expired(world, quote)
    told = [one for one in events(world, quote) if one[0] == "quote.expired"]
    assert told == [("quote.expired", f"not accepted by {day}")]


async def test_quote_10_a_quote_expires_once_by_the_business_clock(world: World, clock) -> None:
    soon = (datetime.now(UTC).date() + timedelta(days=3)).isoformat()
    first, draft = sent(world, validUntil=soon), quoting.quote(world, validUntil=soon)
    later = sent(world)

    await clock(days=5)
    await asyncio.to_thread(expires_once, world, first, soon)

    assert quoting.read(world.admin, draft["id"])["status"] == "DRAFT"
    assert quoting.read(world.admin, later["id"])["status"] == "SENT"
    assert act(world, "quoteAccept", first).codes == ["INVALID_TRANSITION"]
    revised = act(world, "quoteRevise", first, QUOTE)["quote"]
    assert revised["validUntil"] > later["validUntil"]


def test_quote_16_a_draft_is_deleted_and_comes_back(world: World) -> None:
    made = quoting.quote(world)

    deleted = act(world, "quoteDelete", made)
    gone = quoting.read(world.admin, made["id"])
    restored = act(world, "quoteRestore", made, QUOTE)["quote"]

    assert (deleted.errors, gone) == ([], None)
    assert restored["lines"] == made["lines"]


def operation(payload: Payload) -> str:
    found: str = payload.fields["operationId"]
    assert not payload.errors
    return found


def test_gql_12_what_is_written_in_a_draft_can_be_undone(world: World) -> None:
    made = quoting.quote(world)
    given = {"quoteId": made["id"]} | described("50")

    done = operation(world.admin.act("quoteLineAdd", given))
    undone = world.admin.act("undo", {"operationId": done})
    title = operation(act(world, "quoteUpdate", made, title="Other"))
    back = world.admin.act("undo", {"operationId": title})

    assert (undone.errors, back.errors) == ([], [])
    found = quoting.read(world.admin, made["id"])
    assert found | {"version": 1} == made


def test_gql_12_what_others_were_told_of_stays(world: World) -> None:
    made = quoting.quote(world)
    title = operation(act(world, "quoteUpdate", made, title="Other"))
    mailed = operation(act(world, "quoteSend", made))

    refused = [world.admin.act("undo", {"operationId": one}).codes for one in (mailed, title)]

    assert refused == [["NOT_UNDOABLE"], ["UNDO_COLLISION"]]
    assert quoting.read(world.admin, made["id"])["title"] == "Other"


def test_gql_12_a_discount_that_undo_brings_back_is_asked_for_again(world: World) -> None:
    made = quoting.quote(world, described(), described(), client=world.rep)
    first, second = (line["id"] for line in made["lines"]["nodes"])

    def change(line: str, **given: Any) -> str:
        return operation(world.rep.act("quoteLineUpdate", {"id": line} | given))

    change(first, discountPercent="40")
    change(second, discountPercent="40")
    lowered = change(second, discountPercent="0")
    change(first, discountPercent="0")
    change(first, unitPrice={"amount": "60"})
    before = quoting.read(world.rep, made["id"])["approval"]["state"]

    undone = world.rep.act("undo", {"operationId": lowered})

    found = quoting.read(world.rep, made["id"])
    assert (undone.errors, before) == ([], "NOT_NEEDED")
    assert found["subtotal"]["amount"] == "120.00"
    assert found["approval"]["state"] == "REQUIRED"
