"""Companies: the shared acts."""

from resolvers.crud import crud
from schema.companies import Company

crud(Company, match=("name",))
