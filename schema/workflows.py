"""Workflows, their revisions and the ledger of their runs, as the API shows them."""

from datetime import datetime

import strawberry

from auth.roles import Category
from models import workflows as rows
from models.automation_enums import (
    EscalationTarget,
    WorkflowAction,
    WorkflowRunStatus,
    WorkflowStepStatus,
    WorkflowTrigger,
)
from models.enums import CoreEntity
from models.registry import Scope
from schema.declare import Node, column, computed, derived, entity, link, many
from schema.inputs import UNSET, MutationInput, act_input, arg, nested_input
from schema.values import described
from schema.workflow_inputs import (
    PayloadConditionsInput,
    WorkflowConditionsInput,
    WorkflowStepInput,
    WorkflowValueInput,
)
from schema.workflow_steps import StepDefinition, WorkflowValue
from services.workflows import showing, signing

_EXPECTED_VERSION = "The version you read; the act is refused when it has changed since."
_DEFINED = ("trigger", "record_type", "settings", "conditions", "payload_conditions", "steps")


@strawberry.type(description="What a trigger looks at; what it does not have is null.")
class WorkflowTriggerSettings:
    """Settings of a trigger."""

    field: str | None = described("FIELD_VALUE_CHANGED: the field.")
    from_: WorkflowValue | None = described(
        "FIELD_VALUE_CHANGED: what it was before; null: whatever it was.", name="from"
    )
    to: WorkflowValue | None = described(
        "FIELD_VALUE_CHANGED: what it has become; null: whatever it has."
    )
    from_status: str | None = described("STATUS_CHANGED: the status before, of a closed list.")
    to_status: str | None = described("STATUS_CHANGED: the new status, of a closed list.")
    from_case_status: derived("CaseStatus") | None = described(  # type: ignore[valid-type]
        "STATUS_CHANGED of cases: the status before."
    )
    to_case_status: derived("CaseStatus") | None = described(  # type: ignore[valid-type]
        "STATUS_CHANGED of cases: the new status."
    )
    pipeline: derived("Pipeline") | None = described(  # type: ignore[valid-type]
        "PIPELINE_STAGE_CHANGED: the pipeline."
    )
    from_stage: derived("PipelineStage") | None = described(  # type: ignore[valid-type]
        "PIPELINE_STAGE_CHANGED: the stage before."
    )
    to_stage: derived("PipelineStage") | None = described(  # type: ignore[valid-type]
        "PIPELINE_STAGE_CHANGED: the new stage."
    )
    target: EscalationTarget | None = described("CASE_ESCALATED: which target was missed.")
    threshold: int | None = described(
        "LEAD_SCORE_THRESHOLD: the score that is reached; null: the workspace's."
    )
    cron: str | None = described("SCHEDULED: when, as five fields.")
    rrule: str | None = described("SCHEDULED: when, as a rule of RFC 5545.")
    record_path: str | None = described(
        "WEBHOOK_RECEIVED: where in the payload the id or the e-mail address of its record is."
    )


@strawberry.type(description="A run that led to another one.")
class WorkflowChainLink:
    """A link of a chain."""

    workflow: derived("Workflow") | None = described("The workflow.")  # type: ignore[valid-type]
    run: derived("WorkflowRun") | None = described("Its run.")  # type: ignore[valid-type]


