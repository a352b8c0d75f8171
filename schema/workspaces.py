"""Workspaces, as the API shows them."""

import datetime

from models import workspaces as rows
from models.enums import Plan
from models.registry import Scope
from schema import scalars
from schema.declare import Node, column, entity


@entity(rows.Workspace, prefix="ten", plural="workspaces", category=None, scope=Scope.WORKSPACE, listed=False)
class Workspace(Node):
    """One customer's isolated world."""

    name: str = column("Name of the company.")
    time_zone: scalars.TimeZone = column("Where its days begin and end.")
    currency: scalars.CurrencyCode = column("Its own currency.")
    industry: str | None = column("What it does.")
    plan: Plan = column("What it has subscribed to.")
    created_at: datetime.datetime = column("When it was made.")
