"""Stage gates: what keeps a deal out, who lets it in, and the tasks that stages bring."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.plugins.world import Client, Payload, World
from tests.resolvers.test_deal_moves import sales

UNMET = """__typename
  ... on FieldRequiredCondition { field label }
  ... on TaskRequiredCondition { title task { id status } }
  ... on ApprovalRequiredCondition { approver { id } request { id decision } }
  ... on ContractRequiredCondition { contractType }"""
MOVED = f"""deal {{ version stage {{ name }} }} spawnedTasks {{ title }}
  warnings {{ message gate {{ mode }} unmet {{ {UNMET} }} }}"""
REFUSED = f"... on StageGateError {{ gate {{ id mode }} unmet {{ {UNMET} }} }}"
MOVE = f"""mutation($input: DealMoveInput!) {{ dealMove(input: $input) {{ {MOVED}
  userErrors {{ __typename code message path {REFUSED} }} }} }}"""
TASKS = """query($id: ID!) { deal(id: $id) { tasks(orderBy: [{field: POSITION}]) { nodes {
  id title priority dueAt dueOn isGateRequirement owner { id } team { id } } } } }"""
REQUESTS = "approvalRequests { id decision approver { id } deal { id } usedAt }"


def gate(world: World, stage: str, *conditions: dict[str, Any], mode: str = "HARD") -> None:
    given = {"stageId": sales(world)[stage], "mode": mode, "conditions": list(conditions)}
    done = world.admin.act("stageGateSet", given, "pipelineStage { id }")
    assert not done.errors, done.errors


def move(world: World, deal: str, stage: str, version: int = 1, who: Client | None = None) -> Any:
    given = {"id": deal, "toStageId": sales(world)[stage], "expectedVersion": version}
    found = (who or world.admin).run(MOVE, input=given)["dealMove"]
    return Payload(found)


def unmet(payload: Payload) -> list[dict[str, Any]]:
    """What the only refusal of a move lists."""
    assert payload.codes == ["STAGE_GATE_BLOCKED"], payload.fields
    found: list[dict[str, Any]] = payload.errors[0]["unmet"]
    return found


def tasks(world: World, deal: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.admin.run(TASKS, id=deal)["deal"]["tasks"]["nodes"]
    return found


def test_deal_08_a_hard_gate_names_all_that_is_missing(world: World) -> None:
    asked = [{"field": "contact"}, {"taskTitle": "Send NDA"}, {"contractType": "NDA"}]
    gate(world, "Proposal Sent", *asked, {"approverId": world.user("admin")})
    deal = world.deal()

    refused = move(world, deal, "Proposal Sent")

    assert [one["__typename"] for one in unmet(refused)] == [
        "FieldRequiredCondition",
        "TaskRequiredCondition",
        "ContractRequiredCondition",
        "ApprovalRequiredCondition",
    ]
    assert refused.errors[0]["gate"]["mode"] == "HARD"
    assert "a signed NDA" in refused.errors[0]["message"]
    assert move(world, deal, "Qualified")["deal"]["stage"]["name"] == "Qualified"


def test_deal_08_a_soft_gate_warns_and_lets_pass(world: World) -> None:
    gate(world, "Qualified", {"field": "company"}, mode="SOFT")

    moved = move(world, world.deal(), "Qualified")

    (warning,) = moved["warnings"]
    assert moved["deal"]["stage"]["name"] == "Qualified"
    assert (warning["gate"]["mode"], warning["unmet"][0]["field"]) == ("SOFT", "company")


def test_deal_09_a_filled_field_opens(world: World) -> None:
    gate(world, "Qualified", {"field": "contact"}, {"field": "value"})
    deal = world.deal()
    missing = [one["field"] for one in unmet(move(world, deal, "Qualified"))]
    given = {"id": deal, "contactId": world.contact(), "value": {"amount": "5"}}
    world.admin.act("dealUpdate", given, "deal { id }")["deal"]

    assert missing == ["contact", "value"]
    assert move(world, deal, "Qualified", 2)["deal"]["version"] == 3


def test_deal_09_a_task_that_is_done_opens(world: World) -> None:
    gate(world, "Qualified", {"taskTitle": "Call back"})
    deal = world.deal()
    (task,) = tasks(world, deal)
    before = unmet(move(world, deal, "Qualified"))
    world.admin.act("taskComplete", {"id": task["id"]}, "task { id }")["task"]

    assert (task["title"], task["isGateRequirement"]) == ("Call back", True)
    assert before[0]["task"] == {"id": task["id"], "status": "TO_DO"}
    assert move(world, deal, "Qualified")["deal"]["stage"]["name"] == "Qualified"


def test_deal_09_a_task_of_the_same_name_will_do(world: World) -> None:
    deal = world.deal()
    gate(world, "Qualified", {"taskTitle": "Call back"})
    assert unmet(move(world, deal, "Qualified"))[0]["task"] is None
    given = {"title": "CALL BACK", "dealId": deal, "status": "DONE"}
    world.admin.act("taskCreate", given, "task { id }")["task"]

    assert move(world, deal, "Qualified")["deal"]["version"] == 2


def test_deal_09_the_named_user_approves_and_the_move_goes_through(world: World) -> None:
    world.manager  # noqa: B018 - who approves
    gate(world, "Qualified", {"approverId": world.user("manager")})
    deal = world.deal(world.rep)
    ask = {"dealId": deal, "toStageId": sales(world)["Qualified"], "comment": "May we?"}

    (request,) = world.rep.act("dealApprovalRequest", ask, REQUESTS)["approvalRequests"]
    waiting = unmet(move(world, deal, "Qualified", who=world.rep))
    decided = {"id": request["id"], "decision": "APPROVED", "comment": "Go on."}
    fields = "approvalRequest { decision answer dealName deal { id } decidedBy { id } }"
    answer = world.manager.act("approvalDecide", decided, fields)["approvalRequest"]
    moved = move(world, deal, "Qualified", who=world.rep)

    assert waiting[0]["request"] == {"id": request["id"], "decision": "PENDING"}
    assert (answer["decision"], answer["answer"], answer["deal"]) == ("APPROVED", "Go on.", None)
    assert answer["dealName"] == "Globex Renewal"
    assert moved["deal"]["stage"]["name"] == "Qualified"


def test_comm_17_who_is_asked_to_approve_and_who_asked_are_told(world: World) -> None:
    world.manager  # noqa: B018 - who approves
    gate(world, "Qualified", {"approverId": world.user("manager")})
    ask = {"dealId": world.deal(world.rep), "toStageId": sales(world)["Qualified"]}
    (request,) = world.rep.act("dealApprovalRequest", ask, REQUESTS)["approvalRequests"]
    assert not world.manager.act(
        "approvalDecide", {"id": request["id"], "decision": "APPROVED"}
    ).errors

    query = "{ notifications { nodes { kind text deal { id } } } }"
    asked, told = (one.run(query)["notifications"]["nodes"] for one in (world.manager, world.rep))

    request = {"kind": "APPROVAL_REQUESTED", "deal": None}
    assert asked == [request | {"text": "Rep Rep asks you to approve “Globex Renewal”."}]
    answer = {"kind": "APPROVAL_DECIDED", "deal": {"id": ask["dealId"]}}
    assert told == [answer | {"text": "Manager Manager approved “Globex Renewal”."}]


def test_deal_09_an_approval_opens_a_gate_once(world: World) -> None:
    gate(world, "Qualified", {"approverId": world.user("admin")})
    deal = world.deal()
    ask = {"dealId": deal, "toStageId": sales(world)["Qualified"]}
    (request,) = world.admin.act("dealApprovalRequest", ask, REQUESTS)["approvalRequests"]
    again = world.admin.act("dealApprovalRequest", ask, REQUESTS)
    decided = {"id": request["id"], "decision": "APPROVED"}
    world.admin.act("approvalDecide", decided, "approvalRequest { id }")["approvalRequest"]

    there = move(world, deal, "Qualified")["deal"]["version"]
    back = move(world, deal, "Prospecting", there)["deal"]["version"]

    assert again.codes == ["INVALID_TRANSITION"]
    assert unmet(move(world, deal, "Qualified", back))[0]["request"] is None


def test_deal_09_nobody_else_decides_and_nothing_twice(world: World) -> None:
    world.manager  # noqa: B018 - who approves
    gate(world, "Qualified", {"approverId": world.user("manager")})
    ask = {"dealId": world.deal(), "toStageId": sales(world)["Qualified"]}
    (request,) = world.admin.act("dealApprovalRequest", ask, REQUESTS)["approvalRequests"]
    decided = {"id": request["id"], "decision": "REJECTED"}

    assert world.admin.act("approvalDecide", decided).codes == ["NOT_THE_APPROVER"]
    assert world.rep.act("approvalDecide", decided).codes == ["NOT_FOUND"]
    assert world.manager.act("approvalDecide", decided).codes == []
    assert world.manager.act("approvalDecide", decided).codes == ["INVALID_TRANSITION"]
    assert world.admin.act("dealApprovalRequest", ask, REQUESTS)["approvalRequests"]


def test_deal_09_a_contract_that_is_not_signed_keeps_closed(world: World) -> None:
    gate(world, "Qualified", {"contractType": "NDA"})

    (condition,) = unmet(move(world, world.deal(), "Qualified"))

    assert condition == {"__typename": "ContractRequiredCondition", "contractType": "NDA"}


@pytest.mark.waits_for("REST and integrations")
def test_deal_07_no_way_leads_past_a_gate(world: World) -> None:
    gate(world, "Qualified", {"field": "contact"})
    deal, lost = world.deal(), world.deal()
    gone = move(world, lost, "Closed Lost")["deal"]["version"]
    given = {"name": "A", "stageId": sales(world)["Negotiation"]}

    assert unmet(move(world, deal, "Negotiation"))
    assert unmet(move(world, deal, "Closed Won"))
    assert unmet(move(world, lost, "Closed Won", gone))
    assert world.admin.act("dealCreate", given, "deal { id }").codes == ["STAGE_GATE_BLOCKED"]
    assert move(world, deal, "Closed Lost")["deal"]["version"] == 2


def test_deal_07_going_back_is_never_gated(world: World) -> None:
    deal = world.deal()
    there = move(world, deal, "Negotiation")["deal"]["version"]
    gate(world, "Qualified", {"field": "contact"})

    assert move(world, deal, "Qualified", there)["deal"]["stage"]["name"] == "Qualified"


def test_deal_11_a_gate_is_replaced_whole_and_taken_away(world: World) -> None:
    query = """query($id: ID!) { pipelineStage(id: $id) { gates { nodes { mode
      conditions { nodes { id kind field taskTitle } } } } } }"""
    stage = sales(world)["Qualified"]
    gate(world, "Qualified", {"field": "contact"}, {"taskTitle": "Call"})
    (before,) = world.admin.run(query, id=stage)["pipelineStage"]["gates"]["nodes"]
    gate(world, "Qualified", {"taskTitle": "Call"}, {"field": "company"}, mode="SOFT")
    (after,) = world.admin.run(query, id=stage)["pipelineStage"]["gates"]["nodes"]
    gate(world, "Qualified")

    kept = {one["id"] for one in before["conditions"]["nodes"] if one["kind"] == "TASK"}
    assert (before["mode"], after["mode"]) == ("HARD", "SOFT")
    assert after["conditions"]["nodes"][0]["id"] in kept
    assert [one["field"] for one in after["conditions"]["nodes"]] == [None, "company"]
    assert world.admin.run(query, id=stage)["pipelineStage"]["gates"]["nodes"] == []


BAD = [
    ({"field": "colour"}, "INVALID_VALUE"),
    ({"field": "name"}, "INVALID_VALUE"),
    ({"taskTitle": "  "}, "REQUIRED"),
]


@pytest.mark.parametrize(("condition", "code"), BAD)
def test_deal_11_a_gate_asks_for_what_there_is(world: World, condition, code) -> None:
    given = {"stageId": sales(world)["Qualified"], "conditions": [condition]}

    refused = world.admin.act("stageGateSet", given)

    (key,) = condition
    assert [(one["code"], one["path"]) for one in refused.errors] == [
        (code, ["conditions", "0", key])
    ]


def test_deal_11_gates_are_the_admins_and_stand_before_deals_only(server, world: World) -> None:
    given = {"stageId": sales(world)["Qualified"], "conditions": [{"field": "contact"}]}
    lost = given | {"stageId": sales(world)["Closed Lost"]}
    strangers = [{"approverId": World(server).user("admin")}]
    query = "mutation($i: StageGateSetInput!) { stageGateSet(input: $i) { operationId } }"

    assert world.executive.send(query, {"i": given}).codes == ["FORBIDDEN"]
    assert world.admin.act("stageGateSet", lost).codes == ["INVALID_VALUE"]
    foreign = given | {"conditions": strangers}
    assert world.admin.act("stageGateSet", foreign).codes == ["NOT_FOUND"]


THREE = ("Send proposal document", "Schedule follow-up call", "Log decision maker name")


def template(world: World, **given: Any) -> Payload:
    values = {"stageId": sales(world)["Proposal Sent"], "title": THREE[0]} | given
    fields = "stageTaskTemplate { id title assignee user { id } team { id } dueOffsetDays }"
    return world.admin.act("pipelineStageTaskTemplateAdd", values, fields)


def test_task_11_entering_a_stage_brings_its_tasks_each_time_once(world: World) -> None:
    deal = world.deal(ownerId=world.join("rep", "REP")[1])
    for title in THREE:
        template(world, title=title, dueOffsetDays=2)["stageTaskTemplate"]

    moved = move(world, deal, "Proposal Sent")
    within = {"id": deal, "toStageId": sales(world)["Proposal Sent"], "expectedVersion": 2}
    world.admin.act("dealMove", within, "deal { id }")["deal"]

    found = tasks(world, deal)
    assert [one["title"] for one in moved["spawnedTasks"]] == list(THREE)
    assert sorted(one["title"] for one in found) == sorted(THREE)
    assert {one["owner"]["id"] for one in found} == {world.user("rep")}
    assert len({one["dueOn"] for one in found}) == 1


def test_deal_16_a_replayed_move_brings_no_second_set(world: World) -> None:
    deal = world.deal()
    template(world)["stageTaskTemplate"]
    given = {"id": deal, "toStageId": sales(world)["Proposal Sent"], "expectedVersion": 1}
    given["idempotencyKey"] = "once"

    first, again = (world.admin.act("dealMove", given, "deal { version }") for _ in range(2))

    assert first["deal"] == again["deal"]
    assert len(tasks(world, deal)) == 1


def test_task_11_moves_and_new_tasks_of_a_deal_do_not_wait_for_each_other(world: World) -> None:
    stages, deals = sales(world), [world.deal() for _ in range(15)]
    for stage in ("Qualified", "Proposal Sent"):
        template(world, stageId=stages[stage])["stageTaskTemplate"]

    def act(at: int) -> list[str]:
        deal, turn = deals[at // 4], at % 4
        if turn % 2:
            return world.admin.act("taskCreate", {"title": "Call", "dealId": deal}).codes
        to = stages["Proposal Sent" if turn else "Qualified"]
        given = {"id": deal, "toStageId": to, "expectedVersion": 1}
        return world.admin.act("dealMove", given).codes

    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(act, range(60)))

    assert {one for each in codes for one in each} <= {"STALE_VERSION"}


def test_task_10_templates_go_to_the_owner_a_user_or_a_queue(world: World) -> None:
    given = {"name": "North", "managerId": world.user("admin"), "memberIds": []}
    team = world.admin.act("teamCreate", given, "team { id }")["team"]["id"]
    rep = world.join("rep", "REP")[1]
    owner = template(world, assignee={"dealOwner": True})["stageTaskTemplate"]
    user = template(world, title="B", assignee={"userId": rep})["stageTaskTemplate"]
    queue = template(world, title="C", assignee={"teamId": team})["stageTaskTemplate"]
    deal = world.deal(stageId=sales(world)["Proposal Sent"])

    found = {one["title"]: one for one in tasks(world, deal)}
    assert [one["assignee"] for one in (owner, user, queue)] == ["OWNER", "USER", "TEAM"]
    assert found[THREE[0]]["owner"]["id"] == world.user("admin")
    assert found["B"]["owner"]["id"] == rep
    assert (found["C"]["owner"], found["C"]["team"]["id"]) == (None, team)


def test_task_10_templates_change_and_go_for_future_deals(world: World) -> None:
    made = template(world)["stageTaskTemplate"]
    given = {"id": made["id"], "title": "Other", "dueOffsetDays": 3, "expectedVersion": 1}
    fields = "stageTaskTemplate { title dueOffsetDays }"
    changed = world.admin.act("pipelineStageTaskTemplateUpdate", given, fields)
    query = "{ stageTaskTemplates { nodes { id } } }"

    world.admin.act("pipelineStageTaskTemplateRemove", {"id": made["id"]})["userErrors"]

    assert changed["stageTaskTemplate"] == {"title": "Other", "dueOffsetDays": 3}
    assert world.admin.run(query)["stageTaskTemplates"]["nodes"] == []
    assert template(world, title=" ").codes == ["REQUIRED"]
    assert template(world, dueOffsetDays=-1).codes == ["INVALID_VALUE"]
