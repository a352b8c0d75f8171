"""Credentials: random tokens, stored as hashes, that open a workspace before one is known."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa

from auth.seals import secret
from core.crypto import fingerprint, new_token
from core.db import Database
from core.writes import Transaction
from models import metadata

CREDENTIAL = metadata.tables["credential"]


class CredentialKind(StrEnum):
    """What a token is for; a token of one kind is nothing to the others."""

    SESSION = "SESSION"
    API_KEY = "API_KEY"
    INVITATION = "INVITATION"
    RESET = "RESET"
    FORM = "FORM"
    QUOTE = "QUOTE"
    WORKFLOW = "WORKFLOW"
    INBOUND_MAIL = "INBOUND_MAIL"
    TRACKING = "TRACKING"


PREFIX = {
    CredentialKind.SESSION: "coeff_s_",
    CredentialKind.API_KEY: "ck_live_",
    CredentialKind.INVITATION: "coeff_i_",
    CredentialKind.RESET: "coeff_r_",
    CredentialKind.FORM: "coeff_f_",
    CredentialKind.QUOTE: "coeff_q_",
    CredentialKind.WORKFLOW: "coeff_w_",
    CredentialKind.INBOUND_MAIL: "coeff_m_",
    CredentialKind.TRACKING: "coeff_t_",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a token."""

    workspace: str
    subject: str
    expires_at: datetime | None

    def expired(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and self.expires_at <= now


async def issue(
    act: Transaction, kind: CredentialKind, subject: str, *, expires_at: datetime | None = None
) -> str:
    """Make a token for a session, key, invitation or user; only its hash is kept."""
    token = new_token(PREFIX[kind])
    await reissue(act, kind, subject, token, expires_at=expires_at)
    return token


async def reissue(
    act: Transaction,
    kind: CredentialKind,
    subject: str,
    token: str,
    *,
    expires_at: datetime | None = None,
) -> None:
    """Let a token that was made before open what it is for."""
    values = {
        "hash": fingerprint(token),
        "kind": kind,
        "subject_id": subject,
        "expires_at": expires_at,
    }
    await act.insert(CREDENTIAL, values)


def of_mail(kind: CredentialKind, mail_id: str) -> str:
    """The token that a mail brings, made of the server's secret: it need not be kept until then."""
    made = hmac.digest(
        secret("tokens in mails"), kind.encode() + UUID(mail_id).bytes, hashlib.sha256
    )
    return PREFIX[kind] + base64.urlsafe_b64encode(made).decode().rstrip("=")


async def find(database: Database, kind: CredentialKind, token: str) -> Found | None:
    """Whose token this is, if it is one of that kind."""
    statement = sa.select(CREDENTIAL).where(
        CREDENTIAL.c.hash == fingerprint(token), CREDENTIAL.c.kind == kind
    )
    rows = await database.fetch_outside(statement)
    if not rows:
        return None
    return Found(rows[0]["workspace_id"], rows[0]["subject_id"], rows[0]["expires_at"])


async def use_up(act: Transaction, token: str) -> bool:
    """Take a token out of use; of several who try at once, one is answered True."""
    gone = await act.delete(CREDENTIAL, CREDENTIAL.c.hash == fingerprint(token))
    return bool(gone)


async def revoke(act: Transaction, kind: CredentialKind, *subjects: str) -> None:
    """Take every token of these subjects out of use."""
    await act.delete(
        CREDENTIAL, sa.and_(CREDENTIAL.c.kind == kind, CREDENTIAL.c.subject_id.in_(subjects))
    )
