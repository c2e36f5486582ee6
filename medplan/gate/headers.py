"""What every response carries: a request id, and headers that keep browsers and caches modest.

A request that is part of a trace (W3C `traceparent`) stays part of it: its trace id is logged, and
the answer names this server's part.
"""

import re
import secrets
import uuid
from collections.abc import Mapping

from flask import Flask, Response, g, request

_TRACE = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_FOR_A_YEAR = "max-age=31536000; includeSubDomains"
_ALWAYS = {
    "Content-Security-Policy": (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def install_headers(app: Flask, public_url: str) -> None:
    """Number requests as they come in and dress responses as they go out."""
    constant = headers_of(public_url)

    def dress(response: Response) -> Response:
        for name, value in constant.items():
            response.headers.setdefault(name, value)
        return _dress(response)

    app.before_request(_number)
    app.after_request(dress)


def headers_of(public_url: str) -> Mapping[str, str]:
    """Give what every answer carries; a browser that came by https must not come otherwise."""
    if public_url.startswith("https://"):
        return _ALWAYS | {"Strict-Transport-Security": _FOR_A_YEAR}
    return _ALWAYS


def set_trace(trace_id: str, span_id: str, flags: str) -> None:
    """Say which trace this request is part of, and what its own part is called."""
    g.trace = (trace_id, span_id, flags)


def _number() -> None:
    sent = request.headers.get("X-Request-Id", "")
    g.request_id = sent if _REQUEST_ID.fullmatch(sent) else uuid.uuid4().hex
    traced = _TRACE.fullmatch(request.headers.get("traceparent", ""))
    if traced is not None and "trace" not in g:
        set_trace(traced[1], secrets.token_hex(8), traced[2])


def _dress(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Request-Id"] = g.get("request_id", "")
    trace = g.get("trace")
    if trace is not None:
        response.headers["traceparent"] = "-".join(("00", *trace))
    return response
