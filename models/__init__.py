"""Tables, one file an area; the registry of entities; migrations."""

from models import (
    activities,
    cases,
    companies,
    contacts,
    contracts,
    deals,
    duplicates,
    events,
    forms,
    gates,
    imports,
    invoices,
    leads,
    notifications,
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
    activities,
    cases,
    companies,
    contacts,
    contracts,
    deals,
    duplicates,
    events,
    forms,
    gates,
    imports,
    invoices,
    leads,
    notifications,
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
