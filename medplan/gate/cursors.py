"""Where a list goes on, as a signed text that only this server can have written.

A cursor belongs to one organisation and one set of filters: with others it is refused.
"""

from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

from medplan.errors import InvalidRequestError, Problem

_SALT = "medplan.cursor"


def write_cursor(secret_key: str, scope: list[str], older_than: UUID) -> str:
    """Sign the place where the next page begins, for this scope."""
    return _serializer(secret_key).dumps([*scope, older_than.hex])


def read_cursor(secret_key: str, scope: list[str], cursor: str) -> UUID:
    """Read a cursor that was written for this scope.

    Raises:
        InvalidRequestError: it was not, or it was altered.
    """
    try:
        *found, place = _serializer(secret_key).loads(cursor)
    except BadSignature:
        found, place = [], ""
    if found != scope or not place:
        raise InvalidRequestError([Problem("/cursor", "bad-cursor", "not a cursor of this list")])
    return UUID(place)


def _serializer(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt=_SALT)
