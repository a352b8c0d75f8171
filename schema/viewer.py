"""The viewer: who is signed in and what is open to them."""

import strawberry

from auth.navigation import Landing, Section
from auth.roles import Category, Level
from models.enums import Role
from schema.declare import derived
from schema.types import Answered, build_type


@strawberry.type(description="How much of a category the role may use, within the rows it sees.")
class CategoryPermission:
    """One line of the permission matrix."""

    category: Category = strawberry.field(description="Which part of the product.")
    level: Level = strawberry.field(description="How much of it.")


@strawberry.type(description="A section of an application that is open to the viewer.")
class NavigationEntry:
    """An entry of the sidebar."""

    key: Section = strawberry.field(description="Which section.")
    label: str = strawberry.field(description="What to show.")
    path: str = strawberry.field(description="Where an application shows it.")


Viewer = build_type(
    "Viewer",
    "Who is signed in, or whose API key is used, and what is open to them.",
    {
        "user": Answered(derived("User"), "The user."),
        "role": Answered(Role, "The user's role."),
        "teams": Answered(
            list[derived("Team")],  # type: ignore[misc]
            "The teams they belong to or manage, by name; at most 100.",
        ),
        "permissions": Answered(
            list[CategoryPermission], "How much of each category the role may use."
        ),
        "navigation": Answered(list[NavigationEntry], "The sections open to them, in order."),
        "landing": Answered(Landing, "What an application shows first."),
        "workspace": Answered(derived("Workspace"), "The workspace they are in."),
    },
)
