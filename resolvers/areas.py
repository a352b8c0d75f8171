"""The areas whose mutations and queries make up the API; importing it registers them."""

from resolvers import (
    boards,
    companies,
    contacts,
    deals,
    forecast,
    imports,
    limits,
    people,
    products,
    rates,
    viewer,
    workspaces,
)

AREAS = (
    boards,
    companies,
    contacts,
    deals,
    forecast,
    imports,
    limits,
    people,
    products,
    rates,
    viewer,
    workspaces,
)
