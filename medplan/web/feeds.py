"""Pages for the holder of a calendar link: how to get it into a calendar, and what to expect.

A page may use our own style and script files and nothing else: no inline code, no other host. It
is kept by nobody, tells no other site where it was, and stays out of search engines.
"""

from http import HTTPStatus
from importlib.resources import files

from flask import Blueprint, Flask, Response, render_template

from medplan.gate.bearer import open_to_all
from medplan.gate.context import context
from medplan.services.feed_reading import holders_file, open_feed
from medplan.services.parts import Detail
from medplan.services.refusals import NotFoundError
from medplan.web.clients import CLIENTS
from medplan.web.qr import qr_svg

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_ASSETS = {"page.css": "text/css", "copy.js": "text/javascript"}

blueprint = Blueprint("web", __name__, template_folder="templates")


def install_web(app: Flask) -> None:
    """Hang every page on the application."""
    app.register_blueprint(blueprint)


@blueprint.get("/f")
@open_to_all
def explain_links() -> str:
    """Say what a calendar link is to somebody who followed a calendar's text here."""
    return render_template("links.html")


@blueprint.get("/f/<token>")
@open_to_all
def show_feed(token: str) -> str:
    """Show a feed's holder how to get it into a calendar."""
    here = context()
    feed = open_feed(here.parts, token, here.clock())
    page = f"{here.public_url}/f/{token}"
    return render_template(
        "feed.html",
        name=feed.name,
        full=feed.detail == Detail.FULL,
        alarms=feed.alarms,
        last_day=feed.expires_at.date(),
        url=f"{page}.ics",
        webcal_url=f"webcal://{page.partition('://')[2]}.ics",
        token=token,
        clients=CLIENTS,
    )


@blueprint.get("/f/<token>/qr.svg")
@open_to_all
def show_qr_code(token: str) -> Response:
    """Draw the page's address, so that a phone can open it from a screen."""
    here = context()
    open_feed(here.parts, token, here.clock())
    return Response(qr_svg(f"{here.public_url}/f/{token}"), content_type="image/svg+xml")


@blueprint.get("/f/<token>/plan.ics")
@open_to_all
def download_calendar(token: str) -> Response:
    """Give a calendar to be imported once, with alarms."""
    here = context()
    body = holders_file(here.parts, token, here.clock())
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="plan.ics"'
    return response


@blueprint.get("/assets/<name>")
@open_to_all
def read_asset(name: str) -> Response:
    """Give one of the pages' own files."""
    if name not in _ASSETS:
        raise NotFoundError
    body = files(__package__).joinpath("static", name).read_bytes()
    return Response(body, content_type=f"{_ASSETS[name]}; charset=utf-8")


@blueprint.errorhandler(NotFoundError)
def _nothing_here(_error: NotFoundError) -> tuple[str, int]:
    """Say the same of links that never were, are revoked, or have ended."""
    return render_template("nothing.html"), HTTPStatus.NOT_FOUND


@blueprint.after_request
def _dress(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Robots-Tag"] = "noindex"
    return response
