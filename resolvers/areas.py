"""The areas whose mutations and queries make up the API; importing it registers them."""

from resolvers import (
    companies,
    contacts,
    deals,
    imports,
    limits,
    people,
    products,
    projects,
    tasks,
    viewer,
    workspaces,
)

AREAS = (
    companies,
    contacts,
    deals,
    imports,
    limits,
    people,
    products,
    projects,
    tasks,
    viewer,
    workspaces,
)
