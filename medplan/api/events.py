"""Routes of events: the log, and the addresses that are told of them."""

import json
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, request, url_for
from flask_smorest import Blueprint
from marshmallow import post_load

from medplan.api.answers import json_answer
from medplan.api.mapping import Document, instant, items, write_json
from medplan.api.operation import Operation
from medplan.api.schemas import PageSize
from medplan.documents.fields import Text, Word
from medplan.documents.json_text import JsonValue
from medplan.documents.shapes import Loaded, Many, StrictSchema
from medplan.gate.bodies import load_body, load_query
from medplan.gate.context import caller, context, parts
from medplan.gate.cursors import read_cursor, write_cursor
from medplan.gate.idempotency import once, respond
from medplan.services.access import Right
from medplan.services.once import Answer
from medplan.services.telling import webhooks
from medplan.services.telling.events import EventKind
from medplan.services.telling.webhooks import Endpoint
from medplan.services.telling.webhooks_sending import event_document
from medplan.store.ids import WEBHOOK, write_id

blueprint = Blueprint("events", __name__, description="What happens to plans, told to machines.")

_MISSING = (HTTPStatus.NOT_FOUND,)
_DEFAULT_PAGE = 100
_LONGEST_URL = 500


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Which events, how many, from where on."""

    kind: EventKind | None
    limit: int
    cursor: str | None


class EventQuerySchema(StrictSchema):
    """Filter and place of the log."""

    type = Word(*EventKind)
    limit = PageSize(_DEFAULT_PAGE)
    cursor = Text(most=1000)

    @post_load
    def make(self, read: Loaded, **_options: object) -> EventQuery:
        """The query as a value."""
        kind, limit = read.get("type"), read.get("limit") or _DEFAULT_PAGE
        return EventQuery(None if kind is None else EventKind(kind), limit, read.get("cursor"))


@dataclass(frozen=True, slots=True)
class EndpointWish:
    """Where to tell, and of what (None: of everything)."""

    url: str
    kinds: tuple[EventKind, ...] | None


class EndpointSchema(StrictSchema):
    """An https address that takes a POST for each event, and the kinds it wants."""

    url = Text(most=_LONGEST_URL, required=True)
    kinds = Many(Word(*EventKind, required=True), 1, len(EventKind))

    @post_load
    def make(self, read: Loaded, **_options: object) -> EndpointWish:
        """The wish as a value."""
        kinds = read.get("kinds")
        return EndpointWish(read["url"], None if kinds is None else tuple(map(EventKind, kinds)))


@Operation(
    blueprint, "GET", "/events", right=Right.READ_EVENTS, answer="EventPage", query=EventQuerySchema
)
def list_events() -> Response:
    """List what happened to plans, in the order in which it became known.

    `next` always says where to go on, also when there is nothing yet: ask there again later.
    """
    query = load_query(EventQuerySchema(), EventQuery)
    secret_key, scope = context().secret_key, [caller().organisation_id.hex, query.kind or "events"]
    place = None if query.cursor is None else read_cursor(secret_key, scope, query.cursor)
    rows = webhooks.list_events(parts(), caller(), after=place, kind=query.kind, limit=query.limit)
    kept = {name: value for name, value in request.args.items() if name != "cursor"}
    here = rows[-1].id if rows else place
    if here is not None:
        kept["cursor"] = write_cursor(secret_key, scope, here)
    found: list[JsonValue] = [event_document(row) for row in rows]
    onward = f"?{urlencode(kept)}" if kept else ""
    return json_answer({"items": found, "next": url_for(".list_events") + onward})


@Operation(
    blueprint,
    "POST",
    "/webhook-endpoints",
    right=Right.MANAGE_WEBHOOKS,
    answer="NewWebhookEndpoint",
    status=HTTPStatus.CREATED,
    body=EndpointSchema,
    keyed=True,
)
def add_webhook_endpoint() -> Response:
    """Have an address told of events. Its secret is in this answer and never shown again."""
    wish = load_body(EndpointSchema(), EndpointWish)
    return respond(webhooks.add_endpoint(parts(), caller(), wish.url, wish.kinds, once(_created)))


@Operation(
    blueprint,
    "GET",
    "/webhook-endpoints",
    right=Right.MANAGE_WEBHOOKS,
    answer="WebhookEndpointList",
)
def list_webhook_endpoints() -> Response:
    """List the addresses that are told, with what waits for them."""
    found = webhooks.list_endpoints(parts(), caller())
    return json_answer(items([_document(endpoint) for endpoint in found]))


@Operation(
    blueprint,
    "DELETE",
    "/webhook-endpoints/<webhook:endpoint_id>",
    right=Right.MANAGE_WEBHOOKS,
    answer=None,
    status=HTTPStatus.NO_CONTENT,
    refusals=_MISSING,
)
def end_webhook_endpoint(endpoint_id: UUID) -> Response:
    """End an address: it is told nothing any more."""
    webhooks.end_endpoint(parts(), caller(), endpoint_id)
    return Response(status=HTTPStatus.NO_CONTENT)


@Operation(
    blueprint,
    "POST",
    "/webhook-endpoints/<webhook:endpoint_id>/rotations",
    right=Right.MANAGE_WEBHOOKS,
    answer="NewWebhookEndpoint",
    refusals=_MISSING,
    keyed=True,
)
def rotate_webhook_secret(endpoint_id: UUID) -> Response:
    """Give an address a new secret. For a day messages are signed by the former one as well."""
    return respond(webhooks.rotate_secret(parts(), caller(), endpoint_id, once(_told)))


@Operation(
    blueprint,
    "POST",
    "/webhook-endpoints/<webhook:endpoint_id>/redeliveries",
    right=Right.MANAGE_WEBHOOKS,
    answer="Revived",
    refusals=_MISSING,
    keyed=True,
)
def send_again(endpoint_id: UUID) -> Response:
    """Try again what was given up for an address."""
    return respond(webhooks.send_again(parts(), caller(), endpoint_id, once(_revived)))


def _told(endpoint: Endpoint) -> Answer:
    """Answer with the secret, and keep an answer without it for a repeat."""
    shown = _document(endpoint)
    return Answer(
        HTTPStatus.OK,
        (),
        write_json(shown | {"secret": endpoint.secret}),
        write_json(shown | {"secret": None}),
    )


def _created(endpoint: Endpoint) -> Answer:
    return replace(_told(endpoint), status=HTTPStatus.CREATED)


def _revived(count: int) -> Answer:
    return Answer(HTTPStatus.OK, (), write_json({"revived": count}))


def _document(endpoint: Endpoint) -> Document:
    row = endpoint.row
    return {
        "id": write_id(WEBHOOK, row.id),
        "url": row.url,
        "kinds": None if row.kinds is None else json.loads(row.kinds),
        "created_at": instant(row.created_at),
        "waiting": endpoint.waiting,
        "given_up": endpoint.given_up,
    }
