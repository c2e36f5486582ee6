"""The token endpoint, and where a client reads what this server can do.

Refusals are in OAuth's own form (RFC 6749, 5.2), which its clients read.
"""

import json

from flask import Blueprint, Flask, Response, request

from medplan.documents.json_text import JsonValue
from medplan.errors import InvalidRequestError
from medplan.gate.context import context
from medplan.gate.doors import open_to_all
from medplan.oauth.token_request import (
    ByAssertion,
    TokenRequest,
    TokenRequestError,
    read_token_request,
)
from medplan.services.access import MATRIX, Role
from medplan.services.clients.keys import ALGORITHMS
from medplan.services.clients.sign_in import Granted, sign_in_by_assertion, sign_in_by_secret
from medplan.services.refusals import ClientRefusedError, ScopeRefusedError

blueprint = Blueprint("oauth", __name__)

_TOKEN_PATH = "/oauth/token"  # noqa: S105 - a path
_METHODS: list[JsonValue] = ["private_key_jwt", "client_secret_basic", "client_secret_post"]


def install_oauth(app: Flask) -> None:
    """Hang this room's routes on the application."""
    app.register_blueprint(blueprint)


@blueprint.post(_TOKEN_PATH)
@open_to_all
def issue_token() -> Response:
    """Give a client a token for a few minutes."""
    try:
        wanted = read_token_request(request.form, request.headers.get("Authorization"))
        granted = _sign_in(wanted)
    except TokenRequestError as error:
        return _refusal(error.error, str(error))
    except ClientRefusedError as error:
        return _refusal("invalid_client", str(error))
    except ScopeRefusedError as error:
        return _refusal("invalid_scope", str(error))
    return _answer(
        {
            "access_token": granted.token,
            "token_type": "bearer",
            "expires_in": granted.seconds,
            "scope": " ".join(granted.scopes),
        }
    )


@blueprint.errorhandler(InvalidRequestError)
def refuse_form(error: InvalidRequestError) -> Response:
    """Refuse in OAuth's words a form that can't be text."""
    return _refusal("invalid_request", str(error))


@blueprint.get("/.well-known/smart-configuration")
@blueprint.get("/fhir/R4/.well-known/smart-configuration")
@open_to_all
def read_smart_configuration() -> Response:
    """Tell SMART clients where to sign in, how, and for what: they look below FHIR's address."""
    here = context().public_url
    scopes: list[JsonValue] = [*sorted(MATRIX.asked_by(Role.CLIENT))]
    return _answer(
        {
            "issuer": here,
            "jwks_uri": f"{here}/.well-known/jwks.json",
            "token_endpoint": f"{here}{_TOKEN_PATH}",
            "token_endpoint_auth_methods_supported": _METHODS,
            "token_endpoint_auth_signing_alg_values_supported": [*ALGORITHMS],
            "grant_types_supported": ["client_credentials"],
            "scopes_supported": scopes,
            "capabilities": ["client-confidential-asymmetric", "permission-v2"],
        }
    )


@blueprint.get("/.well-known/jwks.json")
@open_to_all
def read_server_keys() -> Response:
    """List this server's own public keys: none, for its tokens are opaque and it signs none."""
    return _answer({"keys": []})


def _sign_in(wanted: TokenRequest) -> Granted:
    here = context()
    now = here.clock()
    if isinstance(wanted.proof, ByAssertion):
        audiences = (here.public_url, f"{here.public_url}{_TOKEN_PATH}")
        return sign_in_by_assertion(
            here.parts, wanted.proof.assertion, audiences, wanted.scope, now
        )
    secret = wanted.proof
    return sign_in_by_secret(here.parts, secret.client_id, secret.secret, wanted.scope, now)


def _refusal(error: str, description: str) -> Response:
    """Say no in OAuth's words; a client that sent Basic is told to try again by it."""
    response = _answer({"error": error, "error_description": description})
    response.status_code = 400
    if error == "invalid_client" and "Authorization" in request.headers:
        response.status_code = 401
        response.headers["WWW-Authenticate"] = 'Basic realm="medplan"'
    return response


def _answer(document: dict[str, JsonValue]) -> Response:
    return Response(json.dumps(document), content_type="application/json")
