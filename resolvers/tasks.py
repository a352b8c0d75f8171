"""Tasks: the shared acts, moves, claims and dependencies, and one's own list."""

from typing import Any

from auth.context import Context
from resolvers.crud import crud
from resolvers.mutation import mutation
from resolvers.queries import own_list
from schema import tasks as given
from schema.tasks import Task
from services import dependencies, tasks

crud(
    Task,
    create=tasks.create,
    update=tasks.update,
    restore=tasks.restore,
    before_bulk_update=tasks.before_bulk_update,
)


own_list("my_tasks", "The tasks assigned to you, those due first at the top.", "tasks")


@mutation(task=Task)
async def task_move(ctx: Context, input: given.TaskMoveInput) -> Any:
    """Put a task into a column of the board; one that waits for others stays in To Do."""
    return await tasks.move(
        ctx,
        input.id,
        input.to_status,
        after=input.after_card_id,
        before=input.before_card_id,
        expected_version=input.expected_version,
    )


@mutation(task=Task)
async def task_complete(ctx: Context, input: given.TaskCompleteInput) -> Any:
    """Say that a task is done."""
    return await tasks.complete(ctx, input.id, input.expected_version)


@mutation(task=Task)
async def task_claim(ctx: Context, input: given.TaskClaimInput) -> Any:
    """Take a task from the queue of a team; of all who try at once, one gets it."""
    return await tasks.claim(ctx, input.id)


@mutation(task=Task)
async def task_release(ctx: Context, input: given.TaskReleaseInput) -> Any:
    """Give a task back to the queue it was taken from."""
    return await tasks.release(ctx, input.id)


@mutation(task=Task)
async def task_blocker_add(ctx: Context, input: given.TaskBlockerAddInput) -> Any:
    """Let a task wait for another one; a circle is refused and shown."""
    return await dependencies.add_blocker(ctx, input.task_id, input.blocker_id)


@mutation(task=Task)
async def task_blocker_remove(ctx: Context, input: given.TaskBlockerRemoveInput) -> Any:
    """Let a task no longer wait for another one."""
    return await dependencies.remove_blocker(ctx, input.task_id, input.blocker_id)
