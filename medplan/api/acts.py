"""Routes of a plan's life: each act makes the next revision, which is never changed again."""

from http import HTTPStatus
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from medplan.api import mapping
from medplan.api.act_schemas import (
    AdvanceSchema,
    AdvanceWish,
    Amendment,
    AmendmentSchema,
    DecisionSchema,
    DecisionWish,
    EndingSchema,
    EndingWish,
    HoldSchema,
    HoldWish,
    ResumeSchema,
    ResumeWish,
    StopSchema,
    StopWish,
)
from medplan.api.answers import json_answer
from medplan.api.operation import Operation
from medplan.api.plans import current_answer
from medplan.documents.changes import changes_to_document
from medplan.gate.bodies import load_body, load_optional_body
from medplan.gate.context import caller, parts
from medplan.gate.idempotency import once, respond
from medplan.gate.preconditions import expected_versions
from medplan.services import advances, amendments, decisions, endings, holds, issued, stops
from medplan.services.access import Right

blueprint = Blueprint("acts", __name__, description="What is done to an issued plan.")

_CONFLICT = (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)


@Operation(
    blueprint,
    "POST",
    "/plans/<plan:plan_id>/amendments",
    right=Right.WRITE_PLANS,
    answer="StoredPlan",
    refusals=_CONFLICT,
    body=AmendmentSchema,
    keyed=True,
    matched=True,
)
def amend_plan(plan_id: UUID) -> Response:
    """Go on by another request from a day on. Doses before it stay as issued."""
    wanted = load_body(AmendmentSchema(), Amendment)
    answer = amendments.amend(
        parts(),
        caller(),
        plan_id,
        wanted.request,
        wanted.wish,
        expected=expected_versions(),
        once=once(current_answer),
    )
    return respond(answer)


@Operation(
    blueprint,
    "POST",
    "/plans/<plan:plan_id>/stops",
    right=Right.WRITE_PLANS,
    answer="StoredPlan",
    refusals=_CONFLICT,
    body=StopSchema,
    keyed=True,
    matched=True,
)
def stop_plan(plan_id: UUID) -> Response:
    """Stop one medicine, or all, by the taper it needs; its companions end with it."""
    wanted = load_body(StopSchema(), StopWish)
    answer = stops.stop(
        parts(),
        caller(),
        plan_id,
        wanted.medicine,
        wanted.taper,
        wanted.wish,
        expected=expected_versions(),
        once=once(current_answer),
    )
    return respond(answer)


@Operation(
    blueprint,
    "POST",
    "/plans/<plan:plan_id>/holds",
    right=Right.WRITE_PLANS,
    answer="StoredPlan",
    refusals=_CONFLICT,
    body=HoldSchema,
    body_required=False,
    keyed=True,
    matched=True,
)
def hold_plan(plan_id: UUID) -> Response:
    """Stay at the present doses: later steps move on by so many days."""
    wanted = load_optional_body(HoldSchema(), HoldWish)
    answer = holds.hold(
        parts(),
        caller(),
        plan_id,
        wanted.medicine,
        wanted.days,
        wanted.wish,
        expected=expected_versions(),
        once=once(current_answer),
    )
    return respond(answer)


@Operation(
    blueprint,
    "POST",
    "/plans/<plan:plan_id>/resumes",
    right=Right.WRITE_PLANS,
    answer="StoredPlan",
    refusals=_CONFLICT,
    body=ResumeSchema,
    body_required=False,
    keyed=True,
    matched=True,
)
def resume_plan(plan_id: UUID) -> Response:
    """End a hold: the next step begins on the day."""
    wanted = load_optional_body(ResumeSchema(), ResumeWish)
    answer = holds.resume(
        parts(),
        caller(),
        plan_id,
        wanted.medicine,
        wanted.wish,
        expected=expected_versions(),
        once=once(current_answer),
    )
    return respond(answer)


@Operation(
    blueprint,
    "POST",
    "/plans/<plan:plan_id>/decisions",
    right=Right.WRITE_PLANS,
    answer="StoredPlan",
    refusals=_CONFLICT,
    body=DecisionSchema,
    keyed=True,
    matched=True,
)
def decide_plan(plan_id: UUID) -> Response:
    """Record whether a titration goes up, stays, steps back or stops. No answer is never more."""
    wanted = load_body(DecisionSchema(), DecisionWish)
    answer = decisions.decide(
        parts(),
        caller(),
        plan_id,
        wanted.medicine,
        wanted.choice,
        wanted.wish,
        expected=expected_versions(),
        once=once(current_answer),
    )
    return respond(answer)


@Operation(
    blueprint,
    "POST",
    "/plans/<plan:plan_id>/completions",
    right=Right.WRITE_PLANS,
    answer="StoredPlan",
    refusals=_CONFLICT,
    body=EndingSchema,
    body_required=False,
    keyed=True,
    matched=True,
)
def complete_plan(plan_id: UUID) -> Response:
    """Close a plan whose last dose has come. While doses are left, stop it instead."""
    reason = load_optional_body(EndingSchema(), EndingWish).reason
    answer = endings.complete(
        parts(),
        caller(),
        plan_id,
        reason,
        expected=expected_versions(),
        once=once(current_answer),
    )
    return respond(answer)


@Operation(
    blueprint,
    "POST",
    "/plans/<plan:plan_id>/errors",
    right=Right.WRITE_PLANS,
    answer="StoredPlan",
    refusals=_CONFLICT,
    body=EndingSchema,
    body_required=False,
    keyed=True,
    matched=True,
)
def mark_plan_as_error(plan_id: UUID) -> Response:
    """Say that a plan should never have been issued; its calendars show no schedule any more."""
    reason = load_optional_body(EndingSchema(), EndingWish).reason
    answer = endings.mark_as_error(
        parts(),
        caller(),
        plan_id,
        reason,
        expected=expected_versions(),
        once=once(current_answer),
    )
    return respond(answer)


@Operation(
    blueprint,
    "POST",
    "/plans/<plan:plan_id>/advances",
    right=Right.WRITE_PLANS,
    answer="StoredPlan",
    refusals=_CONFLICT,
    body=AdvanceSchema,
    keyed=True,
    matched=True,
)
def set_advance(plan_id: UUID) -> Response:
    """Choose whether calendars show a medicine's steps up before they are agreed.

    `planned` shows them, each saying that it holds only if agreed; `decided` does not. The
    revision stays as it is.
    """
    wanted = load_body(AdvanceSchema(), AdvanceWish)
    answer = advances.set_advance(
        parts(),
        caller(),
        plan_id,
        wanted.medicine,
        wanted.advance,
        expected=expected_versions(),
        once=once(current_answer),
    )
    return respond(answer)


@Operation(
    blueprint,
    "GET",
    "/plans/<plan:plan_id>/revisions/<int:number>/changes",
    right=Right.READ_PLANS,
    answer="ChangeList",
    refusals=(HTTPStatus.NOT_FOUND,),
)
def read_changes(plan_id: UUID, number: int) -> Response:
    """Read what a revision changes in the one before; in the first one everything is new."""
    rows = issued.read_changes(parts(), caller(), plan_id, number)
    return json_answer(mapping.items(changes_to_document(rows)))
