"""Tables, one file an area; the registry of entities; migrations."""

from models import (
    cases,
    companies,
    contacts,
    contracts,
    deals,
    events,
    forms,
    gates,
    imports,
    invoices,
    leads,
    people,
    products,
    projects,
    quotes,
    rates,
    tasks,
    workspaces,
)
from models.base import Base, complete

AREAS = (
    cases,
    companies,
    contacts,
    contracts,
    deals,
    events,
    forms,
    gates,
    imports,
    invoices,
    leads,
    people,
    products,
    projects,
    quotes,
    rates,
    tasks,
    workspaces,
)

metadata = Base.metadata
complete(metadata)
