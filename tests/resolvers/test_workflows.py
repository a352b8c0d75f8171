"""Workflows as they are written: kept, changed, copied, activated and put away."""

import json
from typing import Any

import pytest

from tests.plugins.world import Payload, World
from tests.resolvers.automating import NOTE, TASK, refusals, write

STEPS = """steps { path action __typename
  ... on SendEmailStep { own { subject body } to address }
  ... on CreateTaskStep { title assignee dueInDays user { id } team { id } }
  ... on UpdateFieldStep { field value { text number checked id empty money { amount } } }
  ... on AssignOwnerStep { users { id } byRules }
  ... on ChangeStatusStep { status caseStatus { id } stage { id } }
  ... on CreateDealStep { name amount { amount currency } closeInDays }
  ... on CallWebhookStep { url method body headers { name value } }
  ... on SendNotificationStep { to users { id } text }
  ... on WaitStep { minutes }
  ... on AddNoteStep { text }
  ... on BranchStep { conditions then { path action ... on WaitStep { minutes } }
    else { path action } } }"""
CARD = f"""workflow {{ id name description trigger recordType active activatedAt archivedAt
  revision version hookHint problems conditions payloadConditions owner {{ id }}
  settings {{ field from {{ text number }} to {{ text number }} fromStatus toStatus threshold
    cron rrule recordPath target }} {STEPS} }}"""
HOOKED = f"hookUrl {CARD}"
REVISIONS = """query($id: ID!) { node(id: $id) { ... on Workflow { revisions { nodes {
  revision name trigger conditions savedBy { id } steps { action } } } } } }"""


def card(world: World, workflow_id: str) -> Any:
    query = f"query($id: ID!) {{ workflow(id: $id) {{ {CARD.partition('{')[2][:-1]} }} }}"
    return world.admin.run(query, id=workflow_id)["workflow"]


def change(world: World, workflow_id: str, select: str = CARD, **given: Any) -> Payload:
    return world.admin.act("workflowUpdate", {"id": workflow_id} | given, select)


def test_wf_01_a_workflow_has_a_trigger_conditions_and_steps(world: World) -> None:
    conditions = {"lead": {"score": {"gte": 50}}}
    made = write(world.admin, HOOKED, conditions=conditions, description=" For all ")

    workflow = made["workflow"]
    assert (workflow["name"], workflow["description"]) == ("Welcome", "For all")
    assert (workflow["trigger"], workflow["recordType"]) == ("RECORD_CREATED", "LEAD")
    assert json.loads(workflow["conditions"]) == {"score": {"gte": 50}}
    assert workflow["steps"][0]["title"] == "Call"
    assert (workflow["active"], workflow["revision"], workflow["problems"]) == (False, 1, [])
    assert workflow["owner"]["id"] == world.user("admin")
    assert made["hookUrl"] is None


def test_wf_01_without_a_step_it_is_refused(world: World) -> None:
    empty = write(world.admin, steps=[])
    branch = {"branch": {"conditions": {"lead": {"score": {"gte": 5}}}}}
    hollow = write(world.admin, steps=[branch])

    assert refusals(empty) == [("ACTIONS_REQUIRED", "steps")]
    assert refusals(hollow) == [("ACTIONS_REQUIRED", "steps.0.branch.then")]


@pytest.mark.parametrize("role", ["executive", "manager", "rep", "finance"])
def test_wf_01_workflows_are_for_admins_alone(world: World, role: str) -> None:
    workflow_id = write(world.admin)["workflow"]["id"]
    other = world.of(role)

    query = "mutation($input: WorkflowCreateInput!) { workflowCreate(input: $input) {operationId} }"
    given = {"name": "X", "trigger": "TASK_COMPLETED", "steps": [TASK]}
    assert other.send(query, {"input": given}).codes == ["FORBIDDEN"]
    assert other.send("{ workflows { totalCount } }").codes == ["FORBIDDEN"]
    assert other.node(workflow_id) is None


