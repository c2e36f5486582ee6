"""Routes by which an auditor opens a plan with a reason, and others see that it was opened."""

from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint
from marshmallow import post_load

from medplan.api import mapping
from medplan.api.answers import json_answer
from medplan.api.mapping import Document, instant
from medplan.api.operation import Operation
from medplan.documents.fields import Text
from medplan.documents.shapes import Loaded, StrictSchema
from medplan.gate.bodies import load_body
from medplan.gate.context import caller, parts
from medplan.gate.idempotency import once, respond
from medplan.services.access import Right
from medplan.services.audit import openings
from medplan.services.once import Answer
from medplan.store.ids import PLAN, USER, write_id
from medplan.store.tables import OpeningRow

blueprint = Blueprint("openings", __name__, description="Plans opened by auditors, with a reason.")

_MISSING = (HTTPStatus.NOT_FOUND,)


@dataclass(frozen=True, slots=True)
class OpeningWish:
    """Why a plan has to be looked at."""

    reason: str


class OpeningWishSchema(StrictSchema):
    """Why a plan has to be looked at; the prescribers see it."""

    reason = Text(most=1000, required=True, lines=True)

    @post_load
    def make(self, read: Loaded, **_options: object) -> OpeningWish:
        """The reason as a value."""
        return OpeningWish(read["reason"])


@Operation(
    blueprint,
    "POST",
    "/plans/<plan:plan_id>/openings",
    right=Right.OPEN_PLANS,
    answer="Opening",
    status=HTTPStatus.CREATED,
    refusals=_MISSING,
    body=OpeningWishSchema,
    keyed=True,
)
def open_plan(plan_id: UUID) -> Response:
    """Open a plan for an auditor, for an hour. It is audited, and shown with its reason."""
    reason = load_body(OpeningWishSchema(), OpeningWish).reason
    return respond(openings.open_plan(parts(), caller(), plan_id, reason, once(_created)))


@Operation(
    blueprint,
    "GET",
    "/plans/<plan:plan_id>/openings",
    right=Right.READ_OPENINGS,
    answer="OpeningList",
    refusals=_MISSING,
)
def list_openings(plan_id: UUID) -> Response:
    """List which auditors opened a plan, when and why, newest first."""
    found = openings.list_openings(parts(), caller(), plan_id)
    return json_answer(mapping.items([_opening(row) for _plan, row, _user in found]))


def _opening(row: OpeningRow) -> Document:
    return {
        "plan": write_id(PLAN, row.plan_id),
        "opened_by": write_id(USER, row.user_id),
        "reason": row.reason,
        "opened_at": instant(row.opened_at),
        "closes_at": instant(row.closes_at),
    }


def _created(row: OpeningRow) -> Answer:
    return Answer(HTTPStatus.CREATED, (), mapping.write_json(_opening(row)))
