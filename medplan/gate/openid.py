"""Signing in elsewhere: whether a deployment has a provider, and the way there and back.

What speaks to the provider (`gate.openid_client`) is loaded only where there is one: it takes six
megabytes of every process.
"""

from typing import Protocol

from flask import Flask, current_app
from werkzeug.wrappers import Response

from medplan.services.people.outside_identity import OutsideIdentity

_EXTENSION = "medplan.openid"


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


def install_openid(app: Flask, provider: SigningInElsewhere | None) -> None:
    """Let people sign in with a provider; None: only with a password."""
    if provider is not None:
        app.extensions[_EXTENSION] = provider


def has_provider() -> bool:
    """Whether people can sign in with a provider."""
    return _EXTENSION in current_app.extensions


def elsewhere() -> SigningInElsewhere:
    """The way to the provider; only where there is one."""
    found: SigningInElsewhere = current_app.extensions[_EXTENSION]
    return found
