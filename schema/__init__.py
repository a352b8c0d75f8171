"""What the API looks like; importing it fills the registry."""

from schema import (
    cases,
    companies,
    contacts,
    contracts,
    deals,
    enums,
    imports,
    invoices,
    people,
    products,
    projects,
    quotes,
    support,
    tasks,
    workspaces,
)

AREAS = (
    cases,
    companies,
    contacts,
    contracts,
    deals,
    enums,
    imports,
    invoices,
    people,
    products,
    projects,
    quotes,
    support,
    tasks,
    workspaces,
)
