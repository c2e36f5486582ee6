"""The patient's own calendar links: made, given a new address, and ended by link."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from medplan.gate.context import context
from medplan.gate.doors import open_to_all
from medplan.services.access import Right
from medplan.services.calendars import feeds
from medplan.services.calendars.feeds import FeedWish, NewFeed
from medplan.services.once import Answer
from medplan.services.parts import CalendarLook, Detail
from medplan.services.refusals import NotFoundError
from medplan.store.ids import FEED, read_id
from medplan.store.tables import FeedRow
from medplan.web.pages import dress
from medplan.web.visits import Visit, once, page, visit

blueprint = dress(Blueprint("patient_calendars", __name__, template_folder="templates"))

_LONGEST_NAME = 40


@blueprint.get("/p/<token>/calendar")
@open_to_all
def show_calendars(token: str) -> str:
    """Show the patient's calendar links and how to get one."""
    here = visit(token)
    return page(here, "calendar", feeds=_own_feeds(here))


@blueprint.post("/p/<token>/feeds")
@open_to_all
def create(token: str) -> str:
    """Make a calendar link; its address is on this page and never shown again."""
    here = visit(token)
    name = " ".join(request.form.get("name", "").split())[:_LONGEST_NAME] or "My calendar"
    full = request.form.get("detail") == Detail.FULL
    look = CalendarLook(detail=Detail.FULL if full else Detail.DISCREET)
    wish = FeedWish(name, look)
    made = feeds.create_feed(here.parts, here.caller, here.plan_id, wish, once(_told))
    return _shown_once(here, made)


@blueprint.post("/p/<token>/feeds/<feed>/rotate")
@open_to_all
def rotate(token: str, feed: str) -> str:
    """Give one of the patient's calendar links a new address."""
    here = visit(token)
    row = _own(here, feed)
    made = feeds.rotate_feed(here.parts, here.caller, here.plan_id, row.id, once(_told))
    return _shown_once(here, made)


@blueprint.post("/p/<token>/feeds/<feed>/revoke")
@open_to_all
def revoke(token: str, feed: str) -> Response:
    """End one of the patient's calendar links."""
    here = visit(token)
    feeds.revoke_feed(here.parts, here.caller, here.plan_id, _own(here, feed).id)
    back = url_for("patient_calendars.show_calendars", token=token)
    return redirect(back, HTTPStatus.SEE_OTHER)


def _own_feeds(here: Visit) -> list[FeedRow]:
    """The calendar links that were made by this very link and still work."""
    if not here.may(Right.MANAGE_FEEDS):
        return []
    found = feeds.list_feeds(here.parts, here.caller, here.plan_id).feeds
    now = here.caller.at
    return [
        row
        for row in found
        if row.created_by == here.caller.user_id and row.revoked_at is None and row.expires_at > now
    ]


def _own(here: Visit, feed: str) -> FeedRow:
    """Find one of the patient's own calendar links.

    Raises:
        NotFoundError: it is somebody else's, or none.
    """
    feed_id = _id(feed)
    for row in _own_feeds(here):
        if row.id == feed_id:
            return row
    raise NotFoundError


def _id(text: str) -> UUID:
    try:
        return read_id(FEED, text)
    except ValueError as error:
        raise NotFoundError from error


def _shown_once(here: Visit, made: Answer) -> str:
    """The new address, or word that it was shown already."""
    address = f"{context().public_url}/f/{made.body}" if made.body else None
    return page(here, "new_calendar", address=address)


def _told(made: NewFeed) -> Answer:
    return Answer(HTTPStatus.OK, (), made.token, kept="")
