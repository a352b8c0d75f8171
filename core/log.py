"""JSON log lines with the request they belong to."""

import asyncio
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The request whose lines are being written."""

_OPTIONS = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z
_minimum = logging.INFO
_lines: list[bytes] = []


def configure(level: str) -> None:
    """Write every log line of this process as one JSON object on stderr."""
    global _minimum  # noqa: PLW0603 - one for the process, as the configuration of structlog is
    minimum = _minimum = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        cache_logger_on_first_use=True,
        wrapper_class=structlog.make_filtering_bound_logger(minimum),
        processors=[
            _named,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=_dump),
        ],
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
    bridge = logging.StreamHandler(sys.stderr)
    bridge.setFormatter(_JsonLines())
    logging.basicConfig(level=minimum, handlers=[bridge], force=True)
    for noisy in ("uvicorn.access", "alembic", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def logger(name: str) -> Any:
    """A logger whose lines carry `logger: name`."""
    return structlog.get_logger(source=name)


def request(line: dict[str, Any]) -> None:
    """Write the line of a request: the one that is written so often that its cost counts."""
    if _minimum > logging.INFO:
        return
    line["event"] = "request"
    line["logger"] = "http"
    line["level"] = "info"
    line["at"] = datetime.now(UTC)
    if not _lines:
        # Requests that end in one turn of the loop have their lines written at once.
        asyncio.get_running_loop().call_soon(flush)
    _lines.append(orjson.dumps(line, option=_OPTIONS))


def flush() -> None:
    """Write the lines of requests that are still to be written."""
    if _lines:
        sys.stderr.buffer.write(b"".join(_lines))
        sys.stderr.buffer.flush()
        _lines.clear()


def _named(_logger: Any, _method: str, line: Any) -> Any:
    # structlog keeps the word `logger` for itself when a logger is made.
    if "source" in line:
        line["logger"] = line.pop("source")
    request_id = REQUEST_ID.get()
    if request_id is not None:
        line["request_id"] = request_id
    return line


def _dump(value: Any, **_: Any) -> str:
    return orjson.dumps(value, default=str).decode()


class _JsonLines(logging.Formatter):
    """Lines of libraries in the same shape as ours."""

    def format(self, record: logging.LogRecord) -> str:
        """One JSON object."""
        line = {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S"),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _dump(line)
