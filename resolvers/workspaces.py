"""Workspaces: signing up, and settings."""

from typing import Any

from auth.context import Context
from auth.visit import Visit
from resolvers.files import image_of
from resolvers.mutation import extra, mutation
from schema.inputs import UNSET
from schema.people import User
from schema.workspaces import Workspace, WorkspaceSignUpInput, WorkspaceUpdateInput
from services import workspace_settings, workspaces

_AS_THEY_ARE = (
    "name",
    "time_zone",
    "industry",
    "support_domain",
    "support_address",
    "mail_tracking",
    "support_team_id",
    "days_to_close",
    "address",
    "locale",
    "tax_percent",
    "quote_valid_days",
    "quote_terms",
    "payment_terms_days",
    "contract_type",
    "contract_auto_send",
    "contract_signer_id",
    "invoice_won_deals",
    "lead_team_id",
    "score_threshold",
    "stalled_days",
)


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


@mutation(workspace=Workspace)
async def workspace_update(ctx: Context, input: WorkspaceUpdateInput) -> Any:
    """Change settings of the workspace, or its company's profile."""
    values = {name: getattr(input, name) for name in _AS_THEY_ARE}
    values["currency"] = input.default_currency
    values["logo_upload_id"] = image_of(input.logo_upload_id, "logoUploadId")
    given = {name: value for name, value in values.items() if value is not UNSET}
    return await workspace_settings.update(ctx, given, expected_version=input.expected_version)
