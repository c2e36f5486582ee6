"""What the API's description says of the headers of answers. Knows no route."""

from collections.abc import Mapping
from http import HTTPStatus

_TRUE = {"type": "string", "enum": ["true"]}
HEADERS: Mapping[str, Mapping[str, object]] = {
    "ETag": {
        "description": "The version, to be sent as If-Match with what changes it.",
        "schema": {"type": "string"},
    },
    "Location": {
        "description": "Where what was made is read.",
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "Link": {
        "description": "The pages beside this one (RFC 8288), where there are any.",
        "schema": {"type": "string"},
    },
    "Idempotent-Replayed": {
        "description": "This is the answer that was given under the same key before.",
        "schema": _TRUE,
    },
    "Dry-Run": {
        "description": "Nothing was kept: an id in this answer leads nowhere.",
        "schema": _TRUE,
    },
    "WWW-Authenticate": {
        "description": "How to say who asks.",
        "schema": {"type": "string", "enum": ["Bearer"]},
    },
    "Retry-After": {
        "description": "In how many seconds to try again.",
        "schema": {"type": "integer"},
    },
}
"""Each header by its name: a component of the description, to which answers refer."""

_OF_REFUSALS: Mapping[HTTPStatus, tuple[str, ...]] = {
    HTTPStatus.UNAUTHORIZED: ("WWW-Authenticate",),
    HTTPStatus.TOO_MANY_REQUESTS: ("Retry-After",),
    HTTPStatus.SERVICE_UNAVAILABLE: ("Retry-After",),
}


def references(*names: str) -> dict[str, str]:
    """Refer to some headers."""
    return {name: name for name in names}


def refused(status: HTTPStatus) -> dict[str, str]:
    """Refer to the headers of a refusal."""
    return references(*_OF_REFUSALS.get(status, ()))
