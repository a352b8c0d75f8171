"""The steps of a workflow, as they are read."""

import strawberry

from models.automation_enums import (
    StepAssignee,
    StepRecipient,
    WebhookMethod,
    WorkflowAction,
)
from models.enums import CasePriority, TaskPriority
from schema.declare import derived
from schema.values import described

_LIQUID = "Texts may have merge fields in Liquid."


@strawberry.interface(description="A step of a workflow.")
class StepDefinition:
    """What all steps have."""

    path: str = described("Its place, such as `2` or `1.then.0`; runs name steps by it.")
    action: WorkflowAction = described("What it does.")


@strawberry.type(description="A header of a request.")
class WebhookHeader:
    """A header."""

    name: str = described("Its name.")
    value: str = described("What it says; may have merge fields.")


@strawberry.type(description="An e-mail that is made of no template.")
class OwnEmail:
    """What an e-mail says."""

    subject: str = described("Its subject.")
    body: str = described("Its body, in HTML.")


@strawberry.type(description=f"Send an e-mail. {_LIQUID}")
class SendEmailStep(StepDefinition):
    """SEND_EMAIL."""

    template: derived("EmailTemplate") | None = described(  # type: ignore[valid-type]
        "The template it is made of."
    )
    own: OwnEmail | None = described("What it says, where it is made of no template.")
    to: StepRecipient = described("Whom it writes to.")
    address: str | None = described("ADDRESS: where to.")


@strawberry.type(description=f"Send a text message. {_LIQUID}")
class SendSmsStep(StepDefinition):
    """SEND_SMS."""

    to: StepRecipient = described("Whom it writes to.")
    number: str | None = described("NUMBER: where to.")
    text: str = described("What it says.")


@strawberry.type(description=f"Create a task. {_LIQUID}")
class CreateTaskStep(StepDefinition):
    """CREATE_TASK."""

    title: str = described("What is to be done.")
    description: str | None = described("More about it.")
    priority: TaskPriority | None = described("How urgent it is.")
    due_in_days: int | None = described("In how many days it is due; null: no day.")
    assignee: StepAssignee = described("Who does it.")
    user: derived("User") | None = described("USER: who.")  # type: ignore[valid-type]
    team: derived("Team") | None = described(  # type: ignore[valid-type]
        "TEAM: whose queue."
    )


@strawberry.type(description=f"Open a case. {_LIQUID}")
class CreateCaseStep(StepDefinition):
    """CREATE_CASE."""

    subject: str = described("What it is about.")
    description: str | None = described("More about it.")
    case_priority: CasePriority | None = described("How urgent it is.")
    user: derived("User") | None = described("Who works on it.")  # type: ignore[valid-type]
    team: derived("Team") | None = described(  # type: ignore[valid-type]
        "In whose queue it is, where nobody is named."
    )


@strawberry.type(description="A value that a field gets, or has to have; one of them is set.")
class WorkflowValue:
    """A value of a field."""

    text: str | None = described("A text, one of a closed list, a day, a moment, an option's id.")
    number: str | None = described("A number, to its last digit.")
    checked: bool | None = described("Yes or no.")
    money: derived("Money") | None = described("An amount.")  # type: ignore[valid-type]
    options: list[str] | None = described("Ids of options.")
    id: strawberry.ID | None = described("The id of a record.")
    empty: bool = described("Whether it is no value at all.")


@strawberry.type(description=f"Give a field of the record a value. {_LIQUID}")
class UpdateFieldStep(StepDefinition):
    """UPDATE_FIELD."""

    field: str = described("The field, as the API calls it; `customFields.key` for one's own.")
    value: WorkflowValue = described("What it gets.")


@strawberry.type(description="Give the record to somebody.")
class AssignOwnerStep(StepDefinition):
    """ASSIGN_OWNER."""

    users: list[derived("User")] = described(  # type: ignore[valid-type]
        "Who gets it; several take turns. Empty where the rules of lead assignment decide."
    )
    by_rules: bool = described("Whether the rules of lead assignment decide.")


@strawberry.type(description="Enroll the record's contact or lead in a sequence.")
class AddToSequenceStep(StepDefinition):
    """ADD_TO_SEQUENCE."""

    sequence: derived("Sequence") | None = described("The sequence.")  # type: ignore[valid-type]


@strawberry.type(description=f"Post to a Slack channel. {_LIQUID}")
class SendSlackMessageStep(StepDefinition):
    """SEND_SLACK_MESSAGE."""

    channel: str = described("The channel.")
    text: str = described("What it says.")


