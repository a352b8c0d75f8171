"""What the API looks like; importing it fills the registry."""

from schema import (
    companies,
    contacts,
    contracts,
    deals,
    enums,
    imports,
    invoices,
    leads,
    people,
    products,
    quotes,
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
    leads,
    people,
    products,
    quotes,
    workspaces,
)
