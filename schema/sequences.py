"""Sequences, as the API shows them."""

from datetime import datetime

import strawberry
from strawberry import UNSET

from auth.roles import Category
from core.codes import UserErrorCode
from models import sequences as rows
from models.automation_enums import EnrollmentStatus, SequenceStepKind, StopReason
from models.registry import Scope
from schema.declare import Node, column, entity, link, many
from schema.inputs import MutationInput, act_input, arg, nested_input
from schema.refusals import UserError, record, refusal

_EXPECTED_VERSION = "The version you read; the act is refused when it has changed since."


@entity(
    rows.Sequence,
    prefix="seq",
    plural="sequences",
    category=Category.COMMUNICATIONS,
    scope=Scope.WORKSPACE,
)
class Sequence(Node):
    """E-mails and tasks in an order, each some time after the one before."""

    name: str = column("Name of the sequence.", filter="name_key", order="name_key")
    archived_at: datetime | None = column("Since when nobody is in it any more.", filter=True)
    steps = many("SequenceStep", "Its steps, in order.", by="sequence_id", order="position")
    enrollments = many("SequenceEnrollment", "Who is or was in it.", by="sequence_id")


@entity(
    rows.SequenceStep,
    prefix="sqs",
    plural="sequenceSteps",
    category=Category.COMMUNICATIONS,
    scope=Scope.WORKSPACE,
)
class SequenceStep(Node):
    """One e-mail or task of a sequence."""

    position: int = column("Its place in the sequence.", order=True)
    wait_minutes: int = column(
        "How many minutes after the step before, or after the enrollment, it is done."
    )
    kind: SequenceStepKind = column("What it does.")
    template = link("EmailTemplate", "What the e-mail says; null for a task.")
    title: str | None = column("What the task is called; null for an e-mail.")
    description: str | None = column("What the task says.")
    sequence = link("Sequence", "The sequence it is a step of.", always=True)


@entity(
    rows.SequenceEnrollment,
    prefix="enr",
    plural="sequenceEnrollments",
    category=Category.COMMUNICATIONS,
)
class SequenceEnrollment(Node):
    """A contact's or lead's way through a sequence: once each."""

    sequence = link("Sequence", "The sequence.", always=True, group=True)
    contact = link("Contact", "Who goes through it, where it is a contact.")
    lead = link("Lead", "Who goes through it, where it is a lead.")
    owner = link("User", "In whose name the e-mails go out and whose the tasks are.", group=True)
    status: EnrollmentStatus = column("Whether it goes on.", filter=True, group=True)
    stop_reason: StopReason | None = column("Why it ended early; null where it did not.")
    steps_done: int = column("How many steps are done.")
    next_at: datetime | None = column(
        "When the next step is done; null where there is none.", filter=True
    )
    finished_at: datetime | None = column("When it ended.")
    error: str | None = column("What went wrong, where it FAILED.")


@nested_input
class SequenceStepInput:
    """One step: an e-mail by a template, or a task with a title. Its waits are added up."""

    template_id: strawberry.ID | None = arg(
        "The template of an e-mail: for any record, for contacts or for leads.",
        of="EmailTemplate",
        default=None,
    )
    title: str | None = arg("What a task is called.", default=None, max_length=None)
    description: str | None = arg("What a task says.", default=None, max_length=None)
    wait_days: int = arg("Days after the step before, or after the enrollment.", default=0)
    wait_hours: int = arg("Hours on top of them.", default=0)
    wait_minutes: int = arg("Minutes on top of them.", default=0)


@act_input
class SequenceCreateInput(MutationInput):
    """A new sequence."""

    name: str = arg("Name of the sequence, unique among those that are used.", max_length=None)
    steps: list[SequenceStepInput] = arg("Its steps, in order; at most 50.")


@act_input
class SequenceUpdateInput(MutationInput):
    """What changes on a sequence; fields left out stay."""

    id: strawberry.ID = arg("The sequence.", of="Sequence")
    name: str | None = arg("Name of the sequence.", max_length=None, default=UNSET)
    steps: list[SequenceStepInput] | None = arg(
        "All of its steps anew. Who is in it goes on by the places of the steps: whoever has done"
        " two does the new third one next, when the old one was to be done.",
        default=UNSET,
    )
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class SequenceArchiveInput(MutationInput):
    """Which sequence is used no more."""

    id: strawberry.ID = arg("The sequence.", of="Sequence")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class SequenceEnrollInput(MutationInput):
    """Who begins a sequence."""

    sequence_id: strawberry.ID = arg("The sequence.", of="Sequence")
    contact_ids: list[strawberry.ID] = arg(
        "Contacts; with the leads at most 100.", of="Contact", default_factory=list
    )
    lead_ids: list[strawberry.ID] = arg(
        "Leads; with the contacts at most 100.", of="Lead", default_factory=list
    )
    owner_id: strawberry.ID | None = arg(
        "In whose name the e-mails go out and whose the tasks are; yours when left out.",
        of="User",
        default=None,
    )


@act_input
class SequenceUnenrollInput(MutationInput):
    """Who is taken out of a sequence."""

    id: strawberry.ID = arg("The enrollment.", of="SequenceEnrollment")


@refusal(UserErrorCode.ALREADY_ENROLLED)
class AlreadyEnrolledError(UserError):
    """A contact or lead goes through a sequence once."""

    enrollment = record("SequenceEnrollment", "How that went, or goes.")
