"""Cases, as agents open, take, move and convert them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.plugins.world import Client, World

CARD = """case { id number subject priority category origin version rank emailAddress
  status { name category } contact { id } company { id } owner { id } queue { id }
  template { id } deal { id } firstRespondedAt resolvedAt }"""
STATUSES = "{ caseStatuses(orderBy: [{field: POSITION}]) { nodes { id name } } }"
COLUMN = """query($filter: CaseFilter) {
  cases(first: 100, filter: $filter) { nodes { id rank } } }"""


def opened(world: World, client: Client | None = None, **given: Any) -> Any:
    values = {"subject": "Cannot log in"} | given
    if "contactId" not in given:
        values["contactId"] = world.contact(client)
    return (client or world.admin).act("caseCreate", values, CARD)["case"]


def statuses(world: World) -> dict[str, str]:
    found = world.admin.run(STATUSES)["caseStatuses"]["nodes"]
    return {status["name"]: status["id"] for status in found}


def team(world: World, *members: str, **given: Any) -> str:
    """A team of Sales Reps whose queue is the workspace's."""
    for name in members:
        world.join(name, "REP")
    values = {
        "name": "Support",
        "managerId": world.user("admin"),
        "memberIds": [world.user(name) for name in members],
    }
    made: str = world.admin.act("teamCreate", values | given, "team { id }")["team"]["id"]
    return made


def test_case_06_a_case_holds_what_the_agent_fills_in(world):
    company = world.admin.act("companyCreate", {"name": "Globex"}, "company { id }")["company"]
    contact = world.contact(company={"connect": company["id"]})

    case = opened(world, contactId=contact, category="Billing", priority="HIGH")

    assert (case["contact"]["id"], case["company"]["id"]) == (contact, company["id"])
    assert (case["category"], case["priority"], case["origin"]) == ("Billing", "HIGH", "AGENT")
    assert case["status"]["name"] == "Backlog"


def test_case_06_subject_and_contact_are_required(world):
    refused = world.admin.act("caseCreate", {"subject": " "})

    assert refused.codes == ["REQUIRED", "REQUIRED"]
    assert [error["path"] for error in refused.errors] == [["subject"], ["contactId"]]


def test_case_06_team_03_an_unassigned_case_waits_in_the_queue(world):
    support = team(world, "una")
    settings = {"supportTeamId": support}
    assert not world.admin.act("workspaceUpdate", settings).errors
    world.join("stranger", "REP")

    case = opened(world)

    assert (case["owner"], case["queue"]["id"]) == (None, support)
    assert world.join("una", "REP")[0].node(case["id"])
    assert world.join("stranger", "REP")[0].node(case["id"]) is None


def test_case_06_without_any_queue_a_case_is_of_whoever_opens_it(world):
    assert opened(world, world.rep)["owner"]["id"] == world.user("rep")
    assert opened(world, ownerId=None)["owner"] is None


def test_case_06_a_case_that_loses_its_owner_goes_back_to_the_queue(world):
    case = opened(world, world.rep)
    support = team(world, "una")
    assert not world.admin.act("workspaceUpdate", {"supportTeamId": support}).errors

    given = {"id": case["id"], "ownerId": None}
    released = world.admin.act("caseUpdate", given, CARD)["case"]

    assert (released["owner"], released["queue"]["id"]) == (None, support)


def test_case_05_numbers_are_consecutive_and_never_given_twice(world):
    first = opened(world)
    contact = first["contact"]["id"]
    assert not world.admin.act("caseDelete", {"id": first["id"]}).errors
    assert world.admin.act("caseCreate", {"subject": "", "contactId": contact}).codes

    with ThreadPoolExecutor(8) as pool:
        cases = pool.map(lambda _: opened(world, contactId=contact), range(8))

    assert first["number"] == "CASE-0001"
    assert sorted(case["number"] for case in cases) == [f"CASE-{n:04}" for n in range(2, 10)]


def test_team_03_of_twenty_who_take_a_case_one_has_it_and_nineteen_learn_who(world):
    agents = [f"agent{number}" for number in range(4)]
    case = opened(world, ownerId=None, queueId=team(world, *agents))
    clients = [world.join(name, "REP")[0] for name in agents]
    by = "case { owner { id } } userErrors { ... on AlreadyClaimedError { by { id } } }"

    with ThreadPoolExecutor(20) as pool:
        tries = [pool.submit(one.act, "caseClaim", {"id": case["id"]}, by) for one in clients * 5]
    done = [one.result() for one in tries]

    (owner,) = {one.fields["case"]["owner"]["id"] for one in done if not one.errors}
    losers = [error for one in done for error in one.errors]
    assert {(error["code"], error["by"]["id"]) for error in losers} == {("ALREADY_CLAIMED", owner)}
    assert len(losers) == 19


def test_team_03_a_queue_is_closed_to_those_of_other_teams(world):
    case = opened(world, ownerId=None, queueId=team(world, "una"))

    assert world.rep.act("caseClaim", {"id": case["id"]}).codes == ["NOT_FOUND"]


def test_team_03_a_team_whose_queue_holds_cases_is_not_dissolved(world):
    support = team(world)
    case = opened(world, queueId=support)
    assert world.admin.act("teamDelete", {"id": support}).codes == ["IN_USE"]

    assert not world.admin.act("caseClaim", {"id": case["id"]}).errors

    assert not world.admin.act("teamDelete", {"id": support}).errors


def moved(world: World, case: Any, to: str, client: Client | None = None, **given: Any) -> Any:
    values = {"id": case["id"], "toStatusId": to, "expectedVersion": case["version"]} | given
    return (client or world.admin).act("caseMove", values, CARD)


