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
from flask import Flask
from joserfc.errors import JoseError
from typing_extensions import override
from werkzeug.wrappers import Response

from medplan.gate.openid import SigningInElsewhere
from medplan.gate.refusals import NotSignedInError, WeakSignInError
from medplan.services.people.outside_identity import OutsideIdentity

_NAME = "outside"
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


class OpenIDClient(SigningInElsewhere):
    """We, as the provider knows us."""

    def __init__(self, app: Flask, provider: Provider) -> None:
        self._provider = provider
        self._client: FlaskOAuth2App = OAuth(app).register(  # type: ignore[no-untyped-call] # Authlib carries no types
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

    @override
    def send_away(self, return_address: str, *, again: bool) -> Response:
        asked = {"prompt": "login", "max_age": "0"} if again else {}
        if self._provider.classes:
            asked["acr_values"] = " ".join(sorted(self._provider.classes))
        answer = self._client.authorize_redirect(return_address, **asked)
        assert isinstance(answer, Response)  # noqa: S101 - Authlib carries no types
        return answer

    @override
    def identity(self) -> OutsideIdentity:
        try:
            claims = self._client.authorize_access_token()["userinfo"]
        except (
            AuthlibBaseError,
            JoseError,
            requests.RequestException,
            KeyError,
            ValueError,
        ) as error:
            raise NotSignedInError from error
        self._refuse_weak(claims)
        verified = claims.get("email_verified") is True and isinstance(claims.get("email"), str)
        email = claims["email"].strip().lower() if verified else None
        return OutsideIdentity(
            str(claims["iss"]),
            str(claims["sub"]),
            email,
            proven_at=_proven_at(claims),
            strong=bool(self._provider.classes or self._provider.methods),
        )

    def _refuse_weak(self, claims: Mapping[str, object]) -> None:
        methods = claims.get("amr")
        used = {str(one) for one in methods} if isinstance(methods, list) else set()
        if self._provider.classes and str(claims.get("acr")) not in self._provider.classes:
            raise WeakSignInError
        if not self._provider.methods <= used:
            raise WeakSignInError


def _proven_at(claims: Mapping[str, object]) -> datetime | None:
    said = claims.get("auth_time")
    if not isinstance(said, int) or not 0 <= said < _FAR_FUTURE:
        return None
    return datetime.fromtimestamp(said, UTC)
