"""`python -m tests.plans.serve`: an API with one more entity, for kinds none of ours has yet."""

import schema  # noqa: F401 - the entities come before one that links to them
from auth.roles import Category
from models.contracts import Contract
from schema.declare import Node, column, entity, link, one_of


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


if __name__ == "__main__":
    from server.api import main

    main()
