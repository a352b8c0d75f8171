"""Custom values of inputs, as services take them."""

from collections.abc import Iterator, Sequence
from typing import Any

from strawberry import UNSET

from core.codes import UserErrorCode
from core.errors import Refusals, UserError
from models.enums import CustomFieldType
from services.custom_fields import PATH
from services.custom_values import Given

MOST = 200
"""More values than an input has fields for are not looked at one by one."""


def given_values(inputs: Sequence[Any] | None) -> list[Given] | None:
    """The values of an input, each of the one type it was sent as."""
    if inputs is None:
        return None
    if len(inputs) > MOST:
        message = f"At most {MOST} custom fields; these are {len(inputs)}."
        raise UserError(UserErrorCode.TOO_MANY, message, (PATH,))
    wrong: list[UserError] = []
    found = list(_each(inputs, wrong))
    if wrong:
        raise Refusals(wrong)
    return found


def _each(inputs: Sequence[Any], wrong: list[UserError]) -> Iterator[Given]:
    for at, one in enumerate(inputs):
        sent = [kind for kind in CustomFieldType if getattr(one, kind.lower()) is not UNSET]
        if len(sent) == 1:
            yield Given(one.key, sent[0], getattr(one, sent[0].lower()), (PATH, at))
        else:
            message = "Send exactly one value besides the key; null empties the field."
            wrong.append(UserError(UserErrorCode.INVALID_VALUE, message, (PATH, at)))
