"""The steps of a workflow, and what its records and payloads have to fit, as they are sent."""

from decimal import Decimal

import strawberry

from models.automation_enums import StepAssignee, StepRecipient, WebhookMethod
from models.enums import CasePriority, TaskPriority
from schema.declare import derived
from schema.inputs import UNSET, arg, nested_input
from schema.values import MoneyInput

_LONG = 10_000
_LONGEST = 100_000
_TEXT = "may have merge fields in Liquid"


@nested_input
class PayloadTextInput:
    """What a text has to be; all that is given has to hold."""

    eq: str | None = arg("This very text.", default=UNSET, max_length=1000)
    ne: str | None = arg("Another text, or none.", default=UNSET, max_length=1000)
    contains: str | None = arg("Has this part.", default=UNSET, max_length=1000)
    starts_with: str | None = arg("Begins with.", default=UNSET, max_length=1000)
    one_of: list[str] | None = arg("One of these (at most 100).", default=UNSET)


@nested_input
class PayloadNumberInput:
    """What a number has to be; all that is given has to hold."""

    eq: Decimal | None = arg("This very number.", default=UNSET)
    ne: Decimal | None = arg("Another number, or none.", default=UNSET)
    gt: Decimal | None = arg("Greater than.", default=UNSET)
    gte: Decimal | None = arg("Greater than or equal to.", default=UNSET)
    lt: Decimal | None = arg("Less than.", default=UNSET)
    lte: Decimal | None = arg("Less than or equal to.", default=UNSET)


@nested_input
class PayloadValueInput:
    """What a value of a payload has to be; all that is given has to hold."""

    path: str = arg("Where it is, such as `order.items.0.sku`.")
    text: PayloadTextInput | None = arg("Where it is a text.", default=UNSET)
    number: PayloadNumberInput | None = arg("Where it is a number.", default=UNSET)
    checked: bool | None = arg("Where it is true or false.", default=UNSET)
    is_null: bool | None = arg("Whether it is missing or null.", default=UNSET)


@nested_input(one_of=True)
class PayloadConditionsInput:
    """What a payload has to fit: exactly one of these."""

    value: PayloadValueInput | None = arg("A value of it.", default=UNSET)
    and_: list["PayloadConditionsInput"] | None = arg("All of these.", name="and", default=UNSET)
    or_: list["PayloadConditionsInput"] | None = arg("One of these.", name="or", default=UNSET)
    not_: "PayloadConditionsInput | None" = arg("None of this.", name="not", default=UNSET)


@nested_input(one_of=True)
class WorkflowValueInput:
    """A value of a field: exactly one of these, the one of the field's type."""

    text: str | None = arg(
        "A text, one of a closed list, a day, a moment, or the id of an option.",
        default=UNSET,
        max_length=_LONG,
    )
    number: Decimal | None = arg("A number.", default=UNSET)
    checked: bool | None = arg("Yes or no.", default=UNSET)
    money: MoneyInput | None = arg("An amount.", default=UNSET)
    options: list[str] | None = arg("Ids of options.", default=UNSET)
    id: strawberry.ID | None = arg("The id of a record.", default=UNSET)
    empty: bool | None = arg("No value at all: true.", default=UNSET)


@nested_input(one_of=True)
class WorkflowConditionsInput:
    """What records have to fit: the filter of their list, exactly one of these."""

    contact: derived("ContactFilter") | None = arg("Contacts.", default=UNSET)  # type: ignore[valid-type]
    company: derived("CompanyFilter") | None = arg("Companies.", default=UNSET)  # type: ignore[valid-type]
    lead: derived("LeadFilter") | None = arg("Leads.", default=UNSET)  # type: ignore[valid-type]
    deal: derived("DealFilter") | None = arg("Deals.", default=UNSET)  # type: ignore[valid-type]
    case: derived("CaseFilter") | None = arg("Cases.", default=UNSET)  # type: ignore[valid-type]
    task: derived("TaskFilter") | None = arg("Tasks.", default=UNSET)  # type: ignore[valid-type]
    project: derived("ProjectFilter") | None = arg("Projects.", default=UNSET)  # type: ignore[valid-type]
    product: derived("ProductFilter") | None = arg("Products.", default=UNSET)  # type: ignore[valid-type]
    quote: derived("QuoteFilter") | None = arg("Quotes.", default=UNSET)  # type: ignore[valid-type]
    contract: derived("ContractFilter") | None = arg("Contracts.", default=UNSET)  # type: ignore[valid-type]
    invoice: derived("InvoiceFilter") | None = arg("Invoices.", default=UNSET)  # type: ignore[valid-type]


