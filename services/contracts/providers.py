"""Signature providers: which of them this installation is connected to."""

from connectors.signatures import Provider, Service
from core.codes import UserErrorCode
from core.errors import UserError
from core.ids import encode
from core.settings import from_environment
from models.sale_enums import SignatureMethod

NOT_CONNECTED = (
    "No signature service is connected. Send it with the method UPLOAD, and give the signed PDF"
    " to `contractUploadSigned`."
)


def connected() -> Provider | None:
    """The signature service, where one is connected."""
    settings = from_environment()
    if not settings.signature_url:
        return None
    return Service(settings.signature_url, settings.signature_secret)


def require_connected() -> None:
    """Refuse where there is no signature service, naming the way without."""
    if connected() is None:
        code = UserErrorCode.INTEGRATION_NOT_CONNECTED
        raise UserError(code, NOT_CONNECTED, ("method",))


def usual() -> SignatureMethod:
    """How contracts are signed where nobody says how; refused where no service is connected."""
    require_connected()
    return SignatureMethod.SERVICE


def callback(workspace_id: str) -> str:
    """Where the service tells a workspace what happens to its envelopes."""
    return from_environment().base_url + path(workspace_id)


def path(workspace_id: str) -> str:
    """The same without the address of the installation."""
    return f"/hooks/signatures/{encode('ten', workspace_id)}"
