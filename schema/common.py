"""What every core entity has besides its own fields."""

from typing import Any

from schema.declare import CORE, many


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