def test_wf_05_conditions_hold_all_that_the_filters_of_lists_hold(world: World) -> None:
    owner = world.user("admin")
    given = {
        "and": [{"score": {"gte": 50, "lt": 90}}, {"status": {"in": ["NEW", "CONTACTED"]}}],
        "or": [{"country": {"eq": "DE"}}, {"not": {"email": {"isNull": True}}}],
        "owner": {"id": {"eq": owner}},
        "createdAt": {"days": {"relative": "THIS_WEEK"}},
    }
    made = write(world.admin, CARD, conditions={"lead": given})

    assert json.loads(made["workflow"]["conditions"]) == given
    assert made["workflow"]["problems"] == []


def test_wf_05_conditions_reach_custom_fields_and_tell_when_one_is_gone(world: World) -> None:
    field = {"entity": "LEAD", "label": "Tier", "type": "NUMBER"}
    own = world.admin.act("customFieldCreate", field, "customField { id }")["customField"]["id"]
    filtered = {"customFields": [{"key": "tier", "number": {"gte": "2.5"}}]}
    workflow_id = write(world.admin, conditions={"lead": filtered})["workflow"]["id"]
    assert card(world, workflow_id)["problems"] == []

    assert not world.admin.act("customFieldArchive", {"id": own}).errors

    (problem,) = card(world, workflow_id)["problems"]
    assert problem.startswith("conditions.lead: ")
    assert "tier" in problem
    refused = world.admin.act("workflowActivate", {"id": workflow_id})
    assert refusals(refused) == [("INVALID_VALUE", "conditions.lead")]


def test_every_step_is_read_as_it_was_sent(world: World) -> None:
    admin = world.user("admin")
    steps = [
        {"sendEmail": {"own": {"subject": "Hi {{ lead.name }}", "body": "<p>Hi</p>"}}},
        {"sendEmail": {"own": {"subject": "S", "body": "B"}, "to": "ADDRESS", "address": "a@b.co"}},
        {"createTask": {"title": "Call", "assignee": "USER", "userId": admin, "dueInDays": 2}},
        {"updateField": {"field": "employeeCount", "value": {"number": "50"}}},
        {"updateField": {"field": "website", "value": {"empty": True}}},
        {"assignOwner": {"userIds": [admin]}},
        {"assignOwner": {"byRules": True}},
        {"changeStatus": {"status": "CONTACTED"}},
        {"createDeal": {"name": "D", "amount": {"amount": "10.50", "currency": "EUR"}}},
        {"sendNotification": {"to": "USERS", "userIds": [admin], "text": "{{ lead.name }}!"}},
        {
            "branch": {
                "conditions": {"lead": {"score": {"gte": 80}}},
                "then": [{"wait": {"minutes": 5}}],
                "else": [NOTE],
            }
        },
    ]

    found = write(world.admin, CARD, steps=steps)["workflow"]["steps"]

    assert [one["path"] for one in found] == [str(at) for at in range(len(steps))]
    assert found[0]["own"] == {"subject": "Hi {{ lead.name }}", "body": "<p>Hi</p>"}
    assert (found[1]["to"], found[1]["address"]) == ("ADDRESS", "a@b.co")
    assert (found[2]["user"]["id"], found[2]["dueInDays"]) == (admin, 2)
    assert (found[3]["value"]["number"], found[4]["value"]["empty"]) == ("50", True)
    assert found[5]["users"] == [{"id": admin}]
    assert (found[6]["users"], found[6]["byRules"]) == ([], True)
    assert found[7]["status"] == "CONTACTED"
    assert found[8]["amount"] == {"amount": "10.50", "currency": "EUR"}
    assert found[9]["users"] == [{"id": admin}]
    branch = found[10]
    assert json.loads(branch["conditions"]) == {"score": {"gte": 80}}
    assert branch["then"] == [{"path": "10.then.0", "action": "WAIT", "minutes": 5}]
    assert branch["else"] == [{"path": "10.else.0", "action": "ADD_NOTE"}]