@entity(
    rows.Workflow,
    prefix="wfl",
    plural="workflows",
    category=Category.ADMIN,
    scope=Scope.WORKSPACE,
    order="name_key",
)
class Workflow(Node):
    """An automation: what sets it off, what its records have to fit, and what it does."""

    name: str = column("What it is called.", filter="name_key", order="name_key")
    description: str | None = column("What it is for.", max_length=None)
    trigger: WorkflowTrigger = column("What sets it off.", filter=True, group=True)
    record_type: CoreEntity | None = column(
        "What its records are; null where it is about none.", filter=True, group=True
    )
    settings: WorkflowTriggerSettings = computed(
        "What its trigger looks at.",
        batch=showing.settings,
        needs=("trigger", "settings"),
        carries=True,
    )
    conditions: str | None = computed(
        "What its records have to fit, as their list takes it, as JSON; null: all do.",
        batch=showing.conditions,
        needs=("conditions",),
    )
    payload_conditions: str | None = computed(
        "WEBHOOK_RECEIVED: what the payload has to fit, as JSON; null: all do.",
        batch=showing.payload_conditions,
        needs=("payload_conditions",),
    )
    steps: list[StepDefinition] = computed(
        "What it does, in order.",
        batch=showing.steps,
        needs=("steps",),
        carries=True,
    )
    active: bool = column("Whether it is set off.", filter=True, group=True)
    activated_at: datetime | None = column("Since when: what happened before does not set it off.")
    archived_at: datetime | None = column("Since when it is put away.", filter=True)
    revision: int = column("Counts the changes of what it does.")
    revisions = many("WorkflowRevision", "What it was, from change to change.", by="workflow_id")
    runs = many("WorkflowRun", "The times it was set off, the last first.", by="workflow_id")
    owner = link("User", "Who saved it last: what it makes for nobody else is theirs.")
    hook_hint: str | None = column(
        "WEBHOOK_RECEIVED: the end of its address, to tell keys apart; the whole is shown once."
    )
    webhook_secret: str = computed(
        "What signs the requests of its `callWebhook` steps, so that their targets know them:"
        " `X-Coeffection-Signature` is `t=SECONDS,v1=HMAC`, HMAC-SHA256 over `SECONDS.BODY`.",
        batch=signing.secrets,
        needs=("id",),
    )
    problems: list[str] = computed(
        "Why it cannot run as it is, such as a field that is gone; usually empty.",
        batch=showing.problems,
        needs=(*_DEFINED, "name", "problem"),
    )


@entity(
    rows.WorkflowRevision,
    prefix="wfr",
    plural="workflowRevisions",
    category=Category.ADMIN,
    scope=Scope.WORKSPACE,
)
class WorkflowRevision(Node):
    """What a workflow was from one change to the next; runs end as the one they began with."""

    workflow = link("Workflow", "The workflow.", always=True)
    revision: int = column("Its number.", filter=True, order=True)
    name: str = computed("What it was called.", batch=showing.names, needs=("definition",))
    trigger: WorkflowTrigger = computed(
        "What set it off.", batch=showing.triggers, needs=("definition",)
    )
    record_type: CoreEntity | None = computed(
        "What its records were.", batch=showing.record_types, needs=("definition",)
    )
    settings: WorkflowTriggerSettings = computed(
        "What its trigger looked at.",
        batch=showing.settings,
        needs=("definition",),
        carries=True,
    )
    conditions: str | None = computed(
        "What its records had to fit, as JSON.", batch=showing.conditions, needs=("definition",)
    )
    payload_conditions: str | None = computed(
        "What payloads had to fit, as JSON.",
        batch=showing.payload_conditions,
        needs=("definition",),
    )
    steps: list[StepDefinition] = computed(
        "What it did, in order.", batch=showing.steps, needs=("definition",), carries=True
    )
    saved_by = link("User", "Who saved it.")


@entity(
    rows.WorkflowRun,
    prefix="wrun",
    plural="workflowRuns",
    category=Category.ADMIN,
    scope=Scope.WORKSPACE,
)
class WorkflowRun(Node):
    """One time a workflow was set off, and how far it is."""

    workflow = link("Workflow", "The workflow.", always=True)
    revision: int = column("Which revision of it runs.")
    status: WorkflowRunStatus = column("How it stands.", filter=True, group=True)
    event_type: str | None = column("The event that set it off, such as `lead.created`.")
    record: Node | None = computed(
        "The record it is about; null where there is none, or it is gone.",
        batch=showing.records,
        needs=("record_kind", "record_id"),
        carries=True,
    )
    payload: str = computed(
        "What came with it, as JSON: the body of a webhook, what an event changed.",
        batch=showing.payloads,
        needs=("payload",),
    )
    chain: list[WorkflowChainLink] = computed(
        "The runs that led to it, the first first.",
        batch=showing.chains,
        needs=("chain",),
        carries=True,
    )
    next_step: str | None = column("The path of the step that comes next.")
    resume_at: datetime | None = column("WAITING: when it goes on.")
    started_at: datetime | None = column("When its first step began.")
    finished_at: datetime | None = column("When it ended.", filter=True)
    duration_ms: int | None = computed(
        "How long it took from its first step to its end, waits included; in milliseconds.",
        batch=showing.durations,
        needs=("started_at", "finished_at"),
    )
    error: str | None = column("Why it failed or was stopped.", max_length=None)
    steps = many("WorkflowStep", "Each try of each step, the first first.", by="run_id", order="id")


