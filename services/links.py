"""Links that reach people outside the API: until mail goes out, the development log shows them."""

from urllib.parse import urlencode

from core.log import logger
from core.settings import from_environment

_LOG = logger("links")


def tell(what: str, *, email: str, token: str) -> None:
    """Show a link to whoever develops; a production log never holds one."""
    settings = from_environment()
    if settings.is_production:
        return
    link = f"{settings.base_url}/{what}?{urlencode({'token': token})}"
    _LOG.info(f"{what} link", email=email, token=token, link=link)
