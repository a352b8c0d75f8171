"""Rules of lead assignment, as the API shows them."""

import strawberry

from auth.roles import Category
from models import leads as rows
from models.enums import AssignmentKind
from models.registry import Scope
from schema.declare import Node, column, entity, link, many
from schema.inputs import UNSET, MutationInput, act_input, arg

_ORDER = "Their users in the order of their turns, all of them."


@entity(
    rows.LeadAssignmentRule,
    prefix="lar",
    plural="leadAssignmentRules",
    category=Category.LEADS,
    scope=Scope.WORKSPACE,
    order="position",
)
class LeadAssignmentRule(Node):
    """Which new leads go to whom; the first rule that fits a lead decides."""

    name: str = column("What it is called.", filter="name_key", order="name_key")
    kind: AssignmentKind = column("How it finds who gets a lead.")
    position: int = column("Its place among the rules.", order=True)
    active: bool = column("Whether it is looked at.")
    country: str | None = column("TERRITORY: the leads' country, ISO 3166 (two letters).")
    state: str | None = column("TERRITORY: their state or region.")
    postcode_prefix: str | None = column("TERRITORY: what their postcode begins with.")
    least: int | None = column("COMPANY_SIZE, SCORE: the smallest value it fits.")
    most: int | None = column("COMPANY_SIZE, SCORE: the largest value it fits.")
    fallback_team = link("Team", "The team that is given what none of its users can take.")
    members = many(
        "LeadAssignmentMember",
        "Who gets leads by it, in the order of their turns.",
        by="rule_id",
        order="position",
    )


@entity(
    rows.LeadAssignmentMember,
    prefix="lam",
    plural="leadAssignmentMembers",
    category=Category.LEADS,
    scope=Scope.WORKSPACE,
)
class LeadAssignmentMember(Node):
    """A user who gets leads by a rule."""

    rule = link("LeadAssignmentRule", "The rule.", always=True)
    user = link("User", "Who gets leads by it.", always=True)
    position: int = column("When it is their turn.", order=True)


@act_input
class LeadAssignmentRuleCreateInput(MutationInput):
    """A rule: what its kind looks at, and who gets the leads it fits."""

    name: str = arg("What it is called.", max_length=120)
    kind: AssignmentKind = arg("How it finds who gets a lead.")
    member_ids: list[strawberry.ID] = arg(_ORDER, of="User")
    active: bool = arg("Whether it is looked at.", default=True)
    country: str | None = arg("TERRITORY: the leads' country, two letters.", default=UNSET)
    state: str | None = arg("TERRITORY: their state or region.", default=UNSET)
    postcode_prefix: str | None = arg("TERRITORY: how their postcode begins.", default=UNSET)
    least: int | None = arg("COMPANY_SIZE, SCORE: the smallest value it fits.", default=UNSET)
    most: int | None = arg("COMPANY_SIZE, SCORE: the largest value it fits.", default=UNSET)
    fallback_team_id: strawberry.ID | None = arg(
        "The team that is given what none of its users can take.", of="Team", default=UNSET
    )


@act_input
class LeadAssignmentRuleUpdateInput(MutationInput):
    """What changes on a rule: fields left out stay, null empties."""

    id: strawberry.ID = arg("The rule.", of="LeadAssignmentRule")
    name: str | None = arg("What it is called.", default=UNSET, max_length=120)
    kind: AssignmentKind | None = arg("How it finds who gets a lead.", default=UNSET)
    member_ids: list[strawberry.ID] | None = arg(_ORDER, of="User", default=UNSET)
    active: bool | None = arg("Whether it is looked at.", default=UNSET)
    country: str | None = arg("TERRITORY: the leads' country, two letters.", default=UNSET)
    state: str | None = arg("TERRITORY: their state or region.", default=UNSET)
    postcode_prefix: str | None = arg("TERRITORY: how their postcode begins.", default=UNSET)
    least: int | None = arg("COMPANY_SIZE, SCORE: the smallest value it fits.", default=UNSET)
    most: int | None = arg("COMPANY_SIZE, SCORE: the largest value it fits.", default=UNSET)
    fallback_team_id: strawberry.ID | None = arg(
        "The team that is given what none of its users can take.", of="Team", default=UNSET
    )
    expected_version: int | None = arg(
        "The version you read; the act is refused when it has changed since.", default=None
    )


@act_input
class LeadAssignmentRuleDeleteInput(MutationInput):
    """Which rule is removed."""

    id: strawberry.ID = arg("The rule.", of="LeadAssignmentRule")
    expected_version: int | None = arg(
        "The version you read; the act is refused when it has changed since.", default=None
    )


@act_input
class LeadAssignmentRuleReorderInput(MutationInput):
    """The order rules are looked at in."""

    ids: list[strawberry.ID] = arg("Every rule, the first first.", of="LeadAssignmentRule")
