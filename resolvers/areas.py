"""The areas whose mutations and queries make up the API; importing it registers them."""

from resolvers import people, viewer, workspaces

AREAS = (people, viewer, workspaces)
