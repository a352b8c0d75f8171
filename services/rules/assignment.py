"""What a rule of lead assignment needs to know, by its kind."""

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
