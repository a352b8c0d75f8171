"""Stage gates, approvals and the tasks a stage brings, as the API shows them."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry import UNSET

from auth.roles import Category
from core.codes import UserErrorCode
from models import gates as rows
from models.enums import (
    ApprovalDecision,
    GateConditionKind,
    GateMode,
    TaskPriority,
    TemplateAssignee,
)
from models.registry import Scope
from models.sale_enums import ContractType
from schema.declare import Node, column, derived, entity, link, many
from schema.inputs import MutationInput, act_input, arg, nested_input
from schema.refusals import UserError, record, refusal
from schema.values import described

_EXPECTED_VERSION = "The version you read; the act is refused when it has changed since."


@entity(
    rows.StageGate,
    prefix="gate",
    plural="stageGates",
    category=Category.DEALS,
    scope=Scope.WORKSPACE,
)
class StageGate(Node):
    """What must hold before a deal enters a stage, or passes it."""

    mode: GateMode = column("Whether it blocks a move or warns.")
    stage = link("PipelineStage", "The stage it stands before.", always=True)
    conditions = many(
        "GateCondition", "What it asks for, in order.", by="gate_id", order="position"
    )


@entity(
    rows.GateCondition,
    prefix="gcon",
    plural="gateConditions",
    category=Category.DEALS,
    scope=Scope.WORKSPACE,
)
class GateCondition(Node):
    """One thing a gate asks for."""

    position: int = column("Its place in the gate.", order=True)
    kind: GateConditionKind = column("What it asks for; the field of that kind is filled.")
    field: str | None = column("The field of the deal that is to be filled.")
    task_title: str | None = column("The task of the deal that is to be done.")
    approver = link("User", "Who is to approve.")
    contract_type: ContractType | None = column("The type of contract to be fully signed.")
    gate = link("StageGate", "The gate it is part of.", always=True)


@entity(
    rows.ApprovalRequest,
    prefix="apr",
    plural="approvalRequests",
    category=Category.DEALS,
    scope=Scope.PARENT,
    parent="deal",
    seen_by=("approver_id", "requested_by_id"),
)
class ApprovalRequest(Node):
    """What a user was asked: whether a deal may enter a stage."""

    deal = link("Deal", "The deal; null where it is out of your sight.")
    deal_name: str = column("What the deal was called when it was asked for.")
    stage = link("PipelineStage", "The stage it is to enter.", always=True)
    condition = link("GateCondition", "The condition it is for; null when that is gone.")
    approver = link("User", "Who decides.", always=True)
    requested_by = link("User", "Who asked.", always=True)
    comment: str | None = column("What was said with the question.")
    decision: ApprovalDecision = column("What became of it.", filter=True)
    decided_by = link("User", "Who decided.")
    decided_at: datetime | None = column("When.")
    answer: str | None = column("What was said with the answer.")
    used_at: datetime | None = column("When the deal moved on by it; it opens a gate once.")


@entity(
    rows.StageTaskTemplate,
    prefix="stt",
    plural="stageTaskTemplates",
    category=Category.DEALS,
    scope=Scope.WORKSPACE,
)
class StageTaskTemplate(Node):
    """A task that each deal brings that enters a stage."""

    position: int = column("Its place among the templates of the stage.", order=True)
    title: str = column("What is to be done.")
    assignee: TemplateAssignee = column("Whom the tasks go to.")
    user = link("User", "The user, where it is a certain one.")
    team = link("Team", "The team whose queue they go to, where it is one.")
    priority: TaskPriority = column("How urgent they are.")
    due_offset_days: int = column("Days from the deal's entry until they are due.")
    stage = link("PipelineStage", "The stage that brings them.", always=True)


@strawberry.type(description="A field of the deal is empty: fill it.")
class FieldRequiredCondition:
    """A field."""

    field: str = described("The field, as the API names it.")
    label: str = described("What it holds.")


@strawberry.type(description="A task of the deal is not done: do it.")
class TaskRequiredCondition:
    """A task."""

    title: str = described("What the task is called.")
    task: derived("Task") | None = described(  # type: ignore[valid-type]
        "The deal's task of that name; null where there is none, or it is out of your sight."
    )


@strawberry.type(description="Nobody has approved yet: ask with `dealApprovalRequest`.")
class ApprovalRequiredCondition:
    """An approval."""

    approver: derived("User") | None = described("Who is to approve.")  # type: ignore[valid-type]
    request: derived("ApprovalRequest") | None = described(  # type: ignore[valid-type]
        "The request that was made; null where none was."
    )


@strawberry.type(description="No contract of the type is fully signed: have one signed.")
class ContractRequiredCondition:
    """A contract."""

    contract_type: ContractType = described("The type of contract.")


UnmetCondition = Annotated[
    FieldRequiredCondition
    | TaskRequiredCondition
    | ApprovalRequiredCondition
    | ContractRequiredCondition,
    strawberry.union("UnmetCondition", description="What a gate asks for and is not so."),
]


@strawberry.type(description="What a soft gate has to say about a move that was made.")
class StageGateWarning:
    """A warning."""

    gate: derived("StageGate") | None = described("The gate.")  # type: ignore[valid-type]
    message: str = described("What to tell the person.")
    unmet: list[UnmetCondition] = described("What it asks for and is not so.")


@refusal(UserErrorCode.STAGE_GATE_BLOCKED)
class StageGateError(UserError):
    """A hard gate keeps the deal out."""

    gate = record("StageGate", "The first of the gates that do.")
    unmet: list[UnmetCondition] = described("All that is not so.")


@nested_input(one_of=True)
class GateConditionInput:
    """One thing to ask for: exactly one of these."""

    field: str | None = arg("A field of the deal, as the API names it.", default=UNSET)
    task_title: str | None = arg(
        "A task of the deal by its title; deals bring it when they are one stage before.",
        default=UNSET,
    )
    approver_id: strawberry.ID | None = arg("A user who approves.", of="User", default=UNSET)
    contract_type: ContractType | None = arg("A signed contract of a type.", default=UNSET)


@act_input
class StageGateSetInput(MutationInput):
    """A stage's gate, in place of the one it has."""

    stage_id: strawberry.ID = arg("The stage.", of="PipelineStage")
    mode: GateMode = arg("Whether it blocks a move or warns.", default=GateMode.HARD)
    conditions: list[GateConditionInput] = arg(
        "What it asks for, at most 20; an empty list takes the gate away."
    )


