"""Pages for the holder of a calendar link: how to get it into a calendar, and what to expect."""

from flask import Blueprint, Response, render_template

from medplan.gate.bearer import open_to_all
from medplan.gate.context import context
from medplan.services.calendars.feed_reading import holders_file, open_feed
from medplan.services.parts import Detail
from medplan.web.clients import CLIENTS
from medplan.web.languages import language
from medplan.web.pages import dress
from medplan.web.qr import qr_svg

blueprint = dress(Blueprint("calendars", __name__, template_folder="templates"))


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
        last_day=language().day(feed.expires_at.date()),
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
    return Response(
        qr_svg(f"{here.public_url}/f/{token}"), content_type="image/svg+xml; charset=utf-8"
    )


@blueprint.get("/f/<token>/plan.ics")
@open_to_all
def download_calendar(token: str) -> Response:
    """Give a calendar to be imported once, with alarms."""
    here = context()
    body = holders_file(here.parts, token, here.clock())
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="plan.ics"'
    return response