def test_a_change_of_what_it_does_is_a_revision_and_a_name_is_none(world: World) -> None:
    workflow_id = write(world.admin)["workflow"]["id"]

    named = change(world, workflow_id, name="Greet")["workflow"]
    done = change(world, workflow_id, steps=[TASK, NOTE])["workflow"]
    same = change(world, workflow_id, steps=[TASK, NOTE])["workflow"]

    assert (named["revision"], done["revision"], same["revision"]) == (1, 2, 2)
    assert same["version"] == done["version"]
    nodes = world.admin.run(REVISIONS, id=workflow_id)["node"]["revisions"]["nodes"]
    assert [(one["revision"], one["name"]) for one in nodes] == [(2, "Greet"), (1, "Welcome")]
    actions = [[step["action"] for step in one["steps"]] for one in nodes]
    assert actions == [["CREATE_TASK", "ADD_NOTE"], ["CREATE_TASK"]]
    assert nodes[0]["savedBy"]["id"] == world.user("admin")


def test_a_change_keeps_what_is_not_sent_and_is_held_against_the_version(world: World) -> None:
    made = write(world.admin, CARD, conditions={"lead": {"score": {"gte": 50}}})["workflow"]

    stale = change(world, made["id"], name="X", expectedVersion=made["version"] - 1)
    nothing = change(world, made["id"])
    open_to_all = change(world, made["id"], conditions=None)["workflow"]

    assert stale.codes == ["STALE_VERSION"]
    assert nothing.codes == ["EMPTY_PATCH"]
    assert open_to_all["conditions"] is None
    assert open_to_all["steps"] == made["steps"]


def test_another_trigger_takes_its_own_settings(world: World) -> None:
    watched = {"fieldValueChanged": {"field": "country", "to": {"text": "DE"}}}
    made = write(world.admin, CARD, trigger="FIELD_VALUE_CHANGED", settings=watched)["workflow"]
    assert made["settings"]["to"]["text"] == "DE"

    moved = change(world, made["id"], trigger="LEAD_SCORE_THRESHOLD", settings={"threshold": 90})
    plain = change(world, made["id"], trigger="RECORD_CREATED")

    assert moved["workflow"]["settings"] == made["settings"] | {
        "field": None,
        "to": None,
        "threshold": 90,
    }
    assert plain["workflow"]["settings"]["threshold"] is None


def test_wf_06_a_workflow_is_activated_and_deactivated(world: World) -> None:
    workflow_id = write(world.admin)["workflow"]["id"]

    on = world.admin.act("workflowActivate", {"id": workflow_id}, CARD)["workflow"]
    again = world.admin.act("workflowActivate", {"id": workflow_id}, CARD)["workflow"]
    off = world.admin.act("workflowDeactivate", {"id": workflow_id}, CARD)["workflow"]

    assert on["active"] is True
    assert on["activatedAt"] is not None
    assert again["version"] == on["version"]
    assert (off["active"], off["activatedAt"]) == (False, None)


def test_a_workflow_that_is_put_away_is_copied_and_not_changed(world: World) -> None:
    workflow_id = write(world.admin, active=True)["workflow"]["id"]

    away = world.admin.act("workflowArchive", {"id": workflow_id}, CARD)["workflow"]
    refused = [
        change(world, workflow_id, name="X").codes,
        world.admin.act("workflowActivate", {"id": workflow_id}).codes,
    ]
    copy = world.admin.act("workflowDuplicate", {"id": workflow_id}, CARD)["workflow"]

    assert away["active"] is False
    assert away["archivedAt"] is not None
    assert refused == [["INVALID_TRANSITION"], ["INVALID_TRANSITION"]]
    assert (copy["name"], copy["active"]) == ("Copy of Welcome", False)
    assert copy["steps"] == away["steps"]


def test_two_workflows_have_not_the_same_name(world: World) -> None:
    write(world.admin)["workflow"]

    assert refusals(write(world.admin, name="WELCOME")) == [("DUPLICATE", "name")]


