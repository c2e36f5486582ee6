"""Who may be answered by a copy of the database that is a little behind, and who not.

Only a route that says so (`behind`) reads copies, and only for a caller who says how far they have
written: a system by the header that it was given with its last change, a browser by its cookie.
Whoever says nothing is answered by the leader. Without copies, none of this happens.
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from flask import Flask, Response, request, session
from sqlalchemy.exc import SQLAlchemyError

from medplan.gate.context import context_of, read_behind
from medplan.gate.sessions import session_token
from medplan.store.replica import Replica, is_position

View = TypeVar("View", bound=Callable[..., object])

HEADER = "X-Medplan-Consistency"
PARAMETER = {
    "name": HEADER,
    "in": "header",
    "description": "As it came with your last change: what you are shown is no older.",
    "schema": {"type": "string", "maxLength": 17},
}
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_WRITTEN = "written"


def install_consistency(app: Flask) -> None:
    """Tell whoever changes something how far they have written, where there are copies."""
    replica = context_of(app).parts.database.replica
    if replica is None:
        return

    def tell(response: Response) -> Response:
        if request.method not in _READING:
            _tell(response, replica)
        return response

    app.after_request(tell)


def behind(view: View) -> View:
    """Let a view be answered by a copy that shows what the caller wrote last."""

    @wraps(view)
    def seen(*args: object, **kwargs: object) -> object:
        said = request.headers.get(HEADER) or session.get(_WRITTEN, "")
        if is_position(said):
            read_behind(said)
        return view(*args, **kwargs)

    return cast("View", seen)


def _tell(response: Response, replica: Replica) -> None:
    """What was changed is kept by now, also where the leader can't say how far it has written."""
    try:
        written = replica.written()
    except SQLAlchemyError:
        session.pop(_WRITTEN, None)
        return
    if session_token():
        session[_WRITTEN] = written
    else:
        response.headers[HEADER] = written
