"""Imports, as the API shows them."""

import datetime

from auth.roles import Category
from models import imports as rows
from models.enums import ImportStatus
from models.registry import Scope
from schema.declare import Node, column, entity, link


@entity(rows.Import, prefix="imp", plural="imports", category=Category.CONTACTS, scope=Scope.OWN)
class Import(Node):
    """One file of rows being brought in."""

    file_name: str = column("Name of the file.")
    status: ImportStatus = column("How far it is.", filter=True)
    started_at: datetime.datetime | None = column("When a worker began.")
    finished_at: datetime.datetime | None = column("When it ended.")
    error: str | None = column("Why it failed.")
    owner = link("User", "Who started it.", always=True)