@entity(
    rows.WorkflowStep,
    prefix="wstp",
    plural="workflowSteps",
    category=Category.ADMIN,
    scope=Scope.WORKSPACE,
    listed=True,
)
class WorkflowStep(Node):
    """One try of one step of a run: what went in, what came out, how long it took."""

    run = link("WorkflowRun", "The run.", always=True)
    path: str = column("Which step, such as `2` or `1.then.0`.")
    action: WorkflowAction = column("What it does.")
    attempt: int = column("Counts the tries of the step.")
    status: WorkflowStepStatus = column("How the try ended.")
    input: str = computed(
        "What went in, merge fields filled in, as JSON.", batch=showing.inputs, needs=("input",)
    )
    output: str = computed("What came out, as JSON.", batch=showing.outputs, needs=("output",))
    error: str | None = column("Why it failed.", max_length=None)
    started_at: datetime = column("When it began.")
    finished_at: datetime = column("When it ended.")
    duration_ms: int = computed(
        "How long it took, in milliseconds.",
        batch=showing.durations,
        needs=("started_at", "finished_at"),
    )


@strawberry.type(description="A workflow that is ready but for what only you know.")
class WorkflowTemplate:
    """A template of a workflow."""

    key: str = described("What `workflowCreateFromTemplate` calls it.")
    name: str = described("What the workflow is called.")
    description: str = described("What it is for.")
    trigger: WorkflowTrigger = described("What sets it off.")
    record_type: CoreEntity = described("What its records are.")
    needs_user: bool = described("Whether a user has to be chosen.")


@nested_input
class FieldValueChangedInput:
    """Which field, and between which values."""

    field: str = arg("The field, such as `jobTitle`, `companyId` or `customFields.tier`.")
    from_: WorkflowValueInput | None = arg("What it was before.", name="from", default=None)
    to: WorkflowValueInput | None = arg("What it has become.", default=None)


@nested_input
class StatusChangedInput:
    """Between which statuses; those of cases by id."""

    from_status: str | None = arg("The status before.", default=None)
    to_status: str | None = arg("The new status.", default=None)
    from_case_status_id: strawberry.ID | None = arg(
        "Of cases: the status before.", of="CaseStatus", default=None
    )
    to_case_status_id: strawberry.ID | None = arg(
        "Of cases: the new status.", of="CaseStatus", default=None
    )


@nested_input
class PipelineStageChangedInput:
    """In which pipeline, and between which stages."""

    pipeline_id: strawberry.ID | None = arg("The pipeline.", of="Pipeline", default=None)
    from_stage_id: strawberry.ID | None = arg("The stage before.", of="PipelineStage", default=None)
    to_stage_id: strawberry.ID | None = arg("The new stage.", of="PipelineStage", default=None)


@nested_input(one_of=True)
class WorkflowScheduleInput:
    """When it is set off, where the workspace is: exactly one of these."""

    cron: str | None = arg(
        "Five fields: minute, hour, day of the month, month, weekday; `0 9 * * MON-FRI`.",
        default=UNSET,
    )
    rrule: str | None = arg(
        "A rule of RFC 5545, such as `FREQ=MONTHLY;BYMONTHDAY=-1;BYHOUR=9;BYMINUTE=0`.",
        default=UNSET,
        max_length=500,
    )


