"""The areas whose mutations and queries make up the API; importing it registers them."""

from resolvers import (
    assignment,
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
    assignment,
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
