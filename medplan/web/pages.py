"""What every page shares: how it is dressed, and what it says of what isn't there.

A page may use our own style and script files and nothing else: no inline code, no other host. It
is kept by nobody, tells no other site where it was, and stays out of search engines.
"""

from http import HTTPStatus

from flask import Blueprint, Response, render_template

from medplan.services.refusals import NotFoundError

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def dress(blueprint: Blueprint) -> Blueprint:
    """Make the answers of a blueprint pages: their headers, and a page for what isn't there."""
    blueprint.register_error_handler(NotFoundError, _nothing_here)
    blueprint.after_request(_dress)
    return blueprint


def _nothing_here(_error: NotFoundError) -> tuple[str, int]:
    """Say the same of links that never were, are revoked, or have ended."""
    return render_template("nothing.html"), HTTPStatus.NOT_FOUND


def _dress(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers.setdefault("Cache-Control", "no-store")
    return response
