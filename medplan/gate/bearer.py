"""A token in the Authorization header: a person's API token, or one that a client was given."""

from flask import request

from medplan.gate.context import context
from medplan.gate.doors import open_to_all
from medplan.gate.refusals import NoTokenError
from medplan.services.access import Caller
from medplan.services.clients.registered import find_client_caller
from medplan.services.people.api_tokens import find_caller

__all__ = ["bearer_caller", "open_to_all"]


def bearer_caller() -> Caller:
    """Say whose token this request brings.

    Raises:
        NoTokenError: no token, or one that opens nothing.
    """
    sent = request.authorization
    token = None if sent is None or sent.type != "bearer" else sent.token
    here = context()
    database, now = here.parts.database, here.clock()
    found = None
    if token is not None:
        found = find_caller(database, token, now) or find_client_caller(database, token, now)
    if found is None:
        raise NoTokenError
    return found
