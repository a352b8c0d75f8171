"""API keys: what programs act with on behalf of a user, with the user's role."""

from auth import credentials
from auth.actor import ActorKind
from auth.context import Context, as_row
from auth.credentials import CredentialKind
from core.codes import DenialCode
from core.errors import Denied
from core.ids import new_id
from models import metadata
from models.people import ApiKey
from services.rules.forms import Form

_KEY = metadata.tables["api_key"]
LONGEST_NAME = 80
_SHOWN = 4


async def create(ctx: Context, *, name: str) -> tuple[ApiKey, str]:
    """Make a key for oneself; the key itself is answered this once and kept as a hash."""
    if ctx.actor.kind is not ActorKind.USER:
        message = "A key cannot make keys: sign in and make one yourself."
        raise Denied(DenialCode.FORBIDDEN, message)
    form = Form()
    text = form.text("name", name, longest=LONGEST_NAME)
    form.done()
    key_id = new_id()
    secret = await credentials.issue(ctx.act, CredentialKind.API_KEY, key_id)
    key = await ctx.act.insert(
        _KEY,
        {"id": key_id, "name": text, "hint": secret[-_SHOWN:], "owner_id": ctx.actor.user_id},
    )
    return as_row(ApiKey, key), secret


async def revoke(ctx: Context, key_id: str) -> ApiKey:
    """Make a key useless from the next request on: one's own, or as an Admin anybody's."""
    key = await ctx.get(ApiKey, key_id, lock=True)
    if key.revoked_at is not None:
        return key
    rows = await ctx.act.update(_KEY, _KEY.c.id == key_id, {"revoked_at": ctx.now}, event="revoked")
    await credentials.revoke(ctx.act, CredentialKind.API_KEY, key_id)
    ctx.act.access_changed()
    return as_row(ApiKey, rows[0])
