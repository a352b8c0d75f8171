"""Closed lists whose values say what they mean."""

from enum import StrEnum
from typing import Self


class Choice(StrEnum):
    """A value with its description."""

    description: str

    def __new__(cls, value: str, description: str) -> Self:
        """Make a member whose value is its text."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.description = description
        return member
