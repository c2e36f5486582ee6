"""One JSON line per request on standard error, without tokens and without anything about patients.

A line names the route's pattern, never the path: a feed's path is a secret. Whatever else is
logged, here or by a library, goes through a filter that masks anything shaped like a token. Of a
fault only its kind and its place in the code are told, for its message may hold what was sent.
"""

import logging
import re
import sys
import time
import traceback
from collections.abc import MutableMapping

import structlog
from flask import Flask, Response, g, request
from typing_extensions import override

_TOKEN = re.compile(r"mp([a-z])_[A-Za-z0-9_-]+")
_MASK = r"mp\1_***"
_log: structlog.stdlib.BoundLogger = structlog.get_logger("medplan")


class MaskTokens(logging.Filter):
    """Masks tokens in every record that passes."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask(record.getMessage()), ()
        return True


def mask(text: str) -> str:
    """Replace every token in a text."""
    return _TOKEN.sub(_MASK, text)


def configure_logs() -> None:
    """Send medplan's and the libraries' lines to standard error, masked."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(MaskTokens())
    logging.basicConfig(level=logging.INFO, handlers=[handler], format="%(message)s", force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _mask_values,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def install_logs(app: Flask) -> None:
    """Write a line for every request once it is answered."""
    app.before_request(_begin)
    app.after_request(_write)


def log_fault(error: Exception) -> None:
    """Write where a fault arose, not what it says."""
    frames = traceback.extract_tb(error.__traceback__)[-5:]
    _log.error(
        "fault",
        kind=type(error).__name__,
        place=[f"{frame.name}:{frame.lineno}" for frame in frames],
        request_id=g.get("request_id", ""),
    )


def _begin() -> None:
    g.begun = time.perf_counter()


def _write(response: Response) -> Response:
    caller = g.get("caller")
    _log.info(
        "request",
        method=request.method,
        route=None if request.url_rule is None else request.url_rule.rule,
        status=response.status_code,
        ms=round((time.perf_counter() - g.begun) * 1000, 1),
        request_id=g.get("request_id", ""),
        trace=None if g.get("trace") is None else g.trace[0],
        user=None if caller is None else caller.user_id.hex,
    )
    return response


def _mask_values(
    _logger: object, _name: str, line: MutableMapping[str, object]
) -> MutableMapping[str, object]:
    return {key: mask(value) if isinstance(value, str) else value for key, value in line.items()}
