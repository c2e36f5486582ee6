"""The cookie of a signed-in browser: what is in it, how it is sent, and who it stands for.

The cookie holds a token of 256 random bits and the form token, signed; everything else is a row
that can be ended from here. It is for this host and for HTTP alone, and goes with no request that
another site makes, except following a link.
"""

from flask import Flask, session

from medplan.gate.context import context
from medplan.gate.refusals import NotSignedInError, SecondFactorMissingError
from medplan.services.access import Caller
from medplan.services.people.sessions import NewSession, end_session, find_session

_TOKEN = "token"  # noqa: S105 - a key of the cookie, not a secret


def install_sessions(app: Flask, public_url: str, secret_key: str) -> None:
    """Say how the cookie is made; over https it can belong to no other host or path."""
    secure = public_url.startswith("https://")
    app.secret_key = secret_key
    app.config.update(
        SESSION_COOKIE_NAME="__Host-medplan" if secure else "medplan",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",  # a link from a message or an identity provider still works
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,
    )


def session_token() -> str:
    """Give the token of this browser, empty if it has none."""
    found = session.get(_TOKEN, "")
    return found if isinstance(found, str) else ""


def session_caller() -> Caller:
    """Say who is signed in with this browser.

    Raises:
        NotSignedInError: nobody, or not any more.
        SecondFactorMissingError: the password was right, the code is still to come.
    """
    here = context()
    found = find_session(here.parts.database, session_token(), here.clock())
    if found is None:
        raise NotSignedInError
    if found.half_open:
        raise SecondFactorMissingError
    return found.caller


def begin(made: NewSession) -> None:
    """Give this browser a new cookie; nothing of the one before is kept."""
    session.clear()
    session[_TOKEN] = made.token


def replace(made: NewSession) -> None:
    """Give this browser a new cookie, and end the session that it had, if any."""
    here, earlier = context(), session_token()
    begin(made)
    end_session(here.parts.database, earlier, here.clock())


def end() -> None:
    """Sign this browser out, here and in its cookie."""
    here = context()
    end_session(here.parts.database, session_token(), here.clock())
    session.clear()
