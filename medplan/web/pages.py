"""What every page shares: how it is dressed, and what it says of what isn't there.

A page may use our own style and script files and nothing else: no inline code, no other host. It
is kept by nobody, tells no other site where it was, and stays out of search engines.
"""

from functools import partial
from http import HTTPStatus

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response as BaseResponse

from medplan.gate.context import caller
from medplan.gate.refusals import NotSignedInError, SecondFactorMissingError
from medplan.services.access import may
from medplan.services.refusals import NotFoundError
from medplan.store.keys import ErasedError

HOME = "/"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def dress(blueprint: Blueprint) -> Blueprint:
    """Make the answers of a blueprint pages: their headers, and a page for what isn't there."""
    blueprint.register_error_handler(NotFoundError, _nothing_here)
    blueprint.register_error_handler(ErasedError, _nothing_here)
    blueprint.register_error_handler(NotSignedInError, _lead_in)
    blueprint.register_error_handler(SecondFactorMissingError, _lead_in)
    blueprint.register_error_handler(CSRFError, _too_old)
    blueprint.after_request(_dress)
    return blueprint


def signed_in_page(file: str, **said: object) -> str:
    """Show a page to whoever is signed in: it offers what they may, and the way out."""
    who = caller()
    allowed = partial(may, who)
    return render_template(file, caller=who, may=allowed, signed_in=True, **said)


def _nothing_here(_error: NotFoundError | ErasedError) -> tuple[str, int]:
    """Say the same of links that never were, were revoked, or ended, and of patients erased."""
    return render_template("nothing.html"), HTTPStatus.NOT_FOUND


def _lead_in(error: NotSignedInError | SecondFactorMissingError) -> BaseResponse:
    """Send whoever isn't signed in to the way in, and back here afterwards."""
    onward = request.full_path.removesuffix("?") if request.method == "GET" else HOME
    half_way = isinstance(error, SecondFactorMissingError)
    way_in = "sign_in.ask_code" if half_way else "sign_in.show"
    return redirect(url_for(way_in, next=onward), HTTPStatus.SEE_OTHER)


def _too_old(_error: CSRFError) -> tuple[str, int]:
    """Refuse a form that is not from one of our pages, or was open for too long."""
    return render_template("account/too-old.html"), HTTPStatus.BAD_REQUEST


def _dress(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers.setdefault("Cache-Control", "no-store")
    return response
