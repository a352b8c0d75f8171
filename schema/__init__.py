"""What the API looks like; importing it fills the registry."""

from schema import (
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
    tasks,
    workspaces,
)

AREAS = (
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
    tasks,
    workspaces,
)