@nested_input
class OwnEmailInput:
    """An e-mail that is made of no template."""

    subject: str = arg(f"Its subject; {_TEXT}.", max_length=1000)
    body: str = arg(f"Its body, in HTML; {_TEXT}.", max_length=_LONGEST)


@nested_input
class SendEmailStepInput:
    """Send an e-mail: of a template, or with a text of its own."""

    template_id: strawberry.ID | None = arg("The template.", of="EmailTemplate", default=None)
    own: OwnEmailInput | None = arg("What it says.", default=None)
    to: StepRecipient = arg("RECORD, OWNER or ADDRESS.", default=StepRecipient.RECORD)
    address: str | None = arg("ADDRESS: where to.", default=None)


@nested_input
class SendSmsStepInput:
    """Send a text message."""

    to: StepRecipient = arg("RECORD or NUMBER.", default=StepRecipient.RECORD)
    number: str | None = arg("NUMBER: where to, with its country code.", default=None)
    text: str = arg(f"What it says; {_TEXT}.", max_length=1600)


@nested_input
class CreateTaskStepInput:
    """Create a task."""

    title: str = arg(f"What is to be done; {_TEXT}.", max_length=1000)
    description: str | None = arg(f"More; {_TEXT}.", default=None, max_length=_LONG)
    priority: TaskPriority | None = arg("How urgent it is.", default=None)
    due_in_days: int | None = arg("In how many days it is due, 0 to 365.", default=None)
    assignee: StepAssignee = arg("Who does it.", default=StepAssignee.OWNER)
    user_id: strawberry.ID | None = arg("USER: who.", of="User", default=None)
    team_id: strawberry.ID | None = arg("TEAM: whose queue.", of="Team", default=None)


@nested_input
class CreateCaseStepInput:
    """Open a case with the record's contact."""

    subject: str = arg(f"What it is about; {_TEXT}.", max_length=1000)
    description: str | None = arg(f"More; {_TEXT}.", default=None, max_length=_LONG)
    case_priority: CasePriority | None = arg("How urgent it is.", default=None)
    user_id: strawberry.ID | None = arg("Who works on it.", of="User", default=None)
    team_id: strawberry.ID | None = arg("In whose queue it is.", of="Team", default=None)


@nested_input
class UpdateFieldStepInput:
    """Give a field of the record a value."""

    field: str = arg("The field, such as `jobTitle`, `companyId` or `customFields.tier`.")
    value: WorkflowValueInput = arg("What it gets; texts may have merge fields in Liquid.")


@nested_input
class AssignOwnerStepInput:
    """Give the record to somebody."""

    user_ids: list[strawberry.ID] = arg(
        "Who gets it; several take turns, at most 100.", of="User", default_factory=list
    )
    by_rules: bool = arg("Whether the rules of lead assignment decide; of leads.", default=False)


@nested_input
class AddToSequenceStepInput:
    """Enroll the record's contact or lead in a sequence."""

    sequence_id: strawberry.ID = arg("The sequence.", of="Sequence")


@nested_input
class PostMessageStepInput:
    """Post to a channel."""

    channel: str = arg("The channel.")
    text: str = arg(f"What it says; {_TEXT}.", max_length=_LONG)


@nested_input
class WebhookHeaderInput:
    """A header of a request."""

    name: str = arg("Its name.", max_length=100)
    value: str = arg(f"What it says; {_TEXT}.", max_length=1000)


@nested_input
class CallWebhookStepInput:
    """Send a request to an address."""

    url: str = arg(f"The address, http or https; {_TEXT} behind the host.", max_length=2000)
    method: WebhookMethod = arg("How it is called.", default=WebhookMethod.POST)
    headers: list[WebhookHeaderInput] = arg("Headers, at most 20.", default_factory=list)
    body: str | None = arg(
        f"The body; {_TEXT}. The record as JSON when left out.", default=None, max_length=_LONGEST
    )


