"""The areas whose mutations and queries make up the API; importing it registers them."""

from resolvers import (
    boards,
    cases,
    companies,
    contacts,
    deals,
    forecast,
    imports,
    limits,
    people,
    products,
    projects,
    rates,
    support,
    tasks,
    viewer,
    workspaces,
)

AREAS = (
    boards,
    cases,
    companies,
    contacts,
    deals,
    forecast,
    imports,
    limits,
    people,
    products,
    projects,
    rates,
    support,
    tasks,
    viewer,
    workspaces,
)
