"""The other side of signing in elsewhere: an OpenID Connect provider.

By the authorization code flow with PKCE; Authlib checks state, nonce, issuer, audience, signature.
"""

from dataclasses import dataclass

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from flask import Flask, current_app
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from medplan.gate.refusals import NotSignedInError
from medplan.services.people.outside_identity import OutsideIdentity

_NAME = "outside"
_EXTENSION = "authlib.integrations.flask_client"
_DISCOVERY = "/.well-known/openid-configuration"
_TIMEOUT_S = 10


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider, and who we are to it."""

    issuer: str
    client_id: str
    client_secret: str


def install_openid(app: Flask, provider: Provider | None) -> None:
    """Let people sign in with a provider; None: only with a password."""
    if provider is None:
        return
    OAuth(app).register(  # type: ignore[no-untyped-call] # Authlib carries no types
        _NAME,
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        server_metadata_url=provider.issuer.rstrip("/") + _DISCOVERY,
        client_kwargs={
            "scope": "openid email",
            "code_challenge_method": "S256",
            "default_timeout": _TIMEOUT_S,
        },
    )


def has_provider() -> bool:
    """Whether people can sign in with a provider."""
    return _EXTENSION in current_app.extensions


def send_away(return_address: str) -> Response:
    """Send a browser to the provider."""
    answer = _client().authorize_redirect(return_address)
    assert isinstance(answer, Response)  # noqa: S101 - Authlib carries no types
    return answer


def identity() -> OutsideIdentity:
    """Say who came back from the provider with this request.

    Raises:
        NotSignedInError: what came is not an answer to what was asked, forged, or too old; or the
            provider can't be reached.
    """
    try:
        claims = _client().authorize_access_token()["userinfo"]
    except (AuthlibBaseError, JoseError, requests.RequestException, KeyError, ValueError) as error:
        raise NotSignedInError from error
    verified = claims.get("email_verified") is True and isinstance(claims.get("email"), str)
    email = claims["email"].strip().lower() if verified else None
    return OutsideIdentity(str(claims["iss"]), str(claims["sub"]), email)


def _client() -> FlaskOAuth2App:
    found = current_app.extensions[_EXTENSION].create_client(_NAME)
    assert isinstance(found, FlaskOAuth2App)  # noqa: S101 - Authlib carries no types
    return found