@nested_input
class CreateDealStepInput:
    """Open a deal."""

    name: str = arg(f"What it is called; {_TEXT}.", max_length=1000)
    stage_id: strawberry.ID | None = arg(
        "The stage it begins in; the first when left out.", of="PipelineStage", default=None
    )
    amount: MoneyInput | None = arg("What it is worth.", default=None)
    close_in_days: int | None = arg(
        "In how many days it is expected to close, 0 to 3,650.", default=None
    )


@nested_input
class AddNoteStepInput:
    """Write a note on the record."""

    text: str = arg(f"What it says; {_TEXT}.", max_length=_LONG)


@nested_input
class ChangeStatusStepInput:
    """Move the record to a status or stage: exactly one is named, the one its kind has."""

    status: str | None = arg("The status, of contacts, tasks and other closed lists.", default=None)
    case_status_id: strawberry.ID | None = arg(
        "The status, of cases.", of="CaseStatus", default=None
    )
    stage_id: strawberry.ID | None = arg(
        "The stage, of deals, leads and projects.", of="PipelineStage", default=None
    )


@nested_input
class CreateProjectStepInput:
    """Begin a project with the record's contact, company or deal."""

    template_id: strawberry.ID | None = arg(
        "The template its milestones and tasks come of.", of="ProjectTemplate", default=None
    )
    name: str = arg(f"What it is called; {_TEXT}.", max_length=1000)


@nested_input
class SendNotificationStepInput:
    """Tell users in the product."""

    to: StepRecipient = arg("OWNER, MANAGER, USERS or TEAM.", default=StepRecipient.OWNER)
    user_ids: list[strawberry.ID] = arg("USERS: who.", of="User", default_factory=list)
    team_id: strawberry.ID | None = arg("TEAM: whose members.", of="Team", default=None)
    text: str = arg(f"What they are told; {_TEXT}.", max_length=2000)


@nested_input
class WaitStepInput:
    """Go on later."""

    minutes: int = arg("How many minutes later, 1 to 525,600 (a year).")


@nested_input
class BranchStepInput:
    """Go one way where the record and the payload fit, and the other way where they do not."""

    conditions: WorkflowConditionsInput | None = arg("What the record has to fit.", default=None)
    payload_conditions: PayloadConditionsInput | None = arg(
        "What the payload of a webhook has to fit.", default=None
    )
    then: list["WorkflowStepInput"] = arg("What is done where it fits.", default_factory=list)
    else_: list["WorkflowStepInput"] = arg(
        "What is done where it does not.", name="else", default_factory=list
    )


@nested_input(one_of=True)
class WorkflowStepInput:
    """A step of a workflow: exactly one of these."""

    send_email: SendEmailStepInput | None = arg("Send an e-mail.", default=UNSET)
    send_sms: SendSmsStepInput | None = arg("Send a text message.", default=UNSET)
    create_task: CreateTaskStepInput | None = arg("Create a task.", default=UNSET)
    create_case: CreateCaseStepInput | None = arg("Open a case.", default=UNSET)
    update_field: UpdateFieldStepInput | None = arg("Change a field.", default=UNSET)
    assign_owner: AssignOwnerStepInput | None = arg("Give it to somebody.", default=UNSET)
    add_to_sequence: AddToSequenceStepInput | None = arg("Enroll it.", default=UNSET)
    send_slack_message: PostMessageStepInput | None = arg("Post to Slack.", default=UNSET)
    call_webhook: CallWebhookStepInput | None = arg("Call an address.", default=UNSET)
    create_deal: CreateDealStepInput | None = arg("Open a deal.", default=UNSET)
    add_note: AddNoteStepInput | None = arg("Write a note.", default=UNSET)
    change_status: ChangeStatusStepInput | None = arg("Move it.", default=UNSET)
    create_project: CreateProjectStepInput | None = arg("Begin a project.", default=UNSET)
    send_notification: SendNotificationStepInput | None = arg("Tell users.", default=UNSET)
    send_teams_message: PostMessageStepInput | None = arg("Post to Teams.", default=UNSET)
    wait: WaitStepInput | None = arg("Go on later.", default=UNSET)
    branch: BranchStepInput | None = arg("Go one way or the other.", default=UNSET)
