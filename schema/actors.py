"""Who did something, as events and history tell it."""

from typing import Annotated

import strawberry

from schema.people import ApiKey, User
from schema.values import described
from schema.workflows import Workflow


@strawberry.type(description="The product itself, where nobody asked it to.")
class System:
    """An actor that is no person and no program of a customer's."""

    name: str = described("What to call it.")


Actor = Annotated[
    User | ApiKey | Workflow | System,
    strawberry.union("Actor", description="Who did something."),
]
