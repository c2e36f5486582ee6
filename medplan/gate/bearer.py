"""Who is at the door: an API token in the Authorization header, on every route that is not open."""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app, g, request

from medplan.gate.context import context
from medplan.gate.refusals import NoTokenError
from medplan.services.accounts import find_caller

View = TypeVar("View", bound=Callable[..., object])
_OPEN = "medplan_open"


def open_to_all(view: View) -> View:
    """Let anyone call this view; every other one wants a token."""
    setattr(view, _OPEN, True)
    return view


def install_bearer(app: Flask) -> None:
    """Guard every route of the application."""
    app.before_request(_check)


def _check() -> None:
    """Find the caller, unless the route is open or there is no such route.

    Raises:
        NoTokenError: no token, or one that opens nothing.
    """
    view = None if request.endpoint is None else current_app.view_functions.get(request.endpoint)
    if view is None or getattr(view, _OPEN, False):
        return
    sent = request.authorization
    token = None if sent is None or sent.type != "bearer" else sent.token
    here = context()
    found = None if token is None else find_caller(here.parts.database, token, here.clock())
    if found is None:
        raise NoTokenError
    g.caller = found
