"""SQLAlchemy Core statements as the text and arguments the driver runs."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.sql import ClauseElement
from sqlalchemy.util import LRUCache

_DIALECT = asyncpg.dialect()  # type: ignore[no-untyped-call]
_COMPILED: LRUCache[Any, Any] = LRUCache(1_000)


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

    def with_values(self, **values: Any) -> "Rendered":
        """The same statement with values that are known now."""
        return Rendered(self.text, self.names, {**self.known, **values})


@dataclass(slots=True)
class Remembered:
    """Statements rendered once for each form they are asked in; those not used are forgotten."""

    most: int = 64
    _kept: OrderedDict[Any, Rendered] = field(default_factory=OrderedDict)

    def of(self, form: Any, make: Callable[[], ClauseElement]) -> Rendered:
        """The statement of a form, made when it is first asked for."""
        known = self._kept.get(form)
        if known is None:
            known = self._kept[form] = render(make())
            if len(self._kept) > self.most:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(form)
        return known


def render(statement: ClauseElement) -> Rendered:
    """Compile a statement for asyncpg; `bindparam` names stay to be bound later."""
    compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    names = tuple(getattr(compiled, "positiontup", None) or ())
    return Rendered(str(compiled), names, dict(compiled.params))


def render_again(statement: Any) -> Rendered:
    """The same as `render` of a statement that is made anew each time it is run.

    Its text is compiled once for all that differ in their values alone, the way SQLAlchemy's own
    connections do it.
    """
    compiled, extracted, collected, _ = statement._compile_w_cache(  # noqa: SLF001
        _DIALECT, compiled_cache=_COMPILED, column_keys=[]
    )
    known = compiled.construct_params(
        extracted_parameters=extracted,
        escape_names=False,
        _check=False,
        _no_postcompile=True,
        _collected_params=collected,
    )
    if not compiled.post_compile_params:
        return Rendered(compiled.string, tuple(compiled.positiontup or ()), known)
    # Lists in place are as long as they are now.
    spelled = compiled._process_parameters_for_postcompile(known)  # noqa: SLF001
    return Rendered(spelled.statement, tuple(spelled.positiontup or ()), spelled.parameters)
