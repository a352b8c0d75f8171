"""What proves to a webhook's target that a workflow of ours calls it."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from auth import seals

_PREFIX = "whsec_"


def secret(workflow_id: str) -> str:
    """The secret that signs a workflow's calls, made of the server's: it is not stored."""
    made = hmac.digest(seals.secret("calls of workflows"), UUID(workflow_id).bytes, hashlib.sha256)
    return _PREFIX + base64.urlsafe_b64encode(made).decode().rstrip("=")


async def secrets(_reading: Any, rows: Sequence[Any]) -> list[str]:
    """The secrets of workflows, for those who write their targets."""
    return [secret(row["id"]) for row in rows]
