"""External ids, as the API shows them: what a record is called in other systems."""

import strawberry

from schema.inputs import RECORD, MutationInput, act_input, arg, nested_input
from schema.values import described


@strawberry.type(description="What another system calls a record.")
class ExternalId:
    """A name in a system."""

    source: str = described("The system, in small letters.")
    value: str = described("What it calls the record.")


@nested_input
class ExternalIdInput:
    """What another system calls a record; unique for the system and the kind of record."""

    source: str = arg("The system, such as `hubspot`; case does not count.")
    value: str = arg("What it calls the record.")


@act_input
class ExternalIdAddInput(MutationInput):
    """Which record a system calls how."""

    record_id: strawberry.ID = arg("The record, of any kind.", of=RECORD)
    source: str = arg("The system, such as `hubspot`; case does not count.", max_length=None)
    value: str = arg("What it calls the record.", max_length=None)


@act_input
class ExternalIdRemoveInput(MutationInput):
    """Which name of which record to forget."""

    record_id: strawberry.ID = arg("The record, of any kind.", of=RECORD)
    source: str = arg("The system.", max_length=None)
    value: str = arg("What it calls the record.", max_length=None)
