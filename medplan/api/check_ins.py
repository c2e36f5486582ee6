"""Routes of check-ins: what a patient noticed, and what the practice answers."""

from dataclasses import dataclass, replace
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
from medplan.documents.shapes import Loaded, Many, StrictSchema
from medplan.gate.bodies import load_body
from medplan.gate.context import caller, parts
from medplan.gate.idempotency import once, respond
from medplan.services.access import Right
from medplan.services.once import Answer
from medplan.services.patients import check_ins
from medplan.services.patients.check_ins import CheckIn
from medplan.services.records import issued
from medplan.services.records.current import followed, today_in
from medplan.store.ids import CHECK_IN, PLAN, USER, write_id
from medplan.wording.looking_out import Question, questions_on

blueprint = Blueprint("check-ins", __name__, description="What a patient noticed.")

_MISSING = (HTTPStatus.NOT_FOUND,)
_CONFLICT = (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
_MOST_NOTICED = 200


@dataclass(frozen=True, slots=True)
class CheckInWish:
    """The ids of the questions that are answered with yes."""

    noticed: tuple[str, ...]


class NewCheckInWishSchema(StrictSchema):
    """What was noticed, by the questions' ids; an empty list says that nothing was."""

    noticed = Many(Text(required=True), 0, _MOST_NOTICED, required=True)

    @post_load
    def make(self, read: Loaded, **_options: object) -> CheckInWish:
        """The answers as a value."""
        return CheckInWish(tuple(read["noticed"]))


@dataclass(frozen=True, slots=True)
class CheckInAnswer:
    """What the practice answers."""

    answer: str


class CheckInAnswerSchema(StrictSchema):
    """What the practice answers; the patient reads it on their pages."""

    answer = Text(most=1000, required=True, lines=True)

    @post_load
    def make(self, read: Loaded, **_options: object) -> CheckInAnswer:
        """The answer as a value."""
        return CheckInAnswer(read["answer"])


@Operation(
    blueprint,
    "GET",
    "/plans/<plan:plan_id>/questions",
    right=Right.READ_PLANS,
    answer="QuestionList",
    refusals=_CONFLICT,
)
def list_questions(plan_id: UUID) -> Response:
    """List what the patient is asked to look out for today, the most urgent first."""
    shown = issued.read_current(parts(), caller(), plan_id)
    plan = followed(shown.plan, shown.row.status)
    asked = questions_on(plan, today_in(plan, caller()))
    return json_answer(mapping.items([_question(question) for question in asked]))


@Operation(
    blueprint,
    "POST",
    "/plans/<plan:plan_id>/check-ins",
    right=Right.CHECK_IN,
    answer="CheckIn",
    status=HTTPStatus.CREATED,
    refusals=_CONFLICT,
    body=NewCheckInWishSchema,
    keyed=True,
)
def create_check_in(plan_id: UUID) -> Response:
    """Keep what was noticed today; the answer says what to do, an emergency's first."""
    ticked = load_body(NewCheckInWishSchema(), CheckInWish).noticed
    return respond(check_ins.check_in(parts(), caller(), plan_id, ticked, once(_created)))


@Operation(
    blueprint,
    "GET",
    "/plans/<plan:plan_id>/check-ins",
    right=Right.READ_PLANS,
    answer="CheckInList",
    refusals=_MISSING,
)
def list_check_ins(plan_id: UUID) -> Response:
    """List a plan's latest check-ins, the newest first."""
    found = check_ins.list_check_ins(parts(), caller(), plan_id)
    return json_answer(mapping.items([_check_in(entry) for entry in found]))


@Operation(
    blueprint,
    "POST",
    "/plans/<plan:plan_id>/check-ins/<check_in:check_in_id>/answer",
    right=Right.ANSWER_CHECK_INS,
    answer="CheckIn",
    refusals=_CONFLICT,
    body=CheckInAnswerSchema,
    keyed=True,
)
def answer_check_in(plan_id: UUID, check_in_id: UUID) -> Response:
    """Answer a check-in. The patient reads it on their pages; an emergency's flag comes down."""
    answer = load_body(CheckInAnswerSchema(), CheckInAnswer).answer
    return respond(
        check_ins.answer_check_in(parts(), caller(), plan_id, check_in_id, answer, once(_answered))
    )


def _question(question: Question) -> Document:
    item = question.item
    return {
        "id": question.id,
        "text": item.text,
        "level": item.level.value,
        "action": item.action,
        "medicines": list(question.medicines),
    }


def _check_in(entry: CheckIn) -> Document:
    return {
        "id": write_id(CHECK_IN, entry.id),
        "plan": write_id(PLAN, entry.plan_id),
        "revision": entry.revision,
        "day": entry.day.isoformat(),
        "level": entry.level,
        "noticed": [
            {
                "question": noticed.question,
                "text": noticed.text,
                "level": noticed.level.value,
                "action": noticed.action,
                "medicines": list(noticed.medicines),
            }
            for noticed in entry.noticed
        ],
        "made_by": write_id(USER, entry.made_by),
        "made_at": instant(entry.made_at),
        "answer": entry.answer,
        "answered_by": write_id(USER, entry.answered_by) if entry.answered_by else None,
        "answered_at": instant(entry.answered_at) if entry.answered_at else None,
    }


def _answered(entry: CheckIn) -> Answer:
    return Answer(HTTPStatus.OK, (), mapping.write_json(_check_in(entry)))


def _created(entry: CheckIn) -> Answer:
    return replace(_answered(entry), status=HTTPStatus.CREATED)
