"""Tables, one file an area; the registry of entities; migrations."""

from models import (
    background,
    cases,
    companies,
    contacts,
    contracts,
    dashboards,
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
    background,
    cases,
    companies,
    contacts,
    contracts,
    dashboards,
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
