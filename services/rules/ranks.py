"""Places on a board: short texts that sort, with room between any two of them."""

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
"""In the order of their codes, as the database compares them."""
LONGEST = 24
"""A column whose places grow longer is spread anew."""
_BASE = len(DIGITS)
_MIDDLE = DIGITS[_BASE // 2]
_WIDTH = 7
_CEILING = _BASE**_WIDTH


def between(low: str, high: str) -> str:
    """A place behind `low` and before `high`; an empty text stands for the end of that side.

    No place ends in the first digit, so that there is always one before it.
    """
    if low and high:
        return _middle(low, high)
    if not (low or high):
        return _text(_CEILING // 2)
    # At an end there is room without longer texts: one step, thousands of milliards of times.
    step = _number(low or high) + (1 if low else -1)
    return _text(step) if 0 < step < _CEILING else _middle(low, high)


def spread(count: int, taken: frozenset[str] = frozenset()) -> list[str]:
    """Places for a whole column, evenly apart, none of them one of those `taken` before.

    Cards can then change to them in one statement, in any order, without two in one place.
    """
    step = _CEILING // (count + 1)
    return [_free(_text((place + 1) * step), taken) for place in range(count)]


def above(first: int, count: int) -> list[str]:
    """Places of the cards with these serial numbers, each before those with smaller ones.

    None is a place that `between` gives at an end.
    """
    return [_text(_CEILING - serial) + _MIDDLE for serial in range(first + 1, first + count + 1)]


def _free(place: str, taken: frozenset[str]) -> str:
    while place in taken:
        place += _MIDDLE
    return place


def _middle(low: str, high: str) -> str:
    if high and not low < high:
        raise ValueError(f"There is no place between {low!r} and {high!r}.")
    place = ""
    for at in range(max(len(low), len(high)) + 1):
        under = DIGITS.index(low[at]) if at < len(low) else 0
        over = DIGITS.index(high[at]) if at < len(high) else _BASE
        if over - under > 1:
            return place + DIGITS[(under + over) // 2]
        place += DIGITS[under]
        if under != over:
            # Neighbours: whatever follows the lower digit is before the higher one.
            high = ""
    return place + _MIDDLE


def _number(place: str) -> int:
    number = 0
    for digit in place[:_WIDTH].ljust(_WIDTH, DIGITS[0]):
        number = number * _BASE + DIGITS.index(digit)
    return number


def _text(number: int) -> str:
    digits = ""
    for _ in range(_WIDTH):
        number, digit = divmod(number, _BASE)
        digits = DIGITS[digit] + digits
    return digits + _MIDDLE
