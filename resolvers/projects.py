"""Projects: the shared acts, moves, members, milestones and templates."""

from collections.abc import Sequence
from typing import Any

import strawberry
from strawberry import UNSET

from auth.context import Context
from resolvers.crud import crud
from resolvers.custom_values import given_values
from resolvers.mutation import mutation
from schema import projects as given
from schema.inputs import arg
from schema.projects import Milestone, Project, ProjectTemplate
from services import milestones, project_templates, projects
from services.project_templates import MilestoneDraft, Structure, TaskDraft

crud(
    Project,
    create=projects.create,
    update=projects.update,
    restore=projects.restore,
    extra={
        "pipeline_id": (
            strawberry.ID | None,
            arg(
                "The pipeline; the first one of projects when left out.",
                of="Pipeline",
                default=UNSET,
            ),
        ),
        "stage_id": (
            strawberry.ID | None,
            arg(
                "The stage; the pipeline's first when left out.", of="PipelineStage", default=UNSET
            ),
        ),
    },
)


@mutation(project=Project)
async def project_move(ctx: Context, input: given.ProjectMoveInput) -> Any:
    """Put a project into a stage of its pipeline; a closed stage completes it."""
    return await projects.move(
        ctx,
        input.id,
        input.to_stage_id,
        after=input.after_card_id,
        before=input.before_card_id,
        expected_version=input.expected_version,
    )


@mutation(project=Project)
async def project_member_add(ctx: Context, input: given.ProjectMemberAddInput) -> Any:
    """Share a project with a user, who then sees it, its milestones and its tasks."""
    return await projects.add_member(ctx, input.project_id, input.user_id)


@mutation(project=Project)
async def project_member_remove(ctx: Context, input: given.ProjectMemberRemoveInput) -> Any:
    """No longer share a project with a user."""
    return await projects.remove_member(ctx, input.project_id, input.user_id)


@mutation(milestone=Milestone)
async def milestone_add(ctx: Context, input: given.MilestoneAddInput) -> Any:
    """Add a phase behind those a project has."""
    return await milestones.add(ctx, input.project_id, input.name)


@mutation(milestone=Milestone)
async def milestone_rename(ctx: Context, input: given.MilestoneRenameInput) -> Any:
    """Give a milestone another name."""
    return await milestones.rename(ctx, input.id, input.name, input.expected_version)


@mutation(project=Project)
async def milestone_reorder(ctx: Context, input: given.MilestoneReorderInput) -> Any:
    """Put all milestones of a project into an order."""
    return await milestones.reorder(ctx, input.project_id, input.milestone_ids)


@mutation(project=Project)
async def milestone_remove(ctx: Context, input: given.MilestoneRemoveInput) -> Any:
    """Remove a milestone; its tasks stay in the project."""
    return await milestones.remove(ctx, input.id, input.expected_version)


@mutation(project_template=ProjectTemplate)
async def project_template_create(ctx: Context, input: given.ProjectTemplateCreateInput) -> Any:
    """Make a template of milestones and tasks; Admins do."""
    return await project_templates.create(
        ctx,
        name=input.name,
        description=input.description,
        duration_days=input.duration_days,
        structure=Structure(milestones=_milestones(input.milestones), tasks=_tasks(input.tasks)),
    )


@mutation(project_template=ProjectTemplate)
async def project_save_as_template(ctx: Context, input: given.ProjectSaveAsTemplateInput) -> Any:
    """Make a template of a project's milestones and tasks; Admins do."""
    return await project_templates.save_as(
        ctx, input.id, name=input.name, description=input.description
    )


@mutation(project_template=ProjectTemplate)
async def project_template_update(ctx: Context, input: given.ProjectTemplateUpdateInput) -> Any:
    """Change a template; its milestones and tasks are replaced as a whole; Admins do."""
    sent = {name: getattr(input, name) for name in ("name", "description", "duration_days")}
    return await project_templates.update(
        ctx,
        input.id,
        {name: value for name, value in sent.items() if value is not UNSET},
        milestones=None if input.milestones is UNSET else _milestones(input.milestones or ()),
        work=None if input.tasks is UNSET else _tasks(input.tasks or ()),
        expected_version=input.expected_version,
    )


@mutation(project_template=ProjectTemplate)
async def project_template_archive(ctx: Context, input: given.ProjectTemplateArchiveInput) -> Any:
    """Let no more projects begin from a template; Admins do."""
    return await project_templates.archive(ctx, input.id, input.expected_version)


@mutation(project=Project)
async def project_create_from_template(
    ctx: Context, input: given.ProjectCreateFromTemplateInput
) -> Any:
    """Begin a project from a template: its days are counted from the project's first."""
    links = ("owner", "contact", "company", "deal")
    values = {name: getattr(input, f"{name}_id") for name in links}
    values["custom_fields"] = given_values(input.custom_fields)
    return await project_templates.start(
        ctx,
        input.template_id,
        values | {"name": input.name, "description": input.description},
        starts_on=input.starts_on,
        pipeline_id=input.pipeline_id,
        stage_id=input.stage_id,
    )


def _milestones(sent: Sequence[given.TemplateMilestoneInput]) -> list[MilestoneDraft]:
    return [MilestoneDraft(name=one.name, tasks=_tasks(one.tasks)) for one in sent]


def _tasks(sent: Sequence[given.TemplateTaskInput]) -> list[TaskDraft]:
    return [
        TaskDraft(
            title=one.title,
            description=one.description,
            priority=one.priority,
            due_offset_days=one.due_offset_days,
        )
        for one in sent
    ]
