"""SQLAlchemy Core statements as the text and arguments the driver runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.sql import ClauseElement

_DIALECT = asyncpg.dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Rendered:
    """One statement: its text with `$1 …`, the names of its parameters and their known values."""

    text: str
    names: tuple[str, ...]
    known: Mapping[str, Any]

    def arguments(self, values: Mapping[str, Any] | None = None) -> list[Any]:
        """The positional arguments, those known at build time and those bound now."""
        if not values:
            return [self.known[name] for name in self.names]
        known = self.known
        return [values[name] if name in values else known[name] for name in self.names]


def render(statement: ClauseElement) -> Rendered:
    """Compile a statement for asyncpg; `bindparam` names stay to be bound later."""
    compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    names = tuple(getattr(compiled, "positiontup", None) or ())
    return Rendered(str(compiled), names, dict(compiled.params))
