"""What an Admin sets for roles, as the API shows it."""

from decimal import Decimal

from auth.roles import Category
from models import people as rows
from models.enums import Role
from models.registry import Scope, Write
from schema.declare import Node, column, entity


@entity(
    rows.RoleSetting,
    prefix="rol",
    plural="roleSettings",
    category=Category.QUOTES,
    scope=Scope.WORKSPACE,
    order="role",
)
class RoleSetting(Node):
    """What a role may do by itself: one of these for each role."""

    role: Role = column("The role.", filter=True, order=True)
    discount_limit_percent: Decimal = column(
        "The highest discount its users give in a quote without an approval, in percent.",
        write=Write.ALWAYS,
    )
