"""The texts that contracts of each type begin with, in workspaces that have none of their own."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class StandardContract:
    """A template that every workspace is given."""

    type: str
    name: str
    body: str


def _read(kind: str, name: str) -> StandardContract:
    file = Path(__file__).with_name(f"{kind.lower()}.txt")
    return StandardContract(kind, name, file.read_text(encoding="utf-8").strip())


STANDARD = (
    _read("MSA", "Master Service Agreement"),
    _read("NDA", "Non-Disclosure Agreement"),
    _read("SOW", "Statement of Work"),
)
