"""Secrets: random tokens kept as hashes, passwords by Argon2."""

import asyncio
import hashlib
import secrets
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

# OWASP's smaller setting: a fifth of the library's default, so that guesses cost us little too.
_PASSWORDS = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))


def new_token(prefix: str) -> str:
    """A fresh secret of 256 bits that starts with its kind, such as `ck_live_`."""
    return prefix + secrets.token_urlsafe(32)


def fingerprint(token: str) -> bytes:
    """What is stored of a token: its SHA-256, enough for 256 random bits."""
    return hashlib.sha256(token.encode()).digest()


async def hash_password(password: str) -> str:
    """The Argon2 hash of a password, made off the event loop."""
    return await asyncio.to_thread(_PASSWORDS.hash, password)


async def verify_password(password: str, stored: str | None) -> bool:
    """Whether the password fits; an unknown user costs the same time as a known one."""
    fits = await asyncio.to_thread(_fits, password, stored)
    return fits and stored is not None


def _fits(password: str, stored: str | None) -> bool:
    return _PASSWORDS.verify(password, stored or _nobody())


@cache
def _nobody() -> str:
    # Not at import: it takes as long as a sign-in, and every process would pay.
    return _PASSWORDS.hash("nobody has this password")
