"""Reading what was sent: JSON only, and not too much of it."""

from typing import TypeVar

from flask import request
from marshmallow import Schema, ValidationError

from medplan.documents.faults import problems_of
from medplan.documents.json_text import child, read_json
from medplan.errors import InvalidRequestError, Problem
from medplan.gate.refusals import NotJsonError

MOST_BYTES = 256 * 1024
_NOT_TEXT = "holds a character that is not text"

Read = TypeVar("Read")


def json_body() -> bytes:
    """Give the body of a request that says it is JSON.

    Raises:
        NotJsonError: it says that it is something else, or nothing.
    """
    body = request.get_data()
    if request.mimetype != "application/json":
        raise NotJsonError
    return body


def load_body(schema: Schema, made: type[Read]) -> Read:
    """Read the body with a schema whose `post_load` makes a value of type `made`.

    Raises:
        NotJsonError, InvalidRequestError (every problem at once).
    """
    return _load(schema, made, read_json(json_body()))


def load_optional_body(schema: Schema, made: type[Read]) -> Read:
    """Read the body as `load_body` does; none at all says the same as an empty object.

    Raises:
        NotJsonError, InvalidRequestError (every problem at once).
    """
    return load_body(schema, made) if request.get_data() else _load(schema, made, {})


def refuse_broken_form() -> None:
    """Refuse a form that holds what no text does, and no database keeps.

    Raises:
        InvalidRequestError: a field holds the character NUL; every such field at once.
    """
    broken = [name for name, values in request.form.lists() if "\0" in "".join((name, *values))]
    if broken:
        raise InvalidRequestError([Problem(child("", n), "bad-text", _NOT_TEXT) for n in broken])


def load_query(schema: Schema, made: type[Read]) -> Read:
    """Read the query string with such a schema; a parameter given twice counts as a list.

    Raises:
        InvalidRequestError: every problem at once; unknown parameters are refused.
    """
    sent = {
        name: values[0] if len(values) == 1 else values for name, values in request.args.lists()
    }
    return _load(schema, made, sent)


def _load(schema: Schema, made: type[Read], document: object) -> Read:
    try:
        read = schema.load(document)  # type: ignore[arg-type] # it refuses what is no object
    except ValidationError as error:
        raise InvalidRequestError(problems_of(error.messages)) from error
    assert isinstance(read, made)  # noqa: S101 - a schema that makes something else is a bug here
    return read
