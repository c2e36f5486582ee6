"""How a plan reaches the patient: calendar links and links to their own pages, shown once."""

from uuid import UUID

from flask import request, url_for
from werkzeug.wrappers import Response

from medplan.gate.context import caller, context, parts
from medplan.gate.doors import signed_in
from medplan.services.access import Right
from medplan.services.calendars import feeds
from medplan.services.calendars.feeds import FeedWish, NewFeed
from medplan.services.once import Answer
from medplan.services.parts import CalendarLook, Detail
from medplan.services.patients import patient_links
from medplan.services.patients.patient_links import ALLOWABLE, LinkWish, NewLink
from medplan.store.ids import FEED, LINK, write_id
from medplan.web.practice.pages import onward, page, practice_pages
from medplan.web.qr import qr_svg
from medplan.web.visits import once

blueprint = practice_pages("sharing")

_OK = 200


@blueprint.post("/plans/<plan:plan_id>/feeds")
@signed_in(Right.MANAGE_FEEDS)
def create_feed(plan_id: UUID) -> str:
    """Make a calendar link and show its address, this once."""
    full = request.form.get("detail") == Detail.FULL
    look = CalendarLook(
        detail=Detail.FULL if full else Detail.DISCREET, alarms="alarms" in request.form
    )
    wish = FeedWish(_name(), look)
    answer = feeds.create_feed(parts(), caller(), plan_id, wish, once(_feed_address))
    return _show_once(plan_id, answer, calendar=True)


@blueprint.post("/plans/<plan:plan_id>/feeds/<feed:feed_id>/revoke")
@signed_in(Right.REVOKE_FEEDS)
def revoke_feed(plan_id: UUID, feed_id: UUID) -> Response:
    """End a calendar link."""
    feeds.revoke_feed(parts(), caller(), plan_id, feed_id)
    return _back(plan_id)


@blueprint.post("/plans/<plan:plan_id>/links")
@signed_in(Right.MANAGE_PATIENT_LINKS)
def create_link(plan_id: UUID) -> str:
    """Make a link to the patient's own pages and show it, this once."""
    allowed = set(request.form.getlist("may"))
    wish = LinkWish(_name(), frozenset(right for right in ALLOWABLE if right in allowed))
    answer = patient_links.create_link(parts(), caller(), plan_id, wish, once(_link_address))
    return _show_once(plan_id, answer, calendar=False)


@blueprint.post("/plans/<plan:plan_id>/links/<link:link_id>/revoke")
@signed_in(Right.MANAGE_PATIENT_LINKS)
def revoke_link(plan_id: UUID, link_id: UUID) -> Response:
    """End a link to the patient's pages."""
    patient_links.revoke_link(parts(), caller(), plan_id, link_id)
    return _back(plan_id)


def _show_once(plan_id: UUID, answer: Answer, *, calendar: bool) -> str:
    address = "" if answer.replayed else answer.body
    picture = qr_svg(address) if address else ""
    return page("shared", plan_id=plan_id, address=address, picture=picture, calendar=calendar)


def _name() -> str:
    return " ".join(request.form.get("name", "").split())


def _back(plan_id: UUID) -> Response:
    return onward(url_for("in_force.show", plan_id=plan_id) + "#share")


def _feed_address(made: NewFeed) -> Answer:
    """The address for the page; what is kept for a repeat names the feed alone."""
    shown = f"{context().public_url}/f/{made.token}"
    return Answer(_OK, (), shown, kept=write_id(FEED, made.feed.id))


def _link_address(made: NewLink) -> Answer:
    shown = f"{context().public_url}/p/{made.token}"
    return Answer(_OK, (), shown, kept=write_id(LINK, made.link.id))
