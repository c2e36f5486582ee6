"""Invented clients with keys of their own, and what they sign."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

from flask import Flask
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from werkzeug.test import TestResponse

from medplan.oauth.token_request import ASSERTION_TYPE
from medplan.outside.calls import Outside
from medplan.services.clients.registered import NewClient, add_client
from tests.api.practice import PUBLIC_URL, Practice

EC = ECKey.generate_key("P-384", {"kid": "ec-1"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa-1"})
OTHERS_EC = ECKey.generate_key("P-384", {"kid": "ec-1"})
TOKEN_URL = f"{PUBLIC_URL}/oauth/token"
OURS, THEIRS = "Invented Practice", "Another Practice"

Key = ECKey | RSAKey


def public_set(*keys: Key) -> str:
    """The public halves of some keys, as a set."""
    return json.dumps(KeySet(list(keys)).as_dict(private=False))


@dataclass
class Client:
    """A client that was added to a practice's organisation."""

    app: Flask
    practice: Practice
    id: str
    secret: str | None

    def claims(self, **changed: object) -> dict[str, Any]:
        """What an assertion of this client says, but for what is changed (None: left out)."""
        now = int(self.practice.clock.now.timestamp())
        usual: dict[str, object] = {
            "iss": self.id,
            "sub": self.id,
            "aud": TOKEN_URL,
            "exp": now + 240,
            "jti": uuid.uuid4().hex,
        }
        return {name: v for name, v in (usual | changed).items() if v is not None}

    def assertion(
        self, key: Key = EC, alg: str = "ES384", kid: str | None = None, **changed: object
    ) -> str:
        """Sign an assertion."""
        return self.signed(self.claims(**changed), key, alg, kid)

    def signed(
        self, claims: dict[str, Any], key: Key = EC, alg: str = "ES384", kid: str | None = None
    ) -> str:
        """Sign claims, whatever they say."""
        header = {"alg": alg, "kid": kid or key.kid, "typ": "JWT"}
        return jwt.encode(header, claims, key, algorithms=[alg])

    def ask(self, assertion: str, **changed: str) -> TestResponse:
        """Ask for a token with an assertion."""
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
        }
        return self.app.test_client().post("/oauth/token", data=form | changed)

    def token(self, **changed: str) -> str:
        """Ask for a token, and be given one."""
        answer = self.ask(self.assertion(), **changed)
        assert answer.status_code == 200, answer.text
        return str(answer.get_json()["access_token"])


def added(
    practice: Practice,
    *scopes: str,
    name: str = "Invented pharmacy",
    organisation: str = OURS,
    outside: Outside | None = None,
    by_secret: bool = False,
    **wish: str,
) -> Client:
    """Add a client, with both of our keys unless it is said otherwise."""
    if not by_secret and "jwks_url" not in wish:
        wish.setdefault("jwks", public_set(EC, RSA))
    found = add_client(
        practice.database,
        outside or Outside(),
        NewClient(name, scopes or ("plans.read",), **wish),
        organisation,
        practice.clock.now,
    )
    return Client(practice.app, practice, found.client_id, found.secret)
