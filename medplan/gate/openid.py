"""The other side of signing in elsewhere: an OpenID Connect provider.

By the authorization code flow with PKCE; Authlib checks state, nonce, issuer, audience, signature.
How strongly somebody proved there who they are (`acr`, `amr`) is held against what the deployment
demands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from flask import Flask, current_app
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from medplan.gate.refusals import NotSignedInError, WeakSignInError
from medplan.services.people.outside_identity import OutsideIdentity

_NAME = "outside"
_PROVIDER = "medplan.provider"
_EXTENSION = "authlib.integrations.flask_client"
_DISCOVERY = "/.well-known/openid-configuration"
_TIMEOUT_S = 10
_FAR_FUTURE = 2**32


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider, and who we are to it. A sign-in there has to have one of these classes
    (`acr`), and to have used all of these methods (`amr`); none demands nothing."""

    issuer: str
    client_id: str
    client_secret: str
    classes: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()


def install_openid(app: Flask, provider: Provider | None) -> None:
    """Let people sign in with a provider; None: only with a password."""
    if provider is None:
        return
    app.extensions[_PROVIDER] = provider
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


def send_away(return_address: str, *, again: bool) -> Response:
    """Send a browser to the provider; `again`: whom it knows already has to prove it there anew."""
    asked = {"prompt": "login", "max_age": "0"} if again else {}
    if _provider().classes:
        asked["acr_values"] = " ".join(sorted(_provider().classes))
    answer = _client().authorize_redirect(return_address, **asked)
    assert isinstance(answer, Response)  # noqa: S101 - Authlib carries no types
    return answer


def identity() -> OutsideIdentity:
    """Say who came back from the provider with this request.

    Raises:
        NotSignedInError: what came is not an answer to what was asked, forged, or too old; or the
            provider can't be reached.
        WeakSignInError: they proved less there than this deployment demands.
    """
    try:
        claims = _client().authorize_access_token()["userinfo"]
    except (AuthlibBaseError, JoseError, requests.RequestException, KeyError, ValueError) as error:
        raise NotSignedInError from error
    _refuse_weak(claims)
    verified = claims.get("email_verified") is True and isinstance(claims.get("email"), str)
    email = claims["email"].strip().lower() if verified else None
    return OutsideIdentity(
        str(claims["iss"]),
        str(claims["sub"]),
        email,
        proven_at=_proven_at(claims),
        strong=bool(_provider().classes or _provider().methods),
    )


def _refuse_weak(claims: Mapping[str, object]) -> None:
    demanded = _provider()
    methods = claims.get("amr")
    used = {str(one) for one in methods} if isinstance(methods, list) else set()
    if demanded.classes and str(claims.get("acr")) not in demanded.classes:
        raise WeakSignInError
    if not demanded.methods <= used:
        raise WeakSignInError


def _proven_at(claims: Mapping[str, object]) -> datetime | None:
    said = claims.get("auth_time")
    if not isinstance(said, int) or not 0 <= said < _FAR_FUTURE:
        return None
    return datetime.fromtimestamp(said, UTC)


def _provider() -> Provider:
    found = current_app.extensions[_PROVIDER]
    assert isinstance(found, Provider)  # noqa: S101 - tells the type checker what install_openid put
    return found


def _client() -> FlaskOAuth2App:
    found = current_app.extensions[_EXTENSION].create_client(_NAME)
    assert isinstance(found, FlaskOAuth2App)  # noqa: S101 - Authlib carries no types
    return found