@strawberry.type(description=f"Send a request to an address. {_LIQUID}")
class CallWebhookStep(StepDefinition):
    """CALL_WEBHOOK."""

    url: str = described("The address.")
    method: WebhookMethod = described("How it is called.")
    headers: list[WebhookHeader] = described("What it says besides the body.")
    body: str | None = described("The body; null: the record as JSON.")


@strawberry.type(description=f"Open a deal. {_LIQUID}")
class CreateDealStep(StepDefinition):
    """CREATE_DEAL."""

    name: str = described("What it is called.")
    stage: derived("PipelineStage") | None = described(  # type: ignore[valid-type]
        "The stage it begins in; null: the first."
    )
    amount: derived("Money") | None = described("What it is worth.")  # type: ignore[valid-type]
    close_in_days: int | None = described("In how many days it is expected to close.")


@strawberry.type(description=f"Write a note on the record. {_LIQUID}")
class AddNoteStep(StepDefinition):
    """ADD_NOTE."""

    text: str = described("What it says.")


@strawberry.type(description="Move the record to a status or stage.")
class ChangeStatusStep(StepDefinition):
    """CHANGE_STATUS."""

    status: str | None = described("The status, where it is one of a closed list.")
    case_status: derived("CaseStatus") | None = described(  # type: ignore[valid-type]
        "The status, of cases."
    )
    stage: derived("PipelineStage") | None = described(  # type: ignore[valid-type]
        "The stage, where records are in stages."
    )


@strawberry.type(description=f"Begin a project. {_LIQUID}")
class CreateProjectStep(StepDefinition):
    """CREATE_PROJECT."""

    template: derived("ProjectTemplate") | None = described(  # type: ignore[valid-type]
        "The template its milestones and tasks come of."
    )
    name: str = described("What it is called.")


@strawberry.type(description=f"Tell users in the product. {_LIQUID}")
class SendNotificationStep(StepDefinition):
    """SEND_NOTIFICATION."""

    to: StepRecipient = described("Who is told.")
    users: list[derived("User")] = described("USERS: who.")  # type: ignore[valid-type]
    team: derived("Team") | None = described(  # type: ignore[valid-type]
        "TEAM: whose members."
    )
    text: str = described("What they are told.")


@strawberry.type(description=f"Post to a Microsoft Teams channel. {_LIQUID}")
class SendTeamsMessageStep(StepDefinition):
    """SEND_TEAMS_MESSAGE."""

    channel: str = described("The channel.")
    text: str = described("What it says.")


@strawberry.type(description="Go on later.")
class WaitStep(StepDefinition):
    """WAIT."""

    minutes: int = described("How many minutes later.")


@strawberry.type(description="Go one way or the other.")
class BranchStep(StepDefinition):
    """BRANCH."""

    conditions: str | None = described(
        "What the record has to fit for `then`, as its list takes it, as JSON."
    )
    payload_conditions: str | None = described("What the payload has to fit, as JSON.")
    then: list[StepDefinition] = described("What is done where it fits.")
    else_: list[StepDefinition] = described("What is done where it does not.", name="else")


STEPS = {
    WorkflowAction.SEND_EMAIL: SendEmailStep,
    WorkflowAction.SEND_SMS: SendSmsStep,
    WorkflowAction.CREATE_TASK: CreateTaskStep,
    WorkflowAction.CREATE_CASE: CreateCaseStep,
    WorkflowAction.UPDATE_FIELD: UpdateFieldStep,
    WorkflowAction.ASSIGN_OWNER: AssignOwnerStep,
    WorkflowAction.ADD_TO_SEQUENCE: AddToSequenceStep,
    WorkflowAction.SEND_SLACK_MESSAGE: SendSlackMessageStep,
    WorkflowAction.CALL_WEBHOOK: CallWebhookStep,
    WorkflowAction.CREATE_DEAL: CreateDealStep,
    WorkflowAction.ADD_NOTE: AddNoteStep,
    WorkflowAction.CHANGE_STATUS: ChangeStatusStep,
    WorkflowAction.CREATE_PROJECT: CreateProjectStep,
    WorkflowAction.SEND_NOTIFICATION: SendNotificationStep,
    WorkflowAction.SEND_TEAMS_MESSAGE: SendTeamsMessageStep,
    WorkflowAction.WAIT: WaitStep,
    WorkflowAction.BRANCH: BranchStep,
}
"""The type of each kind of step."""
