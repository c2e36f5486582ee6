"""An OpenID Connect provider over loopback: discovery, code flow with PKCE, signed tokens, keys.

It says of everybody who comes what its test tells it to. It is Authlib's own server side, with its
state in memory.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Thread
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, jsonify
from joserfc.jwk import RSAKey
from typing_extensions import override
from werkzeug.serving import make_server

CLIENT_ID, CLIENT_SECRET = "medplan-test", "an invented client secret"


@dataclass
class Claims:
    """What the provider says of whoever comes; a test may make it lie."""

    sub: str = "elsewhere-1"
    email: str = "prescriber@example.org"
    email_verified: bool = True
    audience: str = CLIENT_ID
    nonce: str | None = None
    issuer: str | None = None
    seconds: int = 300
    key: RSAKey | None = None
    proven: Mapping[str, object] = field(default_factory=dict)
    """How and when it says that somebody proved who they are (`acr`, `amr`, `auth_time`)."""


@dataclass
class Code:
    """A code that was given out, with what it was asked for by."""

    code: str
    redirect_uri: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    scope: str
    auth_time: int = 0

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class Client:
    """The one client: medplan."""

    client_id = CLIENT_ID

    def get_client_id(self) -> str:
        return CLIENT_ID

    def check_redirect_uri(self, uri: str) -> bool:
        return uri.endswith("/login/outside/return")

    def check_client_secret(self, secret: str) -> bool:
        return secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic" and endpoint == "token"

    def check_response_type(self, kind: str) -> bool:
        return kind == "code"

    def check_grant_type(self, kind: str) -> bool:
        return kind == "authorization_code"

    def get_allowed_scope(self, scope: str) -> str:
        return scope


@dataclass
class Provider:
    """A running provider, and what it says."""

    issuer: str
    claims: Claims = field(default_factory=Claims)
    codes: dict[str, Code] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))


@contextmanager
def running_provider() -> Iterator[Provider]:
    """Run a provider on a free port until the block is left."""
    app = Flask("provider")
    server = make_server("127.0.0.1", 0, app)
    provider = Provider(f"http://127.0.0.1:{server.server_port}")
    _serve(app, provider)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _serve(app: Flask, provider: Provider) -> None:
    server = AuthorizationServer(app, lambda _id: Client(), lambda _token, _request: None)
    server.register_grant(_grant(provider), [_tokens(provider)(), CodeChallenge(required=True)])

    @app.get("/.well-known/openid-configuration")
    def discover() -> Any:
        return jsonify(
            issuer=provider.issuer,
            authorization_endpoint=f"{provider.issuer}/authorize",
            token_endpoint=f"{provider.issuer}/token",
            jwks_uri=f"{provider.issuer}/keys",
            id_token_signing_alg_values_supported=["RS256"],
        )

    @app.get("/keys")
    def keys() -> Any:
        return jsonify(keys=[provider.key.as_dict(private=False)])

    @app.get("/authorize")
    def authorize() -> Any:
        grant = server.get_consent_grant(end_user=provider)  # type: ignore[no-untyped-call] # Authlib
        return server.create_authorization_response(grant_user=provider, grant=grant)

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()


def _grant(provider: Provider) -> type[grants.AuthorizationCodeGrant]:
    class CodeGrant(grants.AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        @override
        def save_authorization_code(self, code: str, request: Any) -> None:
            asked = request.payload.data
            provider.codes[code] = Code(
                code,
                asked["redirect_uri"],
                asked["nonce"],
                asked["code_challenge"],
                asked["code_challenge_method"],
                asked["scope"],
            )

        @override
        def query_authorization_code(self, code: str, _client: object) -> Code | None:
            return provider.codes.get(code)

        @override
        def delete_authorization_code(self, code: Code) -> None:
            del provider.codes[code.code]

        @override
        def authenticate_user(self, _code: Code) -> Provider:
            return provider

    return CodeGrant


def _tokens(provider: Provider) -> type[OpenIDCode]:
    class Tokens(OpenIDCode):
        @override
        def exists_nonce(self, _nonce: str, _request: Any) -> bool:
            return False

        @override
        def get_encode_header(self, _client: Client) -> dict[str, str]:
            return {"alg": "RS256", "kid": "one"}

        @override
        def get_client_algorithm(self, _client: Client) -> str:
            return "RS256"

        @override
        def get_client_claims(self, _client: Client) -> dict[str, str]:
            return {}

        @override
        def resolve_client_private_key(self, _client: Client) -> RSAKey:
            return provider.claims.key or provider.key

        @override
        def get_compatible_claims(self, _request: Any) -> dict[str, object]:
            now, said = int(datetime.now(UTC).timestamp()), provider.claims  # noqa: TID251 - a real server
            return {
                "iss": said.issuer or provider.issuer,
                "aud": said.audience,
                "iat": now,
                "exp": now + said.seconds,
            }

        @override
        def generate_user_info(self, _user: Provider, _scope: str) -> UserInfo:
            said = provider.claims
            lie = {**said.proven} | ({} if said.nonce is None else {"nonce": said.nonce})
            return UserInfo(
                sub=said.sub, email=said.email, email_verified=said.email_verified, **lie
            )

    return Tokens


def new_state() -> str:
    """A state that nobody asked with."""
    return secrets.token_urlsafe(16)
