"""The filters of Liquid that are offered, each with bounded work."""

import re
from collections.abc import Callable, Mapping, Sized
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import wraps
from typing import Any

from liquid.exceptions import FilterArgumentError

from services.rules.liquid_bounds import Exhausted

_LONGEST_TEXT = 100_000
_LONGEST_LIST = 2_000
_OF_TEXTS_AND_LISTS = (
    "append",
    "capitalize",
    "compact",
    "concat",
    "default",
    "downcase",
    "escape",
    "escape_once",
    "first",
    "join",
    "last",
    "lstrip",
    "map",
    "newline_to_br",
    "prepend",
    "remove",
    "remove_first",
    "remove_last",
    "replace",
    "replace_first",
    "replace_last",
    "reverse",
    "rstrip",
    "size",
    "slice",
    "sort",
    "sort_natural",
    "split",
    "squish",
    "strip",
    "strip_newlines",
    "truncate",
    "truncatewords",
    "uniq",
    "upcase",
    "url_encode",
    "where",
)
_NUMBER = re.compile(r"\s*-?\d{1,18}(\.\d{1,18})?\s*")
_LARGEST = Decimal(10) ** 24
_DIGITS = 12
_DAY_FORMAT = re.compile(r"([^%]|%-?[aAbBdHIjmMpSUwWyY%])*")
_LONGEST_FORMAT = 100


def bounded(filters: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """Those of Liquid's filters that are offered, and ours for numbers and days."""
    kept = {name: _sized(name, filters[name]) for name in _OF_TEXTS_AND_LISTS}
    return kept | {"date": day} | {name: _counting(act) for name, act in _NUMBERS.items()}


def _sized(name: str, act: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that takes and gives texts and lists of bounded size."""

    @wraps(act)
    def acting(value: Any, *given: Any, **named: Any) -> Any:
        for one in (value, *given):
            _check_size(one)
        if name.startswith("replace"):
            _check_growth(str(value), *(str(one) for one in given[:2]))
        if name == "join" and isinstance(value, list) and given:
            _check_text(len(value) * len(str(given[0])))
        made = act(value, *given, **named)
        _check_size(made)
        return made

    return acting


def _check_size(value: Any) -> None:
    if isinstance(value, str):
        _check_text(len(value))
    elif isinstance(value, int) and not isinstance(value, bool):
        if abs(value) > _LARGEST:
            raise Exhausted("A number in it is too large.")
    elif isinstance(value, Sized) and len(value) > _LONGEST_LIST:
        raise Exhausted("A list in it is too long for a filter.")


def _check_text(length: int) -> None:
    if length > _LONGEST_TEXT:
        raise Exhausted("A text in it is too long for a filter.")


def _check_growth(text: str, sought: str = "", put: str = "") -> None:
    count = text.count(sought) if sought else len(text) + 1
    _check_text(len(text) + count * len(put))


def day(value: Any, form: Any = "%Y-%m-%d") -> str:
    """A day or a moment, as `%d %B %Y` says; `%-d` leaves out zeros."""
    form = str(form)
    if len(form) > _LONGEST_FORMAT or not _DAY_FORMAT.fullmatch(form):
        raise FilterArgumentError("date takes a format such as %d.%m.%Y", token=None)
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return str(value)
    if not isinstance(value, date):
        return "" if value is None else str(value)
    # What is told of a day has no more than this; %-d is not known everywhere.
    plain = re.sub(r"%-([dHIjmMSUWyw])", lambda found: _short(value, found[1]), form)
    return str(value.strftime(plain))


def _short(value: date, sign: str) -> str:
    return str(int(value.strftime(f"%{sign}")))


def _number(value: Any) -> Decimal:
    """A number, or zero for what is none."""
    if isinstance(value, bool) or value is None:
        return Decimal(0)
    found = Decimal(0)
    if isinstance(value, int | float | Decimal):
        found = Decimal(str(value))
    elif isinstance(value, str) and _NUMBER.fullmatch(value):
        found = Decimal(value.strip())
    if not found.is_finite() or abs(found) > _LARGEST:
        raise Exhausted("A number in it is too large.")
    return found


def _counting(act: Callable[..., Decimal]) -> Callable[..., Any]:
    """A filter of numbers; whole ones come out without a point."""

    def counting(value: Any, *given: Any) -> Any:
        made = act(_number(value), *(_number(one) for one in given))
        if abs(made) > _LARGEST:
            raise Exhausted("A number in it is too large.")
        if made == made.to_integral_value():
            return int(made)
        return made.quantize(Decimal(1).scaleb(-_DIGITS)).normalize()

    return counting


def _divided(one: Decimal, by: Decimal) -> Decimal:
    if not by:
        raise FilterArgumentError("nothing is divided by zero", token=None)
    both_whole = one == one.to_integral_value() and by == by.to_integral_value()
    # Whole numbers divide to whole ones in Liquid.
    return (one / by).to_integral_value(ROUND_FLOOR) if both_whole else one / by


def _rest(one: Decimal, by: Decimal) -> Decimal:
    if not by:
        raise FilterArgumentError("nothing is divided by zero", token=None)
    return one - by * (one / by).to_integral_value(ROUND_FLOOR)


def _rounded(one: Decimal, digits: Decimal = Decimal(0)) -> Decimal:
    places = min(max(int(digits), 0), _DIGITS)
    return one.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


_NUMBERS: Mapping[str, Callable[..., Decimal]] = {
    "abs": abs,
    "at_least": max,
    "at_most": min,
    "ceil": lambda one: one.to_integral_value(ROUND_CEILING),
    "divided_by": _divided,
    "floor": lambda one: one.to_integral_value(ROUND_FLOOR),
    "minus": lambda one, other: one - other,
    "modulo": _rest,
    "plus": lambda one, other: one + other,
    "round": _rounded,
    "times": lambda one, other: one * other,
}