def test_wf_10_the_address_of_a_webhook_is_shown_once(world: World) -> None:
    given = {"trigger": "WEBHOOK_RECEIVED", "recordType": None, "steps": [TASK]}
    made = write(world.admin, HOOKED, **given)
    workflow_id = made["workflow"]["id"]

    rotated = world.admin.act("workflowHookRotate", {"id": workflow_id}, HOOKED)
    later = change(world, workflow_id, HOOKED, name="Orders")
    other = write(world.admin, name="Other")["workflow"]["id"]
    none = world.admin.act("workflowHookRotate", {"id": other})

    assert "/hooks/workflows/coeff_w_" in made["hookUrl"]
    assert made["hookUrl"].endswith(made["workflow"]["hookHint"])
    assert rotated["hookUrl"] != made["hookUrl"]
    assert later["hookUrl"] is None
    assert none.codes == ["INVALID_TRANSITION"]


def test_conditions_on_payloads_are_a_tree(world: World) -> None:
    paid = {"value": {"path": "order.total", "number": {"gte": "100", "lt": "1000.5"}}}
    from_shop = {"value": {"path": "source", "text": {"startsWith": "shop", "ne": "shop.test"}}}
    given = {"or": [paid, {"not": from_shop}, {"value": {"path": "vip", "checked": True}}]}

    made = write(
        world.admin,
        CARD,
        trigger="WEBHOOK_RECEIVED",
        recordType=None,
        payloadConditions=given,
    )

    assert json.loads(made["workflow"]["payloadConditions"]) == {
        "or": [
            {
                "and": [
                    {"path": "order.total", "gte": 100},
                    {"path": "order.total", "lt": 1000.5},
                ]
            },
            {
                "not": {
                    "and": [
                        {"path": "source", "ne": "shop.test"},
                        {"path": "source", "startsWith": "shop"},
                    ]
                }
            },
            {"path": "vip", "eq": True},
        ]
    }


def test_wf_11_the_four_uses_are_templates(world: World) -> None:
    world.join("rep", "REP")
    query = "{ workflowTemplates { key name description trigger recordType needsUser } }"
    found = {one["key"]: one for one in world.admin.run(query)["workflowTemplates"]}

    assert {key: one["trigger"] for key, one in found.items()} == {
        "welcome_new_leads": "RECORD_CREATED",
        "onboarding_on_signature": "CONTRACT_SIGNED",
        "alert_on_stalled_deals": "FIELD_VALUE_CHANGED",
        "assign_high_scores": "LEAD_SCORE_THRESHOLD",
    }
    for key, one in found.items():
        given = {"key": key} | ({"userId": world.user("rep")} if one["needsUser"] else {})
        made = world.admin.act("workflowCreateFromTemplate", given, CARD)["workflow"]
        assert (made["name"], made["active"], made["problems"]) == (one["name"], False, [])


def test_wf_11_a_template_asks_for_what_it_needs(world: World) -> None:
    unknown = world.admin.act("workflowCreateFromTemplate", {"key": "other"})
    nobody = world.admin.act("workflowCreateFromTemplate", {"key": "assign_high_scores"})

    assert refusals(unknown) == [("INVALID_VALUE", "key")]
    assert refusals(nobody) == [("REQUIRED", "userId")]


def test_wf_04_the_template_is_the_example_of_the_manual(world: World) -> None:
    given = {"key": "welcome_new_leads"}
    select = """workflow { conditions steps {
      ... on SendEmailStep { to template { name recordType } }
      ... on CreateTaskStep { title assignee dueInDays } } }"""
    made = world.admin.act("workflowCreateFromTemplate", given, select)["workflow"]
    again = world.admin.act("workflowCreateFromTemplate", given | {"name": "Once more"}, select)[
        "workflow"
    ]

    assert json.loads(made["conditions"]) == {"score": {"gte": 50}}
    welcome = {"name": "Welcome — Thanks for your interest", "recordType": "LEAD"}
    assert made["steps"] == [
        {"to": "RECORD", "template": welcome},
        {"title": "Follow-up call", "assignee": "OWNER", "dueInDays": 2},
    ]
    assert again == made
