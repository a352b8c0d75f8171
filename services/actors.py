"""Who did something, as events and history name them."""

from typing import Any

from core.events import Author
from models.registry import pointer

SYSTEM = {"kind": "System", "name": "Coeffection"}
_ENTITIES = {"USER": "User", "API_KEY": "ApiKey", "WORKFLOW": "Workflow"}


def shown(author: Author) -> Any:
    """An author as the value of an `Actor` field."""
    entity = _ENTITIES.get(author.kind)
    return pointer(entity, author.id) if entity else SYSTEM
