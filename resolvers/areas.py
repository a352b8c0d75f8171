"""The areas whose mutations and queries make up the API; importing it registers them."""

from resolvers import companies, contacts, deals, people, products, viewer, workspaces

AREAS = (companies, contacts, deals, people, products, viewer, workspaces)
