"""Who did something, as events and history tell it."""

from typing import Annotated, Any

import strawberry

from core.events import Author
from models.registry import pointer
from schema.people import ApiKey, User
from schema.values import described

SYSTEM = {"kind": "System", "name": "Coeffection"}
_ENTITIES = {"USER": "User", "API_KEY": "ApiKey"}


@strawberry.type(description="The product itself, where nobody asked it to.")
class System:
    """An actor that is no person and no program of a customer's."""

    name: str = described("What to call it.")


Actor = Annotated[
    User | ApiKey | System, strawberry.union("Actor", description="Who did something.")
]


def shown(author: Author) -> Any:
    """An author as the value of an `Actor` field."""
    entity = _ENTITIES.get(author.kind)
    return pointer(entity, author.id) if entity else SYSTEM
