"""Keys of tracked pages: made and revoked."""

from typing import Any

from auth.context import Context
from resolvers.mutation import mutation
from schema.page_visits import TrackingKey, TrackingKeyCreateInput, TrackingKeyRevokeInput
from services import page_visits


@mutation(tracking_key=TrackingKey)
async def tracking_key_create(ctx: Context, input: TrackingKeyCreateInput) -> Any:
    """Make a key with which pages tell of visits."""
    return await page_visits.create(ctx, input.name, input.domain)


@mutation(tracking_key=TrackingKey)
async def tracking_key_revoke(ctx: Context, input: TrackingKeyRevokeInput) -> Any:
    """Take no more visits with a key; those that came in stay."""
    return await page_visits.revoke(ctx, input.id, input.expected_version)
