"""The Idempotency-Key of a POST, and answers as responses."""

import hashlib
import re
from collections.abc import Callable
from typing import TypeVar

from flask import Response, request

from medplan.gate.refusals import NoIdempotencyKeyError
from medplan.services.once import Answer, Once

_KEY = re.compile(r"[\x21-\x7e]{1,255}")

Made = TypeVar("Made")


def once(present: Callable[[Made], Answer]) -> Once[Made]:
    """Make this request count once: its method and path, its key, its body.

    Raises:
        NoIdempotencyKeyError: there is no usable Idempotency-Key.
    """
    return Once(
        route=f"{request.method} {request.path}",
        key=sent_key(),
        fingerprint=hashlib.sha256(request.get_data()).hexdigest(),
        present=present,
    )


def sent_key() -> str:
    """Give the key that came in the header.

    Raises:
        NoIdempotencyKeyError: there is no usable Idempotency-Key.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        raise NoIdempotencyKeyError
    return key


def respond(answer: Answer) -> Response:
    """Turn an answer into a response; a repeated one says so."""
    response = Response(answer.body, status=answer.status, content_type="application/json")
    for name, value in answer.headers:
        response.headers[name] = value
    if answer.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response
