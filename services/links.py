"""Links that only who gets a mail may have: made for it, and kept nowhere."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from auth import credentials
from auth.credentials import CredentialKind
from core.ids import new_id
from core.log import logger
from core.settings import from_environment
from core.writes import Transaction
from services import outbox
from services.rules.letters import LINK, Words

_PAGE = {CredentialKind.INVITATION: "invitation", CredentialKind.RESET: "password-reset"}
_KIND = {CredentialKind.INVITATION: "INVITATION", CredentialKind.RESET: "PASSWORD_RESET"}
_OF = {name: kind for kind, name in _KIND.items()}
_LOG = logger("links")


async def send(
    act: Transaction,
    kind: CredentialKind,
    subject: str,
    *,
    email: str,
    words: Words,
    expires_at: datetime,
    owner_id: str | None = None,
) -> None:
    """Mail a link with a fresh token; the development log shows it as well."""
    mail_id = new_id()
    token = credentials.of_mail(kind, mail_id)
    await credentials.reissue(act, kind, subject, token, expires_at=expires_at)
    await outbox.write(
        act,
        kind=_KIND[kind],
        recipients=[email],
        subject=words.subject,
        text=words.text,
        owner_id=owner_id,
        mail_id=mail_id,
    )
    # A production log never holds one.
    if not from_environment().is_production:
        link = _address(kind, token)
        _LOG.info(f"{_PAGE[kind]} link", email=email, token=token, link=link)


def filled(mail: Mapping[str, Any]) -> str:
    """The text of a mail as its receiver reads it."""
    text = str(mail["text"])
    kind = _OF.get(mail["kind"])
    if kind is None:
        return text
    return text.replace(LINK, _address(kind, credentials.of_mail(kind, mail["id"])))


def _address(kind: CredentialKind, token: str) -> str:
    return f"{from_environment().base_url}/{_PAGE[kind]}?{urlencode({'token': token})}"
