"""`python -m tests.plans.serve`: an API with one more area, for words none of ours uses yet."""

from typing import Any

import strawberry

from auth.context import Context
from auth.roles import Category
from core.codes import UserErrorCode
from core.errors import UserError
from models.contracts import Contract
from models.registry import pointer
from resolvers.mutation import mutation, several
from schema.deals import Deal
from schema.declare import Node, column, entity, link, one_of
from schema.inputs import MutationInput, act_input, arg
from schema.people import User
from schema.refusals import UserError as Refusal
from schema.refusals import record, records, refusal


@entity(
    Contract,
    prefix="agr",
    plural="agreements",
    category=Category.CONTRACTS,
    finance_sees_all=True,
)
class Agreement(Node):
    """A contract, seen as something about one other record."""

    title: str = column("What it is called.")
    deal = link("Deal", "The deal it came of.")
    contact = link("Contact", "Whom it is with.")
    company = link("Company", "The company it is with.")
    owner = link("User", "Who looks after it.")
    about = one_of("About", "What it is about.", links=("deal", "contact", "company"))
    topic = one_of("About", "The same, told otherwise.", links=("company", "contact", "deal"))
    whose = one_of("Whose", "Whose it is.", links=("company", "owner"))


@refusal(UserErrorCode.IN_USE)
class HeldError(Refusal):
    """Somebody holds the deals."""

    holder = record("User", "Who does.")
    deals = records("Deal", "What is held.")
    reasons: list[str] = strawberry.field(description="Why.")


@act_input
class AgreementAskInput(MutationInput):
    """What to ask for."""

    deal_ids: list[strawberry.ID] = arg("The deals.", of="Deal")
    refuse: bool = arg("Whether to be refused.", default=False)


@mutation(user=User, deals=several(Deal))
async def agreement_ask(ctx: Context, input: AgreementAskInput) -> dict[str, Any]:
    """Answer the deals that were named, or refuse with them."""
    if input.refuse:
        raise UserError(
            UserErrorCode.IN_USE,
            "They are held.",
            ("dealIds",),
            holder=pointer("User", ctx.actor.user_id),
            deals=[pointer("Deal", one) for one in input.deal_ids],
            reasons=["because"],
        )
    return {"user": ctx.actor.user_id, "deals": input.deal_ids}


if __name__ == "__main__":
    from server.api import main

    main()
