"""What a client sends to be given a token, read strictly (RFC 6749, 4.4.2; RFC 7523, 2.2)."""

from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass
from urllib.parse import unquote_plus

from werkzeug.datastructures import MultiDict

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_GRANT = "client_credentials"
_MOST = 10_000


class TokenRequestError(Exception):
    """The request is not one that this endpoint takes; `error` is OAuth's word for it."""

    def __init__(self, error: str, description: str) -> None:
        self.error = error
        super().__init__(description)


@dataclass(frozen=True, slots=True)
class ByAssertion:
    """The client signed something."""

    assertion: str


@dataclass(frozen=True, slots=True)
class BySecret:
    """The client told its secret."""

    client_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """How the client proves who it is, and what it would like to be allowed (None: everything)."""

    proof: ByAssertion | BySecret
    scope: str | None


def read_token_request(form: MultiDict[str, str], authorization: str | None) -> TokenRequest:
    """Read a form and the Authorization header.

    Raises:
        TokenRequestError: something is missing, said twice, or of another kind.
    """
    if any(len(values) > 1 for values in form.listvalues()) or sum(map(len, form.values())) > _MOST:
        raise TokenRequestError("invalid_request", "Each parameter may be sent once.")
    grant = form.get("grant_type")
    if not grant:
        raise TokenRequestError("invalid_request", f"Send a form with grant_type={_GRANT}.")
    if grant != _GRANT:
        raise TokenRequestError("unsupported_grant_type", f"grant_type must be {_GRANT}.")
    scope = form.get("scope")
    return TokenRequest(_proof(form, authorization), scope or None)


def _proof(form: MultiDict[str, str], authorization: str | None) -> ByAssertion | BySecret:
    """Find the one way in which the client proves who it is."""
    ways = [
        way for way in (_signed(form), _posted(form), _header(authorization)) if way is not None
    ]
    if not ways:
        raise TokenRequestError("invalid_client", "Sign in with an assertion or a secret.")
    if len(ways) > 1:
        raise TokenRequestError("invalid_request", "Sign in one way only.")
    [way] = ways
    named = form.get("client_id")
    if named and isinstance(way, BySecret) and named != way.client_id:
        raise TokenRequestError("invalid_request", "client_id names another client.")
    return way


def _signed(form: MultiDict[str, str]) -> ByAssertion | None:
    kind, assertion = form.get("client_assertion_type"), form.get("client_assertion")
    if kind is None and assertion is None:
        return None
    if kind != ASSERTION_TYPE or not assertion:
        raise TokenRequestError("invalid_request", f"client_assertion_type is {ASSERTION_TYPE}.")
    return ByAssertion(assertion)


def _posted(form: MultiDict[str, str]) -> BySecret | None:
    client_id, secret = form.get("client_id"), form.get("client_secret")
    return BySecret(client_id, secret) if client_id and secret else None


def _header(authorization: str | None) -> BySecret | None:
    """Read HTTP Basic, whose two halves are form-encoded (RFC 6749, 2.3.1)."""
    scheme, _, value = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, colon, secret = b64decode(value, validate=True).decode().partition(":")
    except (Base64Error, ValueError) as error:
        raise TokenRequestError(
            "invalid_request", "The Authorization header is no Basic."
        ) from error
    return BySecret(unquote_plus(client_id), unquote_plus(secret)) if colon else None
