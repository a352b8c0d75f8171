"""Suggestions of records that may be the same, as the API shows them."""

from typing import Annotated, Any

import strawberry

from core.names import camel
from models.registry import REGISTRY
from schema import scalars
from schema.declare import derived
from schema.derive import DEFAULT_FIRST, HOW_MANY
from schema.inputs import RECORD, MutationInput, act_input, arg
from schema.scalars import Cursor
from schema.types import Answered, Given, build_enum, build_input, build_type
from schema.values import PageInfo

DuplicateReason = build_enum(
    "DuplicateReason",
    "Why two records may be the same.",
    {
        "EMAIL": "The same e-mail address, whatever its case.",
        "PHONE": "The same phone number.",
        "DOMAIN": "The same web domain.",
        "NAME": "A like name, in the same company; of companies, a like name.",
    },
)

DuplicateLike = build_input(
    "DuplicateLike",
    "What is known of a record that is about to be made.",
    {
        "name": Given(str, "Its name; of people both."),
        "email": Given(scalars.EmailAddress, "Its e-mail address."),
        "phone": Given(scalars.PhoneNumber, "Its phone number."),
        "domain": Given(str, "Its web domain, of a company."),
        "company_id": Given(strawberry.ID, "Its company, of a contact."),
        "company_name": Given(str, "The name of its company, of a lead."),
    },
)

LeadTwin: Any = Annotated[
    derived("Contact") | derived("Lead"),
    strawberry.union("LeadTwin", description="Who a lead may be already."),
]


def answered(name: str) -> Answered:
    """The root field with the suggestions for a kind of record."""
    what, key = name.lower(), camel(name.lower())
    other: Any = LeadTwin if name == "Lead" else derived(name)
    suggestion = build_type(
        f"{name}Duplicate",
        f"A {what} that may be another record already.",
        {
            key: Answered(
                derived(name) | None, f"The {what}; null where one to come was described."
            ),
            "other": Answered(other | None, "The other; null if it left your sight meanwhile."),
            "reasons": Answered(list[DuplicateReason], "Why, the strongest first."),  # type: ignore[valid-type]
            "score": Answered(int, "How likely they are the same, up to 100."),
        },
    )
    connection = build_type(
        f"{name}DuplicatePage",
        f"Suggestions of {REGISTRY[name].plural} to merge.",
        {
            "nodes": Answered(list[suggestion], "The pairs; a page may hold few, or none."),  # type: ignore[valid-type]
            "page_info": Answered(PageInfo, "Where the page lies; go on while more follow."),
        },
    )
    return Answered(
        connection,
        f"Pairs you see that may be the same, those of the newest {REGISTRY[name].plural} first."
        " Each page looks at so many records and no more; what was dismissed is left out.",
        {
            "of": Given(strawberry.ID, f"Only those of this {what}."),
            "like": Given(DuplicateLike, f"Only those of a {what} that is about to be made."),
            "first": Given(int, HOW_MANY, DEFAULT_FIRST),
            "after": Given(Cursor, "Only those behind this cursor."),
        },
    )


@act_input
class DuplicateDismissInput(MutationInput):
    """Two records that are not the same."""

    record_id: strawberry.ID = arg("The one.", of=RECORD)
    other_id: strawberry.ID = arg("The other.", of=RECORD)