@nested_input(one_of=True)
class TemplateAssigneeInput:
    """Whom the tasks go to: exactly one of these."""

    deal_owner: bool | None = arg("The owner of the deal.", default=UNSET)
    user_id: strawberry.ID | None = arg("A certain user.", of="User", default=UNSET)
    team_id: strawberry.ID | None = arg("The queue of a team.", of="Team", default=UNSET)


@act_input
class PipelineStageTaskTemplateAddInput(MutationInput):
    """A task that deals bring from now on when they enter a stage."""

    stage_id: strawberry.ID = arg("The stage.", of="PipelineStage")
    title: str = arg("What is to be done.")
    assignee: TemplateAssigneeInput | None = arg(
        "Whom it goes to; the deal's owner when left out.", default=None
    )
    priority: TaskPriority = arg("How urgent it is.", default=TaskPriority.MEDIUM)
    due_offset_days: int = arg("Days from the deal's entry until it is due.", default=1)


@act_input
class PipelineStageTaskTemplateUpdateInput(MutationInput):
    """What changes on a task template."""

    id: strawberry.ID = arg("The template.", of="StageTaskTemplate")
    title: str | None = arg("What is to be done.", default=UNSET)
    assignee: TemplateAssigneeInput | None = arg("Whom it goes to.", default=None)
    priority: TaskPriority | None = arg("How urgent it is.", default=UNSET)
    due_offset_days: int | None = arg("Days until it is due.", default=UNSET)
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class PipelineStageTaskTemplateRemoveInput(MutationInput):
    """A task template that is to go."""

    id: strawberry.ID = arg("The template.", of="StageTaskTemplate")


@act_input
class DealApprovalRequestInput(MutationInput):
    """A deal and the stage it is to enter."""

    deal_id: strawberry.ID = arg("The deal.", of="Deal")
    to_stage_id: strawberry.ID = arg("The stage.", of="PipelineStage")
    comment: str | None = arg("What to say to the approver.", default=None, max_length=1000)


@act_input
class ApprovalDecideInput(MutationInput):
    """An answer."""

    id: strawberry.ID = arg("The request.", of="ApprovalRequest")
    decision: ApprovalDecision = arg("APPROVED or REJECTED.")
    comment: str | None = arg("What to say with it.", default=None, max_length=1000)