def test_case_17_a_case_moves_to_a_place_in_a_column(world):
    to = statuses(world)["In Progress"]
    contact = world.contact()
    one, two, three = (opened(world, contactId=contact) for _ in range(3))
    moved(world, one, to)
    moved(world, two, to, afterCardId=one["id"])

    moved(world, three, to, beforeCardId=two["id"])

    column = world.admin.run(COLUMN, filter={"statusId": {"eq": to}})["cases"]["nodes"]
    order = [case["id"] for case in sorted(column, key=lambda card: card["rank"])]
    assert order == [one["id"], three["id"], two["id"]]


def test_case_17_twenty_movers_end_in_one_order_and_nothing_is_lost(world):
    to = statuses(world)["In Progress"]
    contact = world.contact()
    cases = [opened(world, contactId=contact) for _ in range(20)]

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda case: moved(world, case, to), cases))

    assert not any(answer.errors for answer in answers)
    column = world.admin.run(COLUMN, filter={"statusId": {"eq": to}})["cases"]["nodes"]
    assert len({card["rank"] for card in column}) == 20


def test_case_17_of_two_who_move_a_case_the_second_is_told_what_changed(world):
    case, column = opened(world), statuses(world)
    moved(world, case, column["In Progress"])

    late = moved(world, case, column["Resolved"])

    assert late.codes == ["STALE_VERSION"]


def test_case_19_a_case_is_resolved_and_reopened(world):
    case = opened(world)

    resolved = world.admin.act("caseResolve", {"id": case["id"]}, CARD)["case"]
    again = world.admin.act("caseResolve", {"id": case["id"]})
    reopened = world.admin.act("caseReopen", {"id": case["id"]}, CARD)["case"]

    assert resolved["status"]["category"] == "RESOLVED"
    assert resolved["resolvedAt"]
    assert again.codes == ["INVALID_TRANSITION"]
    assert "Backlog, Pending Agent, In Progress, Pending Customer" in again.errors[0]["message"]
    assert (reopened["status"]["name"], reopened["resolvedAt"]) == ("Backlog", None)


def test_case_19_only_a_resolved_case_is_reopened_and_not_to_a_resolved_status(world):
    case = opened(world)
    to = {"id": case["id"], "toStatusId": statuses(world)["Resolved"]}

    assert world.admin.act("caseReopen", {"id": case["id"]}).codes == ["INVALID_TRANSITION"]
    assert world.admin.act("caseReopen", to).codes == ["INVALID_TRANSITION"]


def test_case_13_a_case_has_an_address_of_its_own(world):
    case = opened(world)
    assert case["emailAddress"] is None

    assert not world.admin.act("workspaceUpdate", {"supportDomain": "Support.Acme.com"}).errors

    found = world.admin.run("{ cases { nodes { emailAddress } } }")["cases"]["nodes"]
    assert found == [{"emailAddress": "case-0001@support.acme.com"}]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"supportDomain": "not a domain"}, ["supportDomain"]),
        ({"supportDomain": "help@acme.com"}, ["supportDomain"]),
        ({"daysToClose": -1}, ["daysToClose"]),
        ({"daysToClose": None}, ["daysToClose"]),
    ],
)
def test_case_13_a_setting_that_cannot_be_is_refused(world, given, path):
    (refusal,) = world.admin.act("workspaceUpdate", given).errors

    assert (refusal["code"], refusal["path"]) == ("INVALID_VALUE", path)


def test_case_13_settings_are_for_admins(world):
    answer = world.rep.send(
        'mutation { workspaceUpdate(input: {supportDomain: "a.com"}) { operationId } }'
    )

    assert answer.codes == ["FORBIDDEN"]


CONVERT = """case { deal { id } } deal { id name value { amount } closeDate contact { id }
  cases { nodes { id } } } userErrors { ... on CaseConvertedError { deal { id } } }"""


def test_case_16_a_case_becomes_a_deal_and_stays(world):
    case = opened(world)

    made = world.admin.act("caseConvertToDeal", {"id": case["id"]}, CONVERT)

    deal = made["deal"]
    assert (deal["name"], deal["value"]["amount"]) == ("Cannot log in", "0.00")
    assert deal["contact"]["id"] == case["contact"]["id"]
    assert made["case"]["deal"]["id"] == deal["id"]
    assert deal["cases"]["nodes"] == [{"id": case["id"]}]


def test_case_16_a38_a_deal_closes_as_many_days_ahead_as_the_workspace_says(world):
    case = opened(world)
    assert not world.admin.act("workspaceUpdate", {"daysToClose": 400}).errors

    deal = world.admin.act("caseConvertToDeal", {"id": case["id"]}, CONVERT)["deal"]

    ahead = date.fromisoformat(deal["closeDate"]) - datetime.now(UTC).date()
    assert abs(ahead.days - 400) <= 1


def test_case_16_a_second_conversion_is_refused_with_the_deal_that_came_of_it(world):
    case = opened(world)
    given = {"id": case["id"], "name": "Globex seats", "value": {"amount": "900"}}
    given["closeDate"] = "2031-05-01"
    deal = world.admin.act("caseConvertToDeal", given, CONVERT)["deal"]

    (refusal,) = world.admin.act("caseConvertToDeal", given, CONVERT).errors

    assert (deal["name"], deal["closeDate"]) == ("Globex seats", "2031-05-01")
    assert (refusal["code"], refusal["deal"]["id"]) == ("CASE_CONVERTED", deal["id"])


def test_case_06_a_deleted_case_comes_back_to_its_column(world):
    case = opened(world)
    assert not world.admin.act("caseDelete", {"id": case["id"]}).errors
    other = opened(world)

    restored = world.admin.act("caseRestore", {"id": case["id"]}, CARD)["case"]

    assert restored["number"] == case["number"]
    assert restored["rank"] < other["rank"]
