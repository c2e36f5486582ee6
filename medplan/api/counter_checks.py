"""Routes of the pharmacist's counter-check, and of the prescriber's answer to it."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint
from marshmallow import fields, post_load

from medplan.api.answers import json_answer
from medplan.api.mapping import Document, instant, items, write_json
from medplan.api.operation import Operation
from medplan.documents.fields import Text, Word
from medplan.documents.shapes import Loaded, StrictSchema
from medplan.gate.bodies import load_body
from medplan.gate.context import caller, parts
from medplan.gate.idempotency import once, respond
from medplan.services.access import Right
from medplan.services.once import Answer
from medplan.services.pharmacy import counter_checks
from medplan.services.pharmacy.counter_checks import Reply, Said, Verdict
from medplan.store.ids import COUNTER_CHECK, USER, write_id
from medplan.store.tables import CounterCheckRow

blueprint = Blueprint("counter-checks", __name__, description="The pharmacist's counter-check.")

_MISSING = (HTTPStatus.NOT_FOUND,)
_CONFLICT = (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
_LONGEST_NOTE = 2000


class NewCounterCheckSchema(StrictSchema):
    """What the pharmacist says: verified, a query with a note, or a whole request proposed."""

    verdict = Word(*Verdict, required=True)
    note = Text(most=_LONGEST_NOTE, lines=True)
    request = fields.Raw(metadata={"type": "object", "description": "Another request."})

    @post_load
    def make(self, read: Loaded, **_options: object) -> Said:
        """What is said, as a value."""
        return Said(Verdict(read["verdict"]), read.get("note"), read.get("request"))


@dataclass(frozen=True, slots=True)
class ReplyWish:
    """What the prescriber answers, and why."""

    reply: Reply
    reason: str | None


class ReplySchema(StrictSchema):
    """What the prescriber answers; declining wants a reason."""

    answer = Word(*Reply, required=True)
    reason = Text(most=_LONGEST_NOTE, lines=True)

    @post_load
    def make(self, read: Loaded, **_options: object) -> ReplyWish:
        """The answer as a value."""
        return ReplyWish(Reply(read["answer"]), read.get("reason"))


@Operation(
    blueprint,
    "POST",
    "/plans/<plan:plan_id>/counter-checks",
    right=Right.COUNTER_CHECK,
    answer="CounterCheck",
    status=HTTPStatus.CREATED,
    refusals=_CONFLICT,
    body=NewCounterCheckSchema,
    keyed=True,
)
def counter_check(plan_id: UUID) -> Response:
    """Verify the current revision, query it, or propose another request. No dose changes by it."""
    said = load_body(NewCounterCheckSchema(), Said)
    return respond(counter_checks.counter_check(parts(), caller(), plan_id, said, once(_created)))


@Operation(
    blueprint,
    "GET",
    "/plans/<plan:plan_id>/counter-checks",
    right=Right.READ_PLANS,
    answer="CounterCheckList",
    refusals=_MISSING,
)
def list_counter_checks(plan_id: UUID) -> Response:
    """List what pharmacists said of a plan, and what was answered."""
    found = counter_checks.list_counter_checks(parts(), caller(), plan_id)
    return json_answer(items([_document(row) for row in found]))


@Operation(
    blueprint,
    "POST",
    "/plans/<plan:plan_id>/counter-checks/<counter_check:check_id>/answers",
    right=Right.ANSWER_COUNTER_CHECKS,
    answer="CounterCheck",
    refusals=_CONFLICT,
    body=ReplySchema,
    keyed=True,
)
def answer_counter_check(plan_id: UUID, check_id: UUID) -> Response:
    """Answer a query or a proposal. A proposal is accepted by amending the plan first."""
    wish = load_body(ReplySchema(), ReplyWish)
    return respond(
        counter_checks.answer_counter_check(
            parts(), caller(), plan_id, check_id, wish.reply, wish.reason, once(_answered)
        )
    )


def _created(row: CounterCheckRow) -> Answer:
    return Answer(HTTPStatus.CREATED, (), write_json(_document(row)))


def _answered(row: CounterCheckRow) -> Answer:
    return Answer(HTTPStatus.OK, (), write_json(_document(row)))


def _document(row: CounterCheckRow) -> Document:
    at = row.answered_at
    return {
        "id": write_id(COUNTER_CHECK, row.id),
        "revision": row.revision,
        "verdict": row.verdict,
        "note": row.note,
        "request": None if row.proposal is None else json.loads(row.proposal),
        "made_by": write_id(USER, row.made_by),
        "made_at": instant(row.made_at),
        "answer": row.answer,
        "reason": row.answer_note,
        "answered_by": None if row.answered_by is None else write_id(USER, row.answered_by),
        "answered_at": None if at is None else instant(at),
    }
