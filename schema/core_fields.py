"""What every core entity has besides its own fields."""

from typing import Any

from schema.declare import CORE, computed, many
from schema.external_ids import ExternalId
from services import external_ids


def core(name: str, note: Any, hint: Any = None) -> None:
    """Give every entity declared `core=True` a field."""
    CORE[name] = (note, hint)


core(
    "files",
    many(
        "File",
        "The files attached to it, newest first.",
        by="record_id",
        through="file_attachment",
        to="file_id",
    ),
)
core(
    "tags",
    many(
        "Tag",
        "The words it is marked with, by name.",
        by="record_id",
        through="tagging",
        to="tag_id",
        order="name_key",
    ),
)
core(
    "external_ids",
    computed("What other systems call it.", batch=external_ids.batch, needs=("id",)),
    list[ExternalId],
)
