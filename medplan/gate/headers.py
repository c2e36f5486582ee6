"""What every response carries: a request id, and headers that keep browsers and caches modest.

A request that is part of a trace (W3C `traceparent`) stays part of it: its trace id is logged, and
the answer names this server's part.
"""

import re
import secrets
import uuid

from flask import Flask, Response, g, request

_TRACE = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
ALWAYS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def install_headers(app: Flask) -> None:
    """Number requests as they come in and dress responses as they go out."""
    app.before_request(_number)
    app.after_request(_dress)


def _number() -> None:
    sent = request.headers.get("X-Request-Id", "")
    g.request_id = sent if _REQUEST_ID.fullmatch(sent) else uuid.uuid4().hex
    traced = _TRACE.fullmatch(request.headers.get("traceparent", ""))
    g.trace = None if traced is None else (traced[1], secrets.token_hex(8), traced[2])


def _dress(response: Response) -> Response:
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Request-Id"] = g.get("request_id", "")
    trace = g.get("trace")
    if trace is not None:
        response.headers["traceparent"] = "-".join(("00", *trace))
    return response