@nested_input(one_of=True)
class WorkflowTriggerSettingsInput:
    """What a trigger looks at: exactly one of these, the trigger's own; others need none."""

    field_value_changed: FieldValueChangedInput | None = arg("Which field.", default=UNSET)
    status_changed: StatusChangedInput | None = arg("Which statuses.", default=UNSET)
    pipeline_stage_changed: PipelineStageChangedInput | None = arg("Which stages.", default=UNSET)
    escalation_target: EscalationTarget | None = arg(
        "CASE_ESCALATED: which target; either when left out.", default=UNSET
    )
    threshold: int | None = arg(
        "LEAD_SCORE_THRESHOLD: the score, 1 to 100; the workspace's when left out.", default=UNSET
    )
    schedule: WorkflowScheduleInput | None = arg("SCHEDULED: when.", default=UNSET)
    record_path: str | None = arg(
        "WEBHOOK_RECEIVED: where in the payload the id of the record is, or the e-mail address of"
        " a contact or lead, such as `order.customer.email`.",
        default=UNSET,
    )


@act_input
class WorkflowCreateInput(MutationInput):
    """What a workflow is."""

    name: str = arg("What it is called.", max_length=120)
    description: str | None = arg("What it is for.", default=None, max_length=2000)
    trigger: WorkflowTrigger = arg("What sets it off.")
    record_type: CoreEntity | None = arg(
        "What its records are, where the trigger does not say it by itself.", default=None
    )
    settings: WorkflowTriggerSettingsInput | None = arg("What its trigger looks at.", default=None)
    conditions: WorkflowConditionsInput | None = arg(
        "What its records have to fit; all do when left out.", default=None
    )
    payload_conditions: PayloadConditionsInput | None = arg(
        "WEBHOOK_RECEIVED: what the payload has to fit.", default=None
    )
    steps: list[WorkflowStepInput] = arg("What it does, in order: 1 to 50 steps in all.")
    active: bool = arg("Whether it is set off from now on.", default=False)


@act_input
class WorkflowUpdateInput(MutationInput):
    """What changes of a workflow: what is left out stays, null empties."""

    id: strawberry.ID = arg("The workflow.", of="Workflow")
    name: str | None = arg("What it is called.", default=UNSET, max_length=120)
    description: str | None = arg("What it is for.", default=UNSET, max_length=2000)
    trigger: WorkflowTrigger | None = arg("What sets it off.", default=UNSET)
    record_type: CoreEntity | None = arg("What its records are.", default=UNSET)
    settings: WorkflowTriggerSettingsInput | None = arg(
        "What its trigger looks at, all of it.", default=UNSET
    )
    conditions: WorkflowConditionsInput | None = arg(
        "What its records have to fit, all of it.", default=UNSET
    )
    payload_conditions: PayloadConditionsInput | None = arg(
        "What the payload has to fit, all of it.", default=UNSET
    )
    steps: list[WorkflowStepInput] | None = arg("What it does, all of it.", default=UNSET)
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class WorkflowActivateInput(MutationInput):
    """Which workflow is set off from now on."""

    id: strawberry.ID = arg("The workflow.", of="Workflow")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class WorkflowDeactivateInput(MutationInput):
    """Which workflow is not set off any more."""

    id: strawberry.ID = arg("The workflow.", of="Workflow")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class WorkflowArchiveInput(MutationInput):
    """Which workflow is put away."""

    id: strawberry.ID = arg("The workflow.", of="Workflow")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class WorkflowDuplicateInput(MutationInput):
    """Which workflow another one begins as."""

    id: strawberry.ID = arg("The workflow.", of="Workflow")
    name: str | None = arg(
        "What the copy is called; “Copy of …” when left out.", default=None, max_length=120
    )


@act_input
class WorkflowHookRotateInput(MutationInput):
    """Which workflow gets another address."""

    id: strawberry.ID = arg("The workflow.", of="Workflow")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class WorkflowCreateFromTemplateInput(MutationInput):
    """A workflow that is ready but for what only you know."""

    key: str = arg("The template; `workflowTemplates` lists them.", max_length=60)
    name: str | None = arg(
        "What it is called; as the template when left out.", default=None, max_length=120
    )
    user_id: strawberry.ID | None = arg("Who is chosen, where it asks.", of="User", default=None)
    active: bool = arg("Whether it is set off from now on.", default=False)
