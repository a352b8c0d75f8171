"""The areas whose mutations and queries make up the API; importing it registers them."""

AREAS = ()
