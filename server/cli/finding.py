"""What the doctor found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, how it is, whether it must be changed."""

    about: str
    sentence: str
    wrong: bool = False
