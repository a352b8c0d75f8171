"""Workflows that cannot run: refused when they are saved, all at once, each at its place."""

from typing import Any

import pytest

from tests.plugins.world import World
from tests.resolvers.automating import NOTE, TASK, messages, refusals, write

MONEY = {"amount": "5", "currency": "EUR"}
CHANGED = {"fieldValueChanged": {"field": "country"}}


def step(kind: str, **given: Any) -> list[Any]:
    return [{kind: given}]


TRIGGERS: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"trigger": "RECORD_CREATED", "recordType": None}, [("REQUIRED", "recordType")]),
    ({"trigger": "RECORD_UPDATED", "recordType": None}, [("REQUIRED", "recordType")]),
    ({"trigger": "FIELD_VALUE_CHANGED"}, [("REQUIRED", "settings")]),
    ({"trigger": "STATUS_CHANGED", "recordType": "COMPANY"}, [("INVALID_VALUE", "recordType")]),
    (
        {"trigger": "PIPELINE_STAGE_CHANGED", "recordType": "TASK"},
        [("INVALID_VALUE", "recordType")],
    ),
    ({"trigger": "TASK_COMPLETED", "recordType": "LEAD"}, [("INVALID_VALUE", "recordType")]),
    ({"trigger": "CASE_ESCALATED", "recordType": "LEAD"}, [("INVALID_VALUE", "recordType")]),
    ({"trigger": "CONTRACT_SIGNED", "recordType": "LEAD"}, [("INVALID_VALUE", "recordType")]),
    ({"trigger": "INVOICE_OVERDUE", "recordType": "LEAD"}, [("INVALID_VALUE", "recordType")]),
    ({"trigger": "LEAD_SCORE_THRESHOLD", "recordType": "DEAL"}, [("INVALID_VALUE", "recordType")]),
    ({"trigger": "SCHEDULED"}, [("REQUIRED", "settings")]),
    (
        {"trigger": "LEAD_SCORE_THRESHOLD", "settings": {"threshold": 101}},
        [("INVALID_VALUE", "settings.threshold")],
    ),
    (
        {"trigger": "RECORD_CREATED", "settings": {"threshold": 80}},
        [("INVALID_VALUE", "settings.threshold")],
    ),
    (
        {"trigger": "SCHEDULED", "settings": {"schedule": {"cron": "61 * * * *"}}},
        [("INVALID_VALUE", "settings.schedule.cron")],
    ),
    (
        {"trigger": "SCHEDULED", "settings": {"schedule": {"rrule": "FREQ=SECONDLY"}}},
        [("INVALID_VALUE", "settings.schedule.rrule")],
    ),
    (
        {"trigger": "WEBHOOK_RECEIVED", "settings": {"recordPath": "a..b"}},
        [("INVALID_VALUE", "settings.recordPath")],
    ),
    (
        {
            "trigger": "WEBHOOK_RECEIVED",
            "recordType": None,
            "settings": {"recordPath": "order.id"},
        },
        [("REQUIRED", "recordType")],
    ),
    (
        {"trigger": "FIELD_VALUE_CHANGED", "settings": {"fieldValueChanged": {"field": "name"}}},
        [("INVALID_VALUE", "settings.fieldValueChanged.field")],
    ),
    (
        {
            "trigger": "FIELD_VALUE_CHANGED",
            "settings": {"fieldValueChanged": {"field": "customFields.gone"}},
        },
        [("INVALID_VALUE", "settings.fieldValueChanged.field")],
    ),
    (
        {
            "trigger": "FIELD_VALUE_CHANGED",
            "settings": {"fieldValueChanged": {"field": "score", "to": {"text": "high"}}},
        },
        [("INVALID_VALUE", "settings.fieldValueChanged.to")],
    ),
    (
        {"trigger": "STATUS_CHANGED", "settings": {"statusChanged": {"toStatus": "WON"}}},
        [("INVALID_VALUE", "settings.statusChanged.toStatus")],
    ),
    (
        {"conditions": {"deal": {"name": {"eq": "X"}}}},
        [("INVALID_VALUE", "conditions.deal")],
    ),
    (
        {"conditions": {"lead": {"customFields": [{"key": "gone", "text": {"eq": "X"}}]}}},
        [("INVALID_VALUE", "conditions.lead")],
    ),
    (
        {"payloadConditions": {"value": {"path": "a", "checked": True}}},
        [("INVALID_VALUE", "payloadConditions")],
    ),
    (
        {
            "trigger": "WEBHOOK_RECEIVED",
            "payloadConditions": {"value": {"path": "a"}},
        },
        [("INVALID_VALUE", "payloadConditions")],
    ),
]


