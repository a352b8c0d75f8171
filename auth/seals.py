"""Seals: short texts that only we can have made, and that say something without being stored."""

import base64
import binascii
import hashlib
import hmac
import struct
from functools import cache
from typing import Any

from core.settings import from_environment


@cache
def secret(purpose: str) -> bytes:
    """A secret for one purpose, made of the server's."""
    secret_key = from_environment().coeffection_secret_key
    return hmac.digest(secret_key.encode(), purpose.encode(), hashlib.sha256)


class Seal:
    """Texts for one purpose: packed values and, behind them, so many bytes of their signature."""

    def __init__(self, purpose: str, form: str, signature: int) -> None:
        self._purpose = purpose
        self._form = struct.Struct(form)
        self._length = signature

    def sealed(self, *values: Any, beside: bytes = b"") -> str:
        """A text that says these values; what stands `beside` them is signed and not said."""
        told = self._form.pack(*values)
        signed = told + self._signature(beside + told)
        return base64.urlsafe_b64encode(signed).decode().rstrip("=")

    def opened(self, text: str, *, beside: bytes = b"") -> tuple[Any, ...] | None:
        """What a text says; None when it is none of ours."""
        try:
            given = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except (binascii.Error, ValueError):
            return None
        told, signature = given[: self._form.size], given[self._form.size :]
        if len(told) != self._form.size:
            return None
        if not hmac.compare_digest(signature, self._signature(beside + told)):
            return None
        return self._form.unpack(told)

    def _signature(self, told: bytes) -> bytes:
        return hmac.digest(secret(self._purpose), told, hashlib.sha256)[: self._length]
