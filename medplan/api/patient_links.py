"""Routes of the links to a patient's own pages: made and ended by the plan's prescriber."""

from dataclasses import replace
from http import HTTPStatus
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint
from marshmallow import post_load

from medplan.api import mapping
from medplan.api.answers import json_answer
from medplan.api.mapping import Document, instant
from medplan.api.operation import Operation
from medplan.api.schemas import Instant
from medplan.documents.fields import Text, Word
from medplan.documents.shapes import Loaded, Many, StrictSchema
from medplan.gate.bodies import load_body
from medplan.gate.context import caller, context, parts
from medplan.gate.idempotency import once, respond
from medplan.services.access import Right
from medplan.services.once import Answer
from medplan.services.patients import patient_links
from medplan.services.patients.patient_links import ALLOWABLE, LinkWish, ListedLink, NewLink
from medplan.store.ids import LINK, write_id

blueprint = Blueprint("patient-links", __name__, description="Links to a patient's own pages.")

_MISSING = (HTTPStatus.NOT_FOUND,)
_RIGHT = Right.MANAGE_PATIENT_LINKS


class LinkWishSchema(StrictSchema):
    """A new link: whose, what its holder may do besides reading and checking in, until when."""

    name = Text(required=True)
    may = Many(Word(*ALLOWABLE, required=True), 0, len(ALLOWABLE))
    expires_at = Instant()

    @post_load
    def make(self, read: Loaded, **_options: object) -> LinkWish:
        """The wish as a value."""
        may = frozenset(map(Right, read.get("may") or ()))
        return LinkWish(read["name"], may, read.get("expires_at"))


@Operation(
    blueprint,
    "POST",
    "/plans/<plan:plan_id>/patient-links",
    right=_RIGHT,
    answer="NewPatientLink",
    status=HTTPStatus.CREATED,
    refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    body=LinkWishSchema,
    keyed=True,
)
def create_patient_link(plan_id: UUID) -> Response:
    """Make a link to the patient's pages. Its address is in this answer and never shown again."""
    wish = load_body(LinkWishSchema(), LinkWish)
    return respond(patient_links.create_link(parts(), caller(), plan_id, wish, once(_created)))


@Operation(
    blueprint,
    "GET",
    "/plans/<plan:plan_id>/patient-links",
    right=_RIGHT,
    answer="PatientLinkList",
    refusals=_MISSING,
)
def list_patient_links(plan_id: UUID) -> Response:
    """List the links to a patient's pages, without their addresses."""
    found = patient_links.list_links(parts(), caller(), plan_id)
    return json_answer(mapping.items([_link(listed) for listed in found]))


@Operation(
    blueprint,
    "DELETE",
    "/plans/<plan:plan_id>/patient-links/<link:link_id>",
    right=_RIGHT,
    answer=None,
    status=HTTPStatus.NO_CONTENT,
    refusals=_MISSING,
)
def revoke_patient_link(plan_id: UUID, link_id: UUID) -> Response:
    """Revoke a link; its pages are gone at once."""
    patient_links.revoke_link(parts(), caller(), plan_id, link_id)
    return Response(status=HTTPStatus.NO_CONTENT)


@Operation(
    blueprint,
    "POST",
    "/plans/<plan:plan_id>/patient-links/<link:link_id>/rotate",
    right=_RIGHT,
    answer="NewPatientLink",
    refusals=_MISSING,
    keyed=True,
)
def rotate_patient_link(plan_id: UUID, link_id: UUID) -> Response:
    """Give a link a new address; the old one stops working at once."""
    return respond(patient_links.rotate_link(parts(), caller(), plan_id, link_id, once(_rotated)))


def _link(listed: ListedLink) -> Document:
    link = listed.link
    return {
        "id": write_id(LINK, link.id),
        "name": link.name,
        "may": list(link.may.split()),
        "created_at": instant(link.created_at),
        "expires_at": instant(listed.expires_at),
        "revoked_at": None if link.revoked_at is None else instant(link.revoked_at),
    }


def _rotated(made: NewLink) -> Answer:
    kept: Document = {
        "id": write_id(LINK, made.link.id),
        "url": None,
        "expires_at": instant(made.expires_at),
    }
    shown = kept | {"url": f"{context().public_url}/p/{made.token}"}
    body, kept_body = mapping.write_json(shown), mapping.write_json(kept)
    return Answer(HTTPStatus.OK, (), body, kept=kept_body)


def _created(made: NewLink) -> Answer:
    return replace(_rotated(made), status=HTTPStatus.CREATED)
