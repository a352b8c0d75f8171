"""What proves to a webhook's target that a workflow of ours calls it."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from core.settings import from_environment

_PREFIX = "whsec_"


def secret(workflow_id: str) -> str:
    """The secret that signs a workflow's calls, made of the server's: it is not stored."""
    made = hmac.digest(_calls(), UUID(workflow_id).bytes, hashlib.sha256)
    return _PREFIX + base64.urlsafe_b64encode(made).decode().rstrip("=")


@cache
def _calls() -> bytes:
    return hmac.digest(
        from_environment().coeffection_secret_key.encode(), b"calls of workflows", hashlib.sha256
    )


async def secrets(_reading: Any, rows: Sequence[Any]) -> list[str]:
    """The secrets of workflows, for those who write their targets."""
    return [secret(row["id"]) for row in rows]
