"""Visitors of public pages: known again by a cookie, and believed only from a page of ours."""

import hashlib
import hmac
import re
import secrets
from functools import cache

from core.settings import from_environment

_NAME = re.compile(r"[A-Za-z0-9_-]{32}")


def new() -> str:
    """A name for a visitor nobody knows yet."""
    return secrets.token_urlsafe(24)


def known(cookie: str | None) -> str | None:
    """The visitor a cookie names; None when it is not one of ours."""
    return cookie if cookie and _NAME.fullmatch(cookie) else None


def kept(visitor: str) -> str:
    """What is stored of a visitor: enough to know them again, not to be them."""
    return hashlib.sha256(visitor.encode()).hexdigest()


def form_token(visitor: str, page: str) -> str:
    """What a form of a page carries, so that no other site can send it for its visitor."""
    told = f"{visitor} {page}".encode()
    return hmac.digest(_key(), told, hashlib.sha256).hex()


def from_page(visitor: str | None, page: str, token: str) -> bool:
    """Whether a form was shown to its sender by us."""
    return visitor is not None and hmac.compare_digest(form_token(visitor, page), token)


@cache
def _key() -> bytes:
    secret = from_environment().coeffection_secret_key
    return hmac.digest(secret.encode(), b"forms of public pages", hashlib.sha256)
