"""Refusals as the API answers them, and database constraints as refusals."""

from typing import Any

import asyncpg
from strawberry import ID

from core.codes import UserErrorCode
from core.errors import Path, UserError
from core.ids import encode
from core.names import camel
from models.registry import REGISTRY
from resolvers.reading import Reading
from schema import values

_BY_CONSTRAINT: dict[str, tuple[UserErrorCode, str, Path]] = {
    "contact_email_taken": (
        UserErrorCode.DUPLICATE_EMAIL,
        "A contact with this e-mail address exists.",
        ("email",),
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
    if isinstance(error, asyncpg.ForeignKeyViolationError):
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


async def answered(reading: Reading | None, error: UserError) -> Any:
    """A refusal as its GraphQL type, with what its details call for."""
    common: dict[str, Any] = {
        "code": error.code,
        "message": error.message,
        "path": [str(part) for part in error.path],
    }
    details = error.details
    if "current_version" in details:
        changed = [camel(name) for name in details["changed_fields"]]
        version = details["current_version"]
        return values.StaleVersionError(**common, current_version=version, changed_fields=changed)
    if "existing" in details:
        existing = None
        if reading is not None and details["existing"] is not None:
            existing = await reading.record(*details["existing"])
        return values.DuplicateError(**common, existing=existing)  # type: ignore[arg-type]
    if "above" in details:
        beside = {}
        for side in ("above", "below"):
            named = details[side]
            beside[side] = await reading.record(*named) if reading and named else None
        return values.StalePositionError(**common, **beside)  # type: ignore[arg-type]
    if "workspaces" in details:
        return values.WorkspaceRequiredError(
            **common,
            workspaces=[
                values.WorkspaceChoice(id=ID(encode("ten", one)), name=name)
                for one, name in details["workspaces"]
            ],
        )
    return values.GenericError(**common)
