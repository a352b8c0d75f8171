"""Closed lists whose values say what they mean."""

from enum import StrEnum
from typing import Any, Self

_KINDS: dict[str, "type[Choice]"] = {}


class Choice(StrEnum):
    """A value with its description."""

    description: str

    def __new__(cls, value: str, description: str) -> Self:
        """Make a member whose value is its text."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.description = description
        return member

    def __init_subclass__(cls, **given: Any) -> None:
        """Make it known by its name."""
        super().__init_subclass__(**given)
        _KINDS[cls.__name__] = cls


def named(name: str) -> Any:
    """The closed list of a name; None where there is none."""
    return _KINDS.get(name)
