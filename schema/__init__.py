"""What the API looks like; importing it fills the registry."""

from schema import (
    boards,
    companies,
    contacts,
    contracts,
    deals,
    enums,
    forecast,
    imports,
    invoices,
    people,
    products,
    quotes,
    rates,
    workspaces,
)

AREAS = (
    boards,
    companies,
    contacts,
    contracts,
    deals,
    enums,
    forecast,
    imports,
    invoices,
    people,
    products,
    quotes,
    rates,
    workspaces,
)
