"""Workspaces: signing up."""

from typing import Any

from auth.visit import Visit
from resolvers.mutation import extra, mutation
from schema.people import User
from schema.workspaces import Workspace, WorkspaceSignUpInput
from services import workspaces


@mutation(
    public=True,
    token=extra(str, "The session: send it as `Authorization: Bearer`."),
    user=User,
    workspace=Workspace,
)
async def workspace_sign_up(visit: Visit, input: WorkspaceSignUpInput) -> dict[str, Any]:
    """Open a new workspace, become its Admin and sign in."""
    wanted = workspaces.SignUp(
        workspace_name=input.workspace_name,
        first_name=input.first_name,
        last_name=input.last_name,
        email=input.email,
        password=input.password,
        time_zone=input.time_zone,
        currency=input.currency,
        industry=input.industry,
    )
    begun = await workspaces.sign_up(visit, wanted, idempotency_key=input.idempotency_key)
    return {"token": begun.token, "user": begun.user_id, "workspace": begun.workspace_id}
