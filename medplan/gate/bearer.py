"""An API token in the Authorization header."""

from flask import request

from medplan.gate.context import context
from medplan.gate.doors import open_to_all
from medplan.gate.refusals import NoTokenError
from medplan.services.access import Caller
from medplan.services.api_tokens import find_caller

__all__ = ["bearer_caller", "open_to_all"]


def bearer_caller() -> Caller:
    """Say whose token this request brings.

    Raises:
        NoTokenError: no token, or one that opens nothing.
    """
    sent = request.authorization
    token = None if sent is None or sent.type != "bearer" else sent.token
    here = context()
    found = None if token is None else find_caller(here.parts.database, token, here.clock())
    if found is None:
        raise NoTokenError
    return found
