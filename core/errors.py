"""What may go wrong on purpose: refusals are data, denials are errors, all else is a bug."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.codes import DenialCode, UserErrorCode

Path = Sequence[str | int]


class UserError(Exception):
    """A refusal the caller can act on; it becomes an entry of `userErrors` and changes nothing."""

    def __init__(self, code: UserErrorCode, message: str, path: Path = (), **details: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.path = tuple(path)
        self.details: Mapping[str, Any] = details

    def at(self, *prefix: str | int) -> "UserError":
        """The same refusal, seen from further out in the input."""
        return UserError(self.code, self.message, (*prefix, *self.path), **self.details)


class Refusals(Exception):
    """Every refusal of one input, so that a form can show them all at once."""

    def __init__(self, errors: Sequence[UserError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = list(errors)


class Denied(Exception):
    """A request this caller may not make, or that is not a request at all."""

    def __init__(self, code: DenialCode, message: str, **extensions: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.extensions: Mapping[str, Any] = extensions


def not_found(path: Path = ("id",)) -> UserError:
    """The answer for a record that does not exist or is out of sight: the two look the same."""
    return UserError(UserErrorCode.NOT_FOUND, "No such record, or you may not see it.", path)
