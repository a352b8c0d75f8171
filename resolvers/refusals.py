"""Refusals as the API answers them, and database constraints as refusals."""

from datetime import date
from typing import Any

import asyncpg

from core.codes import UserErrorCode
from core.errors import Path, UserError
from core.names import camel
from models.registry import REGISTRY
from schema.refusals import REFUSALS, GenericError

_FIRST_YEAR, _LAST_YEAR = 1900, 2999

_BY_CONSTRAINT: dict[str, tuple[UserErrorCode, str, Path]] = {
    "contact_email_taken": (
        UserErrorCode.DUPLICATE_EMAIL,
        "A contact with this e-mail address exists.",
        ("email",),
    ),
    "external_id_taken": (
        UserErrorCode.DUPLICATE,
        "Another record is called so in this system.",
        ("externalIds",),
    ),
    "saved_view_name_taken": (
        UserErrorCode.DUPLICATE,
        "You have a view of this list by this name.",
        ("name",),
    ),
    "custom_value_taken": (
        UserErrorCode.DUPLICATE,
        "Another record has the same value of a custom field that must be unique.",
        ("customFields",),
    ),
    "product_sku_taken": (UserErrorCode.DUPLICATE, "A product with this SKU exists.", ("sku",)),
    "team_name_taken": (UserErrorCode.DUPLICATE, "A team of this name exists.", ("name",)),
    "user_email_taken": (
        UserErrorCode.ALREADY_MEMBER,
        "A user of the workspace has this address.",
        ("email",),
    ),
    "login_email_taken": (
        UserErrorCode.ALREADY_MEMBER,
        "A user of the workspace has this address.",
        ("email",),
    ),
    "product_tier_taken": (
        UserErrorCode.DUPLICATE,
        "The product has a discount from this quantity on.",
        ("minQuantity",),
    ),
    "product_price_overlap": (
        UserErrorCode.PRICE_OVERLAP,
        "Another price of this product and currency holds on some of these days.",
        ("effectiveFrom",),
    ),
    "contact_email_or_phone_check": (
        UserErrorCode.EMAIL_OR_PHONE_REQUIRED,
        "A contact needs an e-mail address or a phone number.",
        ("email",),
    ),
    "product_price_effective_to_check": (
        UserErrorCode.INVALID_DATE_RANGE,
        "A price ends after it begins.",
        ("effectiveTo",),
    ),
}


def of_constraint(error: asyncpg.PostgresError) -> UserError | None:
    """The refusal behind a violated constraint; None when the error is a bug."""
    name = getattr(error, "constraint_name", None) or ""
    if name in _BY_CONSTRAINT:
        return UserError(*_BY_CONSTRAINT[name])
    column = _wire(name, getattr(error, "table_name", "") or "")
    if isinstance(error, asyncpg.ForeignKeyViolationError | asyncpg.RestrictViolationError):
        message = "A record this one points at is gone, or others still need this one."
        return UserError(UserErrorCode.IN_USE, message, column)
    if isinstance(error, asyncpg.UniqueViolationError | asyncpg.ExclusionViolationError):
        return UserError(UserErrorCode.DUPLICATE, "Another record has this value.", column)
    if isinstance(error, asyncpg.CheckViolationError):
        return UserError(UserErrorCode.INVALID_VALUE, "A value is out of its bounds.", column)
    if isinstance(error, asyncpg.LockNotAvailableError):
        message = "Another act holds the record; retry in a moment."
        return UserError(UserErrorCode.TRY_LATER, message)
    return None


def _wire(constraint: str, table: str) -> tuple[str, ...]:
    inner = constraint.removeprefix(f"{table}_")
    for ending in ("_fk", "_check", "_taken"):
        inner = inner.removesuffix(ending)
    return (camel(inner),) if inner else ()


def invalid_id(target: str, path: Path) -> UserError:
    """The refusal of an id that is malformed or names another entity."""
    message = f"Not the id of a {target}: those look like {REGISTRY[target].prefix}_01HX…"
    return UserError(UserErrorCode.INVALID_ID, message, path)


def check_text(value: str, max_length: int | None, path: Path) -> None:
    """Refuse texts that are too long or hold a NUL."""
    if "\x00" in value:
        raise UserError(UserErrorCode.INVALID_VALUE, "A text must not hold NUL characters.", path)
    if max_length is not None and len(value) > max_length:
        message = f"At most {max_length} characters; these are {len(value)}."
        raise UserError(UserErrorCode.TOO_LONG, message, path)


def check_day(value: date, path: Path) -> None:
    """Refuse days that no calendar in use can count from."""
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        message = f"Send a day of the years {_FIRST_YEAR} to {_LAST_YEAR}."
        raise UserError(UserErrorCode.INVALID_VALUE, message, path)


def answered(error: UserError) -> dict[str, Any]:
    """A refusal as a value of its type: the one declared for its code if it carries details."""
    kind = REFUSALS[error.code] if error.details else GenericError
    return {
        "kind": kind.__name__,
        "code": error.code,
        "message": error.message,
        "path": [str(part) for part in error.path],
        **error.details,
    }
