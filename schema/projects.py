"""Projects, their milestones and templates, as the API shows them."""

import datetime as dt

import strawberry

from auth.roles import Category
from models import projects as rows
from models.enums import MilestoneStatus, TaskPriority
from models.registry import Scope, Write
from schema.custom_values import CustomFieldInput
from schema.declare import Node, column, computed, entity, link, many, one_of
from schema.inputs import UNSET, MutationInput, act_input, arg, nested_input
from services import milestones, projects

_VERSION = "The version you read; the act is refused when it has changed since."


@entity(
    rows.Project,
    prefix="prj",
    plural="projects",
    category=Category.PROJECTS,
    members="project_member",
    core=True,
)
class Project(Node):
    """Tasks under a shared goal, such as a customer's onboarding."""

    name: str = column(
        "What it is called.",
        write=Write.ALWAYS,
        required=True,
        filter="name_key",
        contains=True,
        order="name_key",
    )
    description: str | None = column("What it is for.", write=Write.ALWAYS, max_length=10_000)
    pipeline = link("Pipeline", "The pipeline it moves through.", always=True, group=True)
    stage = link("PipelineStage", "Its status: the stage it is in.", always=True, group=True)
    stage_entered_at: dt.datetime = column("Since when it is in its stage.", filter=True)
    rank: str = column("Its place in its column; texts that sort.")
    starts_on: dt.date = column(
        "Its first day; today when left out.",
        write=Write.ALWAYS,
        filter=True,
        order=True,
        group=True,
    )
    ends_on: dt.date = column(
        "Its last day; 30 days after its first when left out.",
        write=Write.ALWAYS,
        filter=True,
        order=True,
        group=True,
    )
    completed_at: dt.datetime | None = column("When it came to a closed stage.", filter=True)
    contact = link("Contact", "The contact it is for.", write=Write.ALWAYS)
    company = link("Company", "The company it is for.", write=Write.ALWAYS)
    deal = link("Deal", "The deal it came of.", write=Write.ALWAYS)
    related = one_of(
        "ProjectRelated",
        "Whom or what it is for: nothing or one record.",
        links=("contact", "company", "deal"),
    )
    owner = link("User", "Who leads it.", write=Write.ALWAYS, group=True)
    members = many(
        "User",
        "Whom it is shared with: they see it, its milestones and its tasks.",
        by="project_id",
        through="project_member",
        to="user_id",
    )
    milestones = many("Milestone", "Its phases, in order.", by="project_id", order="position")
    tasks = many("Task", "Its tasks, those of its milestones included.", by="project_id")
    progress_percent: int = computed(
        "How many of all its tasks are done, in whole percent; 0 without tasks.",
        batch=projects.progress,
    )


@entity(
    rows.Milestone,
    prefix="ms",
    plural="milestones",
    category=Category.PROJECTS,
    scope=Scope.PARENT,
    parent="project",
)
class Milestone(Node):
    """A phase of a project."""

    name: str = column("What it is called.")
    position: int = column("Its place in the project.", order=True)
    project = link("Project", "The project it is a phase of.")
    tasks = many("Task", "Its tasks, in order.", by="milestone_id", order="position")
    done_count: int = computed("How many of its tasks are done.", batch=milestones.done_counts)
    total_count: int = computed("How many tasks it has.", batch=milestones.total_counts)
    status: MilestoneStatus = computed("How far it is.", batch=milestones.statuses)


@entity(
    rows.ProjectTemplate,
    prefix="ptpl",
    plural="projectTemplates",
    category=Category.PROJECTS,
    scope=Scope.WORKSPACE,
)
class ProjectTemplate(Node):
    """Milestones and tasks to begin projects from."""

    name: str = column("What it is called.", filter="name_key", order="name_key")
    description: str | None = column("What it is for.")
    duration_days: int = column("How many days after its start a project of it ends.")
    archived_at: dt.datetime | None = column("Since when no project begins from it.", filter=True)
    milestones = many(
        "ProjectTemplateMilestone", "Its milestones, in order.", by="template_id", order="position"
    )
    tasks = many(
        "ProjectTemplateTask",
        "Its tasks, those of its milestones included.",
        by="template_id",
        order="position",
    )


@entity(
    rows.ProjectTemplateMilestone,
    prefix="ptms",
    plural="projectTemplateMilestones",
    category=Category.PROJECTS,
    scope=Scope.WORKSPACE,
)
class ProjectTemplateMilestone(Node):
    """A milestone of a template."""

    name: str = column("What it is called.")
    position: int = column("Its place in the template.", order=True)
    template = link("ProjectTemplate", "The template it is part of.", always=True)
    tasks = many("ProjectTemplateTask", "Its tasks, in order.", by="milestone_id", order="position")


@entity(
    rows.ProjectTemplateTask,
    prefix="ptt",
    plural="projectTemplateTasks",
    category=Category.PROJECTS,
    scope=Scope.WORKSPACE,
)
class ProjectTemplateTask(Node):
    """A task of a template."""

    title: str = column("What is to be done.")
    description: str | None = column("More about it.")
    priority: TaskPriority = column("How urgent it is.")
    due_offset_days: int = column("How many days after the project's start it is due.")
    position: int = column("Its place in the template.", order=True)
    template = link("ProjectTemplate", "The template it is part of.", always=True)
    milestone = link("ProjectTemplateMilestone", "The milestone it is part of; null without one.")


