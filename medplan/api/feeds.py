"""Routes of calendar feeds: made and ended by the plan's prescriber, read by whoever holds one."""

from dataclasses import replace
from http import HTTPStatus
from uuid import UUID

from flask import Response, request
from flask_smorest import Blueprint

from medplan.api import mapping
from medplan.api.answers import json_answer
from medplan.api.feed_schemas import FeedChangeSchema, FeedWishSchema
from medplan.api.operation import CALENDAR, Operation
from medplan.gate.bodies import load_body
from medplan.gate.context import caller, context, parts
from medplan.gate.feed_door import refusal
from medplan.gate.idempotency import once, respond
from medplan.services.access import Right
from medplan.services.calendars import feeds
from medplan.services.calendars.feeds import FeedChange, FeedWish, NewFeed
from medplan.services.once import Answer

blueprint = Blueprint("feeds", __name__, description="Calendar links of a plan.")
holders = Blueprint("calendar", __name__, description="What the holder of a link reads.")

_MISSING = (HTTPStatus.NOT_FOUND,)


@Operation(
    blueprint,
    "POST",
    "/plans/<plan:plan_id>/feeds",
    right=Right.MANAGE_FEEDS,
    answer="NewFeed",
    status=HTTPStatus.CREATED,
    refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    body=FeedWishSchema,
    keyed=True,
)
def create_feed(plan_id: UUID) -> Response:
    """Make a calendar link. Its address is in this answer and never shown again."""
    wish = load_body(FeedWishSchema(), FeedWish)
    return respond(feeds.create_feed(parts(), caller(), plan_id, wish, once(_created)))


@Operation(
    blueprint,
    "GET",
    "/plans/<plan:plan_id>/feeds",
    right=Right.REVOKE_FEEDS,
    answer="FeedList",
    refusals=_MISSING,
)
def list_feeds(plan_id: UUID) -> Response:
    """List a plan's calendar links, without their addresses."""
    found = feeds.list_feeds(parts(), caller(), plan_id)
    now = caller().at
    return json_answer(
        mapping.items([mapping.feed(row, found.revision, now) for row in found.feeds])
    )


@Operation(
    blueprint,
    "PATCH",
    "/plans/<plan:plan_id>/feeds/<feed:feed_id>",
    right=Right.MANAGE_FEEDS,
    answer="Feed",
    refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    body=FeedChangeSchema,
)
def change_feed(plan_id: UUID, feed_id: UUID) -> Response:
    """Change what a calendar link shows, its name or its end; what is left out stays."""
    change = load_body(FeedChangeSchema(), FeedChange)
    found = feeds.change_feed(parts(), caller(), plan_id, feed_id, change)
    row, now = found.feeds[0], caller().at
    return json_answer(mapping.feed(row, found.revision, now))


@Operation(
    blueprint,
    "DELETE",
    "/plans/<plan:plan_id>/feeds/<feed:feed_id>",
    right=Right.REVOKE_FEEDS,
    answer=None,
    status=HTTPStatus.NO_CONTENT,
    refusals=_MISSING,
)
def revoke_feed(plan_id: UUID, feed_id: UUID) -> Response:
    """Revoke a calendar link. Calendars that have read it keep their last copy."""
    feeds.revoke_feed(parts(), caller(), plan_id, feed_id)
    return Response(status=HTTPStatus.NO_CONTENT)


@Operation(
    blueprint,
    "POST",
    "/plans/<plan:plan_id>/feeds/<feed:feed_id>/rotate",
    right=Right.MANAGE_FEEDS,
    answer="NewFeed",
    refusals=_MISSING,
    keyed=True,
)
def rotate_feed(plan_id: UUID, feed_id: UUID) -> Response:
    """Give a calendar link a new address; the old one stops working at once."""
    return respond(feeds.rotate_feed(parts(), caller(), plan_id, feed_id, once(_rotated)))


@Operation(
    holders,
    "GET",
    "/f/<token>.ics",
    answer=None,
    content_type=CALENDAR,
    refusals=_MISSING,
    guarded=False,
    unchanged="What If-None-Match or If-Modified-Since names is what there is.",
)
def read_feed(token: str) -> Response:
    """Read a calendar, as it was rendered when the plan or the feed last changed."""
    del token  # the door has looked at it: only what it refused comes here
    raise refusal(request.environ)


def _keep_out_of_indexes(response: Response) -> Response:
    """Tell search engines to leave it; robots.txt would also keep calendar services away."""
    response.headers["X-Robots-Tag"] = "noindex"
    return response


holders.after_request(_keep_out_of_indexes)


def _rotated(made: NewFeed) -> Answer:
    shown, kept = mapping.new_feed(made, context().public_url)
    body, kept_body = mapping.write_json(shown), mapping.write_json(kept)
    return Answer(HTTPStatus.OK, (), body, kept=kept_body)


def _created(made: NewFeed) -> Answer:
    return replace(_rotated(made), status=HTTPStatus.CREATED)
