"""Statements as text: the text is made once for each form, whatever the values in it."""

from collections import OrderedDict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import asyncpg

from core.sql import Rendered, render

_DIALECT = asyncpg.dialect()  # type: ignore[no-untyped-call]
_REMEMBERED = 500
_compiled: OrderedDict[Any, Any] = OrderedDict()


def rendered(statement: sa.Select[Any]) -> Rendered:
    """A statement as text and values; the same as `core.sql.render` makes, without its cost."""
    # SQLAlchemy's own engine does the same with these two; it has no public name for them.
    key = statement._generate_cache_key()  # noqa: SLF001
    if key is None:
        return render(statement)
    compiled = _compiled.get(key.key)
    if compiled is None:
        compiled = statement._compiler(_DIALECT, cache_key=key)  # noqa: SLF001
        if compiled.post_compile_params:
            # The text of `IN (…)` depends on how many values there are.
            return render(statement)
        _compiled[key.key] = compiled
        if len(_compiled) > _REMEMBERED:
            _compiled.popitem(last=False)
    else:
        _compiled.move_to_end(key.key)
    values = compiled.construct_params(extracted_parameters=key.bindparams)
    return Rendered(str(compiled), tuple(compiled.positiontup or ()), values)
