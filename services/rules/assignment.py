"""What a rule of lead assignment needs to know by its kind, and which leads it fits."""

from collections.abc import Mapping
from typing import Any

from core.codes import UserErrorCode
from services.rules.forms import Form

TERRITORY = ("country", "state", "postcode_prefix")
RANGE = ("least", "most")
_MOST = {"SCORE": 100, "COMPANY_SIZE": 2**31 - 1}
_USES: Mapping[str, tuple[str, ...]] = {
    "ROUND_ROBIN": (),
    "TERRITORY": TERRITORY,
    "COMPANY_SIZE": RANGE,
    "SCORE": RANGE,
}
_WIRE = {"postcode_prefix": "postcodePrefix"}
_LOOKS_AT = {"SCORE": "score", "COMPANY_SIZE": "employee_count"}
LOOKED_AT = ("country", "state", "postcode", "employee_count", "score")
"""The columns of a lead that rules look at."""


def fits(rule: Mapping[str, Any], lead: Mapping[str, Any]) -> bool:
    """Whether a rule fits a lead: all it names has to be so, whatever the case and the spaces."""
    if rule["kind"] in _LOOKS_AT:
        return within(rule, lead[_LOOKS_AT[rule["kind"]]])
    if rule["kind"] != "TERRITORY":
        return True
    same = all(
        rule[name] is None or _plain(rule[name]) == _plain(lead[name])
        for name in ("country", "state")
    )
    begins = _plain(lead["postcode"]).startswith(_plain(rule["postcode_prefix"]))
    return same and begins


def within(rule: Mapping[str, Any], value: int | None) -> bool:
    """Whether a value lies in a rule's range; what is not known lies in none."""
    if value is None:
        return False
    least, most = rule["least"], rule["most"]
    return (least is None or value >= least) and (most is None or value <= most)


def _plain(text: str | None) -> str:
    """A text without its case and its spaces."""
    return "".join((text or "").casefold().split())


def check(form: Form, kind: str, values: Mapping[str, Any]) -> None:
    """Note on a form what a rule of a kind lacks, or has beyond what its kind looks at."""
    uses = _USES[kind]
    for name in (*TERRITORY, *RANGE):
        if name not in uses and values.get(name) is not None:
            message = f"A rule of the kind {kind} does not look at this; leave it out."
            form.refuse(UserErrorCode.INVALID_VALUE, message, _WIRE.get(name, name))
    if uses and all(values.get(name) is None for name in uses):
        message = f"Fill in at least one of {', '.join(_WIRE.get(one, one) for one in uses)}."
        form.refuse(UserErrorCode.REQUIRED, message, _WIRE.get(uses[0], uses[0]))
    if uses is RANGE:
        _check_range(form, kind, values.get("least"), values.get("most"))


def _check_range(form: Form, kind: str, least: int | None, most: int | None) -> None:
    highest = _MOST[kind]
    for name, value in (("least", least), ("most", most)):
        if value is not None and not 0 <= value <= highest:
            message = f"Send a whole number from 0 to {highest}."
            form.refuse(UserErrorCode.INVALID_VALUE, message, name)
    if least is not None and most is not None and least > most:
        message = "The largest value lies below the smallest."
        form.refuse(UserErrorCode.INVALID_VALUE, message, "most")
