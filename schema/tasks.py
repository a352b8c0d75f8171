"""Tasks, as the API shows them."""

import datetime as dt

import strawberry

from auth.roles import Category
from core.codes import UserErrorCode
from models import tasks as rows
from models.enums import TaskPriority, TaskStatus
from models.registry import Write
from schema.declare import Node, column, computed, entity, link, many, one_of
from schema.inputs import MutationInput, act_input, arg
from schema.refusals import UserError, records, refusal
from services import dependencies, tasks


@entity(
    rows.Task,
    prefix="task",
    plural="tasks",
    category=Category.TASKS,
    queue="team_id",
    within="project",
    core=True,
)
class Task(Node):
    """A piece of work: somebody's, or waiting in the queue of a team."""

    title: str = column(
        "What is to be done.",
        write=Write.ALWAYS,
        required=True,
        filter="title_key",
        contains=True,
        order="title_key",
    )
    description: str | None = column("More about it.", write=Write.ALWAYS, max_length=10_000)
    status: TaskStatus = column(
        "How far it is; TO_DO when left out. A change puts it on top of its column.",
        write=Write.ALWAYS,
        filter=True,
        order="status_key",
        group=True,
    )
    priority: TaskPriority = column(
        "How urgent it is; MEDIUM when left out.",
        write=Write.ALWAYS,
        filter=True,
        order="priority_key",
        group=True,
    )
    due_at: dt.datetime = column(
        "When it is due; when left out, the next day at 17:00 in the workspace's time zone.",
        write=Write.ALWAYS,
        filter=True,
        order=True,
    )
    due_on: dt.date = computed(
        "The day it is due, in the workspace's time zone: the same for everybody.",
        batch=tasks.days_due,
    )
    overdue_at: dt.datetime | None = column(
        "When it was found not to be done in time; null again once it is done or due later.",
        filter=True,
    )
    is_overdue: bool = computed("Whether it is past due and not done.", batch=tasks.are_overdue)
    completed_at: dt.datetime | None = column("When it was done.", filter=True)
    owner = link(
        "User",
        "Who does it; null while it waits in a queue. Whoever creates it when left out.",
        write=Write.ALWAYS,
        group=True,
    )
    team = link("Team", "The team in whose queue it waits.", write=Write.ALWAYS, group=True)
    claimed_from = link("Team", "The queue its owner took it from.")
    rank: str = column("Its place in its column; texts that sort.")
    position: int = column(
        "Its place in the checklist, project or milestone it is part of.", filter=True, order=True
    )
    lead = link("Lead", "The lead it is about.", write=Write.ALWAYS)
    deal = link("Deal", "The deal it is about.", write=Write.ALWAYS)
    case = link("Case", "The case it is part of the checklist of.", write=Write.ALWAYS)
    contact = link("Contact", "The contact it is about.", write=Write.ALWAYS)
    company = link("Company", "The company it is about.", write=Write.ALWAYS)
    project = link("Project", "The project it is part of.", write=Write.ALWAYS, group=True)
    milestone = link(
        "Milestone",
        "The milestone it is part of; it brings its project with it.",
        write=Write.ALWAYS,
        group=True,
    )
    related = one_of(
        "TaskRelated",
        "What it is about: nothing or one record, of a project's milestone the milestone.",
        links=("milestone", "project", "lead", "deal", "case", "contact", "company"),
    )
    is_gate_requirement: bool = computed(
        "Whether a stage gate waits for it.", batch=tasks.are_required
    )
    is_blocked: bool = computed(
        "Whether tasks that must be done first are not, those out of your sight included.",
        batch=dependencies.are_blocked,
    )
    blocked_by = many(
        "Task",
        "The tasks that must be done before it can start.",
        by="blocked_id",
        through="task_dependency",
        to="blocker_id",
    )
    blocks = many(
        "Task",
        "The tasks that cannot start before it is done.",
        by="blocker_id",
        through="task_dependency",
        to="blocked_id",
    )


@refusal(UserErrorCode.TASK_BLOCKED)
class TaskBlockedError(UserError):
    """Other tasks have to be done first."""

    blockers = records("Task", "Those that are not done and that you see.")


@refusal(UserErrorCode.DEPENDENCY_CYCLE)
class DependencyCycleError(UserError):
    """The task would wait for itself."""

    cycle = records(
        "Task",
        "Each waits for the next and the last for the first; those out of your sight are left out.",
    )


_VERSION = "The version you read; the act is refused when it has changed since."


@act_input
class TaskMoveInput(MutationInput):
    """Where a task goes on its board."""

    id: strawberry.ID = arg("The task.", of="Task")
    to_status: TaskStatus = arg("The column it goes to.")
    after_card_id: strawberry.ID | None = arg(
        "Directly below this card, if it is in the column.", of="Task", default=None
    )
    before_card_id: strawberry.ID | None = arg(
        "Else directly above this one; on top of the column without either.",
        of="Task",
        default=None,
    )
    expected_version: int = arg(_VERSION)


@act_input
class TaskCompleteInput(MutationInput):
    """Which task is done."""

    id: strawberry.ID = arg("The task.", of="Task")
    expected_version: int | None = arg(_VERSION, default=None)


@act_input
class TaskClaimInput(MutationInput):
    """Which task to take from its queue."""

    id: strawberry.ID = arg("The task.", of="Task")


@act_input
class TaskReleaseInput(MutationInput):
    """Which task goes back to the queue it was taken from."""

    id: strawberry.ID = arg("The task.", of="Task")


@act_input
class TaskBlockerAddInput(MutationInput):
    """Which task waits for which."""

    task_id: strawberry.ID = arg("The task that waits.", of="Task")
    blocker_id: strawberry.ID = arg("The task that must be done first.", of="Task")


@act_input
class TaskBlockerRemoveInput(MutationInput):
    """Which task no longer waits for which."""

    task_id: strawberry.ID = arg("The task that waits.", of="Task")
    blocker_id: strawberry.ID = arg("The task it no longer waits for.", of="Task")
