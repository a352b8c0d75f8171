"""Answers to the pages of other sites: they may ask, and are told as data why something is not."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import asyncpg
import orjson
from starlette.requests import Request
from starlette.responses import Response

from core.choices import Choice
from core.codes import DenialCode
from core.errors import Denied, Refusals, UserError
from resolvers import refusals
from server import answers

JSON = "application/json"
_STATUS = {
    DenialCode.BAD_REQUEST: 400,
    DenialCode.PAYLOAD_TOO_LARGE: 413,
    DenialCode.RATE_LIMITED: 429,
    DenialCode.UNAVAILABLE: 503,
    DenialCode.TIMEOUT: 503,
}
# Such pages lie on other sites, and nothing of a visitor's is sent along or answered.
ANYWHERE = {"access-control-allow-origin": "*"}
PREFLIGHT = ANYWHERE | {
    "access-control-allow-methods": "POST",
    "access-control-allow-headers": "content-type",
    "access-control-max-age": "86400",
}

Reason = tuple[Choice, str, Sequence[str]]
"""A code, what it means here, and the path of the value it is about."""


class Refused(NamedTuple):
    """Why nothing was taken, with the status and the headers that say so."""

    reasons: Sequence[Reason]
    status: int
    headers: dict[str, str]


def refused(error: Exception) -> Refused:
    """What an error comes to; one that is a mistake of ours is logged and masked."""
    if isinstance(error, UserError):
        return Refused([_reason(error)], 422, {})
    if isinstance(error, Refusals):
        return Refused([_reason(one) for one in error.errors], 422, {})
    if isinstance(error, asyncpg.PostgresError) and (why := refusals.of_constraint(error)):
        return Refused([_reason(why)], 422, {})
    denied = error if isinstance(error, Denied) else Denied(*answers.masked(error))
    headers = {}
    if denied.code is DenialCode.RATE_LIMITED:
        headers["retry-after"] = str(denied.extensions["retryAfter"])
    return Refused([(denied.code, denied.message, ())], _STATUS.get(denied.code, 500), headers)


def told(request: Request, reasons: Sequence[Reason], status: int) -> Response:
    """Reasons as data."""
    request_id = request.scope["request_id"]
    entries = [
        {
            "message": message,
            "path": path,
            "extensions": {"code": code, "help": f"/docs/errors#{code}", "requestId": request_id},
        }
        for code, message, path in reasons
    ]
    return answered({"errors": entries}, status)


def answered(body: Any, status: int) -> Response:
    """Data."""
    return Response(orjson.dumps(body), status, media_type=JSON)


def _reason(error: UserError) -> Reason:
    return error.code, error.message, [str(part) for part in error.path]
