"""Tracked pages and the visits of who is known, as the API shows them."""

from datetime import datetime

import strawberry

from auth.roles import Category
from models import scoring as rows
from models.registry import Scope
from schema.declare import Node, column, entity, link
from schema.inputs import MutationInput, act_input, arg


@entity(
    rows.PageVisit,
    prefix="pgv",
    plural="pageVisits",
    category=Category.LEADS,
    scope=Scope.PARENT,
    parent="lead,contact",
)
class PageVisit(Node):
    """A page that a lead or contact looked at; who sees them sees it."""

    lead = link("Lead", "The lead who visited.")
    contact = link("Contact", "The contact who visited.")
    url: str = column("The address of the page.")
    title: str | None = column("What the page is called.")
    referrer: str | None = column("The page they came from.")
    at: datetime = column("When.", filter=True, order=True)


@entity(
    rows.TrackingKey,
    prefix="trk",
    plural="trackingKeys",
    category=Category.LEADS,
    scope=Scope.WORKSPACE,
)
class TrackingKey(Node):
    """What pages tell of visits with."""

    name: str = column("What it is called here, such as the name of a site.")
    domain: str = column(
        "The domain of the site: links of mails and forms that lead to it, or below it, bring along"
        " who is known."
    )
    key: str = column("The key itself; it is part of the pages and no secret.")
    revoked_at: datetime | None = column("Since when it takes no visits.", filter=True)


@act_input
class TrackingKeyCreateInput(MutationInput):
    """A key for pages of one site."""

    name: str = arg("What it is called here, such as the name of the site.", max_length=120)
    domain: str = arg("The domain of the site, such as yourcompany.com.", max_length=None)


@act_input
class TrackingKeyRevokeInput(MutationInput):
    """Which key takes no more visits."""

    id: strawberry.ID = arg("The key.", of="TrackingKey")
    expected_version: int | None = arg(
        "The version you read; the act is refused when it has changed since.", default=None
    )
