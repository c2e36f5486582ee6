"""Where a list goes on, as a signed text that only this server can have written.

A cursor belongs to one organisation and one set of filters: with others it is refused. What it
belongs to is kept in it as a hash only, for a filter may name a patient.
"""

import hashlib
import json
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

from medplan.errors import InvalidRequestError, Problem

_SALT = "medplan.cursor"


def write_cursor(secret_key: str, scope: list[str], place: UUID) -> str:
    """Sign the place where another page begins, for this scope."""
    return _serializer(secret_key).dumps([_digest(scope), place.hex])


def read_cursor(secret_key: str, scope: list[str], cursor: str) -> UUID:
    """Read a cursor that was written for this scope.

    Raises:
        InvalidRequestError: it was not, or it was altered.
    """
    try:
        found, place = _serializer(secret_key).loads(cursor)
    except (BadSignature, ValueError):
        found, place = "", ""
    if found != _digest(scope) or not place:
        raise InvalidRequestError([Problem("/cursor", "bad-cursor", "not a cursor of this list")])
    return UUID(place)


def _digest(scope: list[str]) -> str:
    return hashlib.sha256(json.dumps(scope).encode()).hexdigest()[:32]


def _serializer(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt=_SALT)
