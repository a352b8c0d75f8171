"""The areas whose mutations and queries make up the API; importing it registers them."""

from resolvers import (
    companies,
    contacts,
    deals,
    imports,
    leads,
    limits,
    people,
    products,
    viewer,
    workspaces,
)

AREAS = (companies, contacts, deals, imports, limits, people, products, viewer, workspaces)
