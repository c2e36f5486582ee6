"""Signing in elsewhere: whether a deployment has a provider, and the way there and back.

What speaks to the provider is loaded only where there is one: it takes six megabytes of every
process.
"""

from dataclasses import dataclass
from typing import Protocol

from flask import Flask, current_app
from werkzeug.wrappers import Response

from medplan.services.people.outside_identity import OutsideIdentity

_EXTENSION = "medplan.openid"


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider, and who we are to it. A sign-in there has to have one of these classes
    (`acr`), and to have used all of these methods (`amr`); none demands nothing."""

    issuer: str
    client_id: str
    client_secret: str
    classes: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()


class SigningInElsewhere(Protocol):
    """The way to a provider and back."""

    def send_away(self, return_address: str, *, again: bool) -> Response:
        """Send a browser there; `again`: whom it knows already has to prove it there anew."""

    def identity(self) -> OutsideIdentity:
        """Say who came back from there with this request.

        Raises:
            NotSignedInError: what came is not an answer to what was asked, forged, or too old; or
                the provider can't be reached.
            WeakSignInError: they proved less there than this deployment demands.
        """


def install_openid(app: Flask, provider: Provider | None) -> None:
    """Let people sign in with a provider; None: only with a password."""
    if provider is None:
        return
    from medplan.gate.openid_client import OpenIDClient

    app.extensions[_EXTENSION] = OpenIDClient(app, provider)


def has_provider() -> bool:
    """Whether people can sign in with a provider."""
    return _EXTENSION in current_app.extensions


def elsewhere() -> SigningInElsewhere:
    """The way to the provider; only where there is one."""
    found: SigningInElsewhere = current_app.extensions[_EXTENSION]
    return found
