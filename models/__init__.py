"""Tables, one file an area; the registry of entities; migrations."""

from models import (
    companies,
    contacts,
    contracts,
    deals,
    events,
    imports,
    invoices,
    people,
    products,
    quotes,
    workspaces,
)
from models.base import Base, complete

AREAS = (
    companies,
    contacts,
    contracts,
    deals,
    events,
    imports,
    invoices,
    people,
    products,
    quotes,
    workspaces,
)

metadata = Base.metadata
complete(metadata)