@pytest.mark.parametrize(("given", "expected"), TRIGGERS, ids=str)
def test_wf_05_a_trigger_that_cannot_be_is_refused(
    world: World, given: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert refusals(write(world.admin, **given)) == expected


STEPS: list[tuple[list[Any], list[tuple[str, str]]]] = [
    (step("sendEmail"), [("INVALID_VALUE", "sendEmail")]),
    (
        step("sendEmail", own={"subject": "{{ deal.name }}", "body": "{% for %}"}),
        [("INVALID_VALUE", "sendEmail.own.subject"), ("INVALID_VALUE", "sendEmail.own.body")],
    ),
    (
        step("sendEmail", own={"subject": "S", "body": "B"}, to="ADDRESS", address="nobody"),
        [("INVALID_EMAIL", "sendEmail.address")],
    ),
    (
        step("sendEmail", own={"subject": "S", "body": "B"}, to="MANAGER"),
        [("INVALID_VALUE", "sendEmail.to")],
    ),
    (step("sendSms", text=" "), [("REQUIRED", "sendSms.text")]),
    (
        step("sendSms", text="Hi", to="NUMBER", number="12"),
        [("INVALID_PHONE", "sendSms.number")],
    ),
    (
        step("createTask", title="", dueInDays=-1, assignee="USER"),
        [
            ("REQUIRED", "createTask.title"),
            ("INVALID_VALUE", "createTask.dueInDays"),
            ("REQUIRED", "createTask.userId"),
        ],
    ),
    (
        step("updateField", field="status", value={"text": "NEW"}),
        [("INVALID_VALUE", "updateField.field")],
    ),
    (
        step("updateField", field="score", value={"number": "5"}),
        [("INVALID_VALUE", "updateField.field")],
    ),
    (
        step("updateField", field="nothing", value={"number": "5"}),
        [("INVALID_VALUE", "updateField.field")],
    ),
    (
        step("updateField", field="customFields.gone", value={"number": "5"}),
        [("INVALID_VALUE", "updateField.field")],
    ),
    (
        step("updateField", field="employeeCount", value={"text": "many"}),
        [("INVALID_VALUE", "updateField.value")],
    ),
    (
        step("updateField", field="email", value={"text": "nobody"}),
        [("INVALID_EMAIL", "updateField.value")],
    ),
    (
        step("updateField", field="lastName", value={"empty": True}),
        [("REQUIRED", "updateField.value")],
    ),
    (step("assignOwner"), [("INVALID_VALUE", "assignOwner")]),
    (
        step("callWebhook", url="http://127.0.0.1:5432/"),
        [("INVALID_VALUE", "callWebhook.url")],
    ),
    (step("callWebhook", url="http://2130706433/"), [("INVALID_VALUE", "callWebhook.url")]),
    (step("callWebhook", url="http://169.254.169.254/x"), [("INVALID_VALUE", "callWebhook.url")]),
    (step("callWebhook", url="http://localhost/"), [("INVALID_VALUE", "callWebhook.url")]),
    (step("callWebhook", url="ftp://example.com/"), [("INVALID_VALUE", "callWebhook.url")]),
    (step("callWebhook", url="https://a:b@example.com/"), [("INVALID_VALUE", "callWebhook.url")]),
    (
        step("callWebhook", url="https://{{ lead.website }}/"),
        [("INVALID_VALUE", "callWebhook.url")],
    ),
    (
        step("callWebhook", url="https://example.com/", headers=[{"name": "Host", "value": "x"}]),
        [("INVALID_VALUE", "callWebhook.headers.0.name")],
    ),
    (
        step("createDeal", name="D", amount=MONEY | {"amount": "-1"}),
        [("INVALID_VALUE", "createDeal.amount.amount")],
    ),
    (step("changeStatus"), [("REQUIRED", "changeStatus")]),
    (step("changeStatus", status="WON"), [("INVALID_VALUE", "changeStatus.status")]),
    (step("sendNotification", to="USERS", text="X"), [("REQUIRED", "sendNotification.userIds")]),
    (step("sendNotification", to="TEAM", text="X"), [("REQUIRED", "sendNotification.teamId")]),
    (step("wait", minutes=0), [("INVALID_VALUE", "wait.minutes")]),
    (
        step("branch", then=[TASK]),
        [("REQUIRED", "branch.conditions")],
    ),
    (
        step("branch", conditions={"deal": {"name": {"eq": "X"}}}, then=[TASK]),
        [("INVALID_VALUE", "branch.conditions.deal")],
    ),
]


@pytest.mark.parametrize(("steps", "expected"), STEPS, ids=str)
def test_wf_05_a_step_that_cannot_be_done_is_refused(
    world: World, steps: list[Any], expected: list[tuple[str, str]]
) -> None:
    found = refusals(write(world.admin, steps=[NOTE, *steps]))

    assert found == [(code, f"steps.1.{path}") for code, path in expected]


def test_all_refusals_come_at_once(world: World) -> None:
    made = write(
        world.admin,
        trigger="LEAD_SCORE_THRESHOLD",
        settings={"threshold": 0},
        steps=[*step("wait", minutes=0), *step("addNote", text="{{ lead.nothing }}")],
    )

    assert [path for _, path in refusals(made)] == [
        "settings.threshold",
        "steps.0.wait.minutes",
        "steps.1.addNote.text",
    ]
    assert "lead.nothing" in messages(made)


def test_what_is_named_has_to_be_there_and_in_use(world: World) -> None:
    other = World(world.server)
    stranger = other.user("admin")
    world.join("rep", "REP")
    gone = world.user("rep")
    given = {"id": gone, "reassignTo": world.user("admin")}
    assert not world.admin.act("userDeactivate", given).errors

    steps = [
        {"assignOwner": {"userIds": [stranger]}},
        {"createTask": {"title": "T", "assignee": "USER", "userId": gone}},
    ]
    found = refusals(write(world.admin, steps=steps))

    assert found == [
        ("NOT_FOUND", "steps.0.assignOwner.userIds.0"),
        ("INVALID_VALUE", "steps.1.createTask.userId"),
    ]


def test_stages_belong_to_the_records_that_move_through_them(world: World) -> None:
    query = "{ pipelines { nodes { id kind stages { nodes { id } } } } }"
    pipelines = world.admin.run(query)["pipelines"]["nodes"]
    of = {one["kind"]: one for one in pipelines}
    deals, leads = of["DEAL"]["stages"]["nodes"], of["LEAD"]["stages"]["nodes"]

    wrong = write(world.admin, steps=step("changeStatus", stageId=deals[0]["id"]))
    right = write(world.admin, steps=step("changeStatus", stageId=leads[1]["id"]))
    settings = {"pipelineStageChanged": {"toStageId": leads[0]["id"]}}
    trigger: Any = {"trigger": "PIPELINE_STAGE_CHANGED", "recordType": "DEAL", "settings": settings}

    assert refusals(wrong) == [("INVALID_VALUE", "steps.0.changeStatus.stageId")]
    assert refusals(right) == []
    assert refusals(write(world.admin, name="Other", **trigger)) == [
        ("INVALID_VALUE", "settings.pipelineStageChanged.toStageId")
    ]


@pytest.mark.parametrize("kind", ["addNote", "updateField", "changeStatus", "assignOwner"])
def test_a_step_that_needs_a_record_is_refused_where_there_is_none(world: World, kind: str) -> None:
    given: Any = {
        "addNote": {"text": "X"},
        "updateField": {"field": "title", "value": {"text": "X"}},
        "changeStatus": {"status": "DONE"},
        "assignOwner": {"userIds": [world.user("admin")]},
    }[kind]
    schedule = {"schedule": {"cron": "0 9 * * MON"}}

    made = write(
        world.admin, trigger="SCHEDULED", recordType=None, settings=schedule, steps=[{kind: given}]
    )

    assert refusals(made) == [("INVALID_VALUE", f"steps.0.{kind}")]


LOOPS: list[dict[str, Any]] = [
    {"trigger": "RECORD_UPDATED", "steps": step("updateField", field="city", value={"text": "X"})},
    {"trigger": "RECORD_UPDATED", "steps": step("changeStatus", status="CONTACTED")},
    {
        "trigger": "FIELD_VALUE_CHANGED",
        "settings": CHANGED,
        "steps": step("updateField", field="country", value={"text": "DE"}),
    },
    {"trigger": "STATUS_CHANGED", "steps": step("changeStatus", status="CONTACTED")},
    {
        "trigger": "STATUS_CHANGED",
        "settings": {"statusChanged": {"toStatus": "CONTACTED"}},
        "steps": step("changeStatus", status="CONTACTED"),
    },
    {"trigger": "RECORD_CREATED", "recordType": "TASK", "steps": [TASK]},
]


@pytest.mark.parametrize("given", LOOPS, ids=str)
def test_a_workflow_that_certainly_sets_itself_off_is_refused(
    world: World, given: dict[str, Any]
) -> None:
    assert refusals(write(world.admin, **given)) == [("SETS_ITSELF_OFF", "steps.0")]


@pytest.mark.parametrize(
    "given",
    [
        LOOPS[0] | {"conditions": {"lead": {"city": {"isNull": True}}}},
        LOOPS[2] | {"steps": step("updateField", field="state", value={"text": "BY"})},
        {
            "trigger": "STATUS_CHANGED",
            "settings": {"statusChanged": {"toStatus": "NEW"}},
            "steps": step("changeStatus", status="CONTACTED"),
        },
    ],
    ids=str,
)
def test_one_that_may_come_to_an_end_is_not(world: World, given: dict[str, Any]) -> None:
    if "conditions" in given:
        # Cities are no filter of leads; the score is.
        given = given | {"conditions": {"lead": {"score": {"gte": 5}}}}

    assert refusals(write(world.admin, **given)) == []


def test_ten_thousand_conditions_are_refused(world: World) -> None:
    many = {"or": [{"score": {"eq": at % 100}} for at in range(10_000)]}
    asked = """mutation($input: WorkflowCreateInput!) { workflowCreate(input: $input) {
      userErrors { code path } } }"""
    given = {"name": "X", "trigger": "RECORD_CREATED", "recordType": "LEAD", "steps": [TASK]}

    answer = world.admin.send(asked, {"input": given | {"conditions": {"lead": many}}})

    refused = answer.codes or [one["code"] for one in answer.data["workflowCreate"]["userErrors"]]
    assert refused
    assert set(refused) <= {"LIMIT_EXCEEDED", "TOO_LONG", "INVALID_VALUE", "TOO_MANY"}


def test_conditions_of_all_branches_are_counted_together(world: World) -> None:
    some = {"lead": {"or": [{"score": {"eq": at}} for at in range(30)]}}
    branch = {"branch": {"conditions": some, "then": [NOTE]}}

    made = write(world.admin, conditions=some, steps=[branch] * 3)

    assert ("TOO_MANY", "steps.2.branch.conditions") in refusals(made)


def test_steps_are_counted_with_those_of_branches(world: World) -> None:
    branch = {"branch": {"conditions": {"lead": {"score": {"eq": 1}}}, "then": [NOTE] * 25}}

    assert refusals(write(world.admin, steps=[branch] * 2)) == [("TOO_MANY", "steps")]


def test_branches_are_nested_at_most_five_deep(world: World) -> None:
    inner: Any = NOTE
    for _ in range(6):
        inner = {"branch": {"conditions": {"lead": {"score": {"eq": 1}}}, "then": [inner]}}

    made = write(world.admin, steps=[inner])

    assert refusals(made) == [("INVALID_VALUE", f"steps.0.{'branch.then.0.' * 5}branch")]


def test_a_text_that_would_never_end_is_refused(world: World) -> None:
    loop = "{% for a in (1..1000000000) %}{% for b in (1..1000000000) %}x{% endfor %}{% endfor %}"

    made = write(world.admin, steps=step("addNote", text=loop))

    assert refusals(made) == [("INVALID_VALUE", "steps.0.addNote.text")]


def test_conditions_know_no_patterns(world: World) -> None:
    given = {"name": "X", "trigger": "WEBHOOK_RECEIVED", "steps": [TASK]}
    bomb = {"value": {"path": "a", "text": {"matches": "(a+)+$"}}}
    asked = "mutation($input: WorkflowCreateInput!) { workflowCreate(input: $input) {operationId} }"

    answer = world.admin.send(asked, {"input": given | {"payloadConditions": bomb}})

    assert answer.codes == ["BAD_USER_INPUT"]
    assert "matches" in answer.body["errors"][0]["message"]


def test_a_record_of_another_workspace_is_no_workflow(world: World) -> None:
    theirs = write(World(world.server).admin)["workflow"]["id"]

    for name in ("workflowUpdate", "workflowActivate", "workflowArchive", "workflowDuplicate"):
        given = {"id": theirs} | ({"name": "X"} if name == "workflowUpdate" else {})
        assert refusals(world.admin.act(name, given)) == [("NOT_FOUND", "id")]
    assert world.admin.node(theirs) is None
