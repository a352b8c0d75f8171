"""What every core entity has besides its own fields."""

from typing import Any

from schema.declare import CORE


def core(name: str, note: Any, hint: Any = None) -> None:
    """Give every entity declared `core=True` a field."""
    CORE[name] = (note, hint)
