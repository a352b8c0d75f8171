"""Tables, one file an area; the registry of entities; migrations."""

from models import (
    cases,
    companies,
    contacts,
    contracts,
    custom_fields,
    deals,
    events,
    external_ids,
    forms,
    gates,
    imports,
    invoices,
    leads,
    merging,
    people,
    products,
    projects,
    quotes,
    rates,
    saved_views,
    tags,
    tasks,
    workspaces,
)
from models.base import Base, complete

AREAS = (
    cases,
    companies,
    contacts,
    contracts,
    custom_fields,
    deals,
    events,
    external_ids,
    forms,
    gates,
    imports,
    invoices,
    leads,
    merging,
    people,
    products,
    projects,
    quotes,
    rates,
    saved_views,
    tags,
    tasks,
    workspaces,
)

metadata = Base.metadata
complete(metadata)
