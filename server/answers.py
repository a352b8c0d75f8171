"""Errors as clients see them: a code, a sentence, help, a request id; never our insides."""

import asyncio
import re
from typing import Any

import asyncpg
import orjson
from graphql import ExecutionResult, GraphQLError

from core.codes import DenialCode
from core.errors import Denied
from core.log import logger
from resolvers.plans.cache import Wrong

_LOG = logger("errors")

# The library repeats a whole object that does not fit its type, passwords and all.
_ECHO = re.compile(r"[,;.] [Ff]ound: \{.*", re.DOTALL)

_AWAY = (
    asyncpg.InsufficientResourcesError,
    asyncpg.InterfaceError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.OperatorInterventionError,
    asyncpg.PostgresConnectionError,
    ConnectionError,
    OSError,
)


def entry(error: GraphQLError, request_id: str, code: DenialCode | None = None) -> dict[str, Any]:
    """One entry of `errors`."""
    original = error.original_error
    message = _ECHO.sub(".", error.message)
    extensions: dict[str, Any] = {}
    if isinstance(original, Denied):
        code, message = original.code, original.message
        extensions = dict(original.extensions)
    elif original is not None and not isinstance(original, GraphQLError):
        code, message = masked(original)
    code = code or DenialCode.BAD_USER_INPUT
    answered: dict[str, Any] = {"message": message}
    if error.locations:
        answered["locations"] = [
            {"line": place.line, "column": place.column} for place in error.locations
        ]
    if error.path is not None:
        answered["path"] = list(error.path)
    answered["extensions"] = extensions | extensions_of(code, request_id)
    return answered


def extensions_of(code: DenialCode, request_id: str) -> dict[str, Any]:
    """What every error carries besides its message."""
    return {"code": code, "help": f"/docs/errors#{code}", "requestId": request_id}


def denied(error: Denied, request_id: str) -> dict[str, Any]:
    """A denial of the whole request."""
    extensions = dict(error.extensions) | extensions_of(error.code, request_id)
    return {"errors": [{"message": error.message, "extensions": extensions}]}


def masked(error: BaseException) -> tuple[DenialCode, str]:
    """What is said of an error that nobody raised on purpose; the log keeps the rest."""
    if isinstance(error, asyncpg.QueryCanceledError | TimeoutError | asyncio.TimeoutError):
        return DenialCode.TIMEOUT, "It took too long and was stopped; ask for less at a time."
    # What the driver cannot encode is an InterfaceError too, and our own fault.
    if isinstance(error, _AWAY) and not isinstance(error, ValueError):
        _LOG.error("database away", reason=repr(error))
        return DenialCode.UNAVAILABLE, "The database is away for a moment; retry soon."
    _LOG.error("unexpected", exc_info=error)
    return DenialCode.INTERNAL, "Something went wrong on our side."


def errors_of(error: BaseException, request_id: str) -> list[dict[str, Any]]:
    """What is said where an operation was not begun, or ended before its time."""
    if isinstance(error, Wrong):
        return [entry(one, request_id) for one in error.errors]
    if isinstance(error, GraphQLError):
        return [entry(error, request_id)]
    if not isinstance(error, Denied):
        error = Denied(*masked(error))
    found: list[dict[str, Any]] = denied(error, request_id)["errors"]
    return found


class Boundary:
    """How what feeds tell goes over the wire."""

    def written(self, result: ExecutionResult) -> str:
        """An answer as JSON."""
        body: dict[str, Any] = {"data": result.data}
        if result.errors:
            body = {"errors": [entry(one, "live") for one in result.errors], **body}
        return orjson.dumps(body, default=str).decode()

    def errors(self, error: BaseException) -> list[Any]:
        """What is said of something that went wrong."""
        return errors_of(error, "live")