@act_input
class ProjectMoveInput(MutationInput):
    """Where a project goes on its board."""

    id: strawberry.ID = arg("The project.", of="Project")
    to_stage_id: strawberry.ID = arg("A stage of its pipeline.", of="PipelineStage")
    after_card_id: strawberry.ID | None = arg(
        "Directly below this card, if it is in the column.", of="Project", default=None
    )
    before_card_id: strawberry.ID | None = arg(
        "Else directly above this one; on top of the column without either.",
        of="Project",
        default=None,
    )
    expected_version: int = arg(_VERSION)


@act_input
class ProjectMemberAddInput(MutationInput):
    """Whom to share which project with."""

    project_id: strawberry.ID = arg("The project.", of="Project")
    user_id: strawberry.ID = arg("The user.", of="User")


@act_input
class ProjectMemberRemoveInput(MutationInput):
    """With whom to share which project no longer."""

    project_id: strawberry.ID = arg("The project.", of="Project")
    user_id: strawberry.ID = arg("The user.", of="User")


@act_input
class MilestoneAddInput(MutationInput):
    """A phase for a project."""

    project_id: strawberry.ID = arg("The project.", of="Project")
    name: str = arg("What it is called.", max_length=None)


@act_input
class MilestoneRenameInput(MutationInput):
    """What a milestone is to be called."""

    id: strawberry.ID = arg("The milestone.", of="Milestone")
    name: str = arg("What it is called.", max_length=None)
    expected_version: int | None = arg(_VERSION, default=None)


@act_input
class MilestoneReorderInput(MutationInput):
    """The order of a project's milestones."""

    project_id: strawberry.ID = arg("The project.", of="Project")
    milestone_ids: list[strawberry.ID] = arg(
        "All its milestones, in the order they are to be in.", of="Milestone"
    )


@act_input
class MilestoneRemoveInput(MutationInput):
    """Which milestone to remove; its tasks stay in the project."""

    id: strawberry.ID = arg("The milestone.", of="Milestone")
    expected_version: int | None = arg(_VERSION, default=None)


@nested_input
class TemplateTaskInput:
    """A task of a template."""

    title: str = arg("What is to be done.", max_length=None)
    description: str | None = arg("More about it.", max_length=None, default=None)
    priority: TaskPriority = arg("How urgent it is.", default=TaskPriority.MEDIUM)
    due_offset_days: int = arg("How many days after the project's start it is due.", default=0)


@nested_input
class TemplateMilestoneInput:
    """A milestone of a template, with its tasks."""

    name: str = arg("What it is called.", max_length=None)
    tasks: list[TemplateTaskInput] = arg("Its tasks, in order.", default_factory=list)


@act_input
class ProjectTemplateCreateInput(MutationInput):
    """A template to begin projects from."""

    name: str = arg("What it is called.", max_length=None)
    description: str | None = arg("What it is for.", max_length=None, default=None)
    duration_days: int = arg("How many days after its start a project of it ends.", default=30)
    milestones: list[TemplateMilestoneInput] = arg("Its milestones.", default_factory=list)
    tasks: list[TemplateTaskInput] = arg("Tasks outside of milestones.", default_factory=list)


@act_input
class ProjectSaveAsTemplateInput(MutationInput):
    """Which project to make a template of."""

    id: strawberry.ID = arg("The project.", of="Project")
    name: str = arg("What the template is called.", max_length=None)
    description: str | None = arg("What the template is for.", max_length=None, default=None)


@act_input
class ProjectTemplateUpdateInput(MutationInput):
    """What changes on a template; fields left out stay."""

    id: strawberry.ID = arg("The template.", of="ProjectTemplate")
    name: str | None = arg("What it is called.", max_length=None, default=UNSET)
    description: str | None = arg("What it is for.", max_length=None, default=UNSET)
    duration_days: int | None = arg(
        "How many days after its start a project of it ends.", default=UNSET
    )
    milestones: list[TemplateMilestoneInput] | None = arg(
        "Its milestones with their tasks, instead of all those it has.", default=UNSET
    )
    tasks: list[TemplateTaskInput] | None = arg(
        "Its tasks outside of milestones, instead of all those it has.", default=UNSET
    )
    expected_version: int | None = arg(_VERSION, default=None)


@act_input
class ProjectTemplateArchiveInput(MutationInput):
    """From which template no project shall begin any more."""

    id: strawberry.ID = arg("The template.", of="ProjectTemplate")
    expected_version: int | None = arg(_VERSION, default=None)


@act_input
class ProjectCreateFromTemplateInput(MutationInput):
    """A project to begin from a template."""

    template_id: strawberry.ID = arg("The template.", of="ProjectTemplate")
    starts_on: dt.date | None = arg("Its first day; today when left out.", default=None)
    name: str | None = arg(
        "What it is called; as the template when left out.", max_length=None, default=None
    )
    description: str | None = arg(
        "What it is for; as the template when left out.", max_length=None, default=None
    )
    owner_id: strawberry.ID | None = arg(
        "Who leads it and does its tasks; you when left out.", of="User", default=None
    )
    contact_id: strawberry.ID | None = arg("The contact it is for.", of="Contact", default=None)
    company_id: strawberry.ID | None = arg("The company it is for.", of="Company", default=None)
    deal_id: strawberry.ID | None = arg("The deal it came of.", of="Deal", default=None)
    custom_fields: list[CustomFieldInput] | None = arg("Its custom fields.", default=None)
    pipeline_id: strawberry.ID | None = arg(
        "The pipeline; the first one of projects when left out.", of="Pipeline", default=None
    )
    stage_id: strawberry.ID | None = arg(
        "The stage; the pipeline's first when left out.", of="PipelineStage", default=None
    )
