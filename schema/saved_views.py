"""Saved views, as the API shows them."""

import strawberry

from models import saved_views as rows
from models.enums import CoreEntity, Sharing
from models.registry import Scope
from schema.declare import Node, column, computed, entity, link
from schema.enums import OrderDirection
from schema.inputs import UNSET, MutationInput, act_input, arg, nested_input
from schema.values import described
from services import saved_views

_EXPECTED_VERSION = "The version you read; the act is refused when it has changed since."
_FILTER = 'The filter as the list takes it, as JSON: `{"status": {"eq": "CUSTOMER"}}`.'


@strawberry.type(description="One key of a saved view's order.")
class SavedViewKey:
    """A key of an order."""

    field: str = described("What to order by, as the list's order field writes it.")
    direction: OrderDirection = described("Which end comes first.")


@entity(
    rows.SavedView,
    prefix="view",
    plural="savedViews",
    category=None,
    scope=Scope.SHARED,
    order="name_key",
)
class SavedView(Node):
    """A list's filter, order and columns, kept under a name; yours, or shared with you."""

    name: str = column("Its name.", filter="name_key", order="name_key")
    record_type: CoreEntity = column("Whose list it is of.", filter=True, group=True)
    sharing: Sharing = column("Who else sees it.", filter=True, group=True)
    owner = link("User", "Who made it.", always=True)
    team = link("Team", "The team it is shared with.")
    filter: str = computed(
        "The filter as the list takes it, as JSON.", batch=saved_views.filters, needs=("filter",)
    )
    order_by: list[SavedViewKey] = column("The order as the list takes it.")
    columns: list[str] = column("The fields it shows, such as `name` or `owner.name`.")
    problems: list[str] = computed(
        "What of it the list takes no more, such as a field that is gone; usually empty.",
        batch=saved_views.problems,
        needs=("record_type", "filter", "order_by", "columns"),
    )


@nested_input
class SavedViewKeyInput:
    """One key of a saved view's order."""

    field: str = arg("What to order by, as the list's order field writes it.")
    direction: OrderDirection = arg("Which end comes first.", default=OrderDirection.ASC)


@act_input
class SavedViewCreateInput(MutationInput):
    """What a saved view is made of."""

    name: str = arg("Its name, unique among your views of the list.", max_length=None)
    record_type: CoreEntity = arg("Whose list it is of.")
    filter: str | None = arg(_FILTER, default=UNSET, max_length=None)
    order_by: list[SavedViewKeyInput] | None = arg("The order, at most 5 keys.", default=UNSET)
    columns: list[str] | None = arg("The fields it shows, at most 50.", default=UNSET)
    sharing: Sharing | None = arg("Who else sees it; nobody when left out.", default=UNSET)
    team_id: strawberry.ID | None = arg("The team it is shared with.", of="Team", default=UNSET)


@act_input
class SavedViewUpdateInput(MutationInput):
    """What to change about a saved view; what is left out stays."""

    id: strawberry.ID = arg("The view.", of="SavedView")
    name: str | None = arg("Its name.", max_length=None, default=UNSET)
    filter: str | None = arg(_FILTER, default=UNSET, max_length=None)
    order_by: list[SavedViewKeyInput] | None = arg("The order, at most 5 keys.", default=UNSET)
    columns: list[str] | None = arg("The fields it shows, at most 50.", default=UNSET)
    sharing: Sharing | None = arg("Who else sees it.", default=UNSET)
    team_id: strawberry.ID | None = arg("The team it is shared with.", of="Team", default=UNSET)
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class SavedViewDeleteInput(MutationInput):
    """Which saved view to remove."""

    id: strawberry.ID = arg("The view.", of="SavedView")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)
