"""The areas whose mutations and queries make up the API; importing it registers them."""

from resolvers import (
    cases,
    companies,
    contacts,
    deals,
    forms,
    imports,
    leads,
    limits,
    people,
    products,
    projects,
    support,
    tasks,
    viewer,
    workspaces,
)

AREAS = (
    cases,
    companies,
    contacts,
    deals,
    forms,
    imports,
    limits,
    people,
    products,
    projects,
    support,
    tasks,
    viewer,
    workspaces,
)
