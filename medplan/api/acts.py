"""Routes of a plan's life: each act makes the next revision, which is never changed again."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import TypeVar
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema

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
    ResyncSchema,
    ResyncWish,
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
from medplan.services.access import Caller, Right
from medplan.services.acts import advances, amendments, decisions, endings, holds, resyncs, stops
from medplan.services.acts.advances import Advance
from medplan.services.once import Answer, Once
from medplan.services.parts import Parts
from medplan.services.records import issued
from medplan.services.records.plans import PlanRecord

blueprint = Blueprint("acts", __name__, description="What is done to an issued plan.")

Wanted = TypeVar("Wanted")


@dataclass(frozen=True, slots=True)
class _Seen:
    """Which plan somebody acts on, at which versions they may have seen it, and that it is once."""

    plan: tuple[Parts, Caller, UUID]
    versions: frozenset[int]
    once: Once[PlanRecord]


def _act(
    noun: str, schema: type[Schema], made: type[Wanted], *, body_required: bool = True
) -> Callable[[Callable[[_Seen, Wanted], Answer]], Callable[[UUID], Response]]:
    """One act: where it is posted and what is read. It answers with the plan after it."""
    operation = Operation(
        blueprint,
        "POST",
        f"/plans/<plan:plan_id>/{noun}",
        right=Right.WRITE_PLANS,
        answer="StoredPlan",
        refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
        body=schema,
        body_required=body_required,
        keyed=True,
        matched=True,
    )
    load = load_body if body_required else load_optional_body

    def declare(do: Callable[[_Seen, Wanted], Answer]) -> Callable[[UUID], Response]:
        @wraps(do)
        def view(plan_id: UUID) -> Response:
            wanted = load(schema(), made)
            plan = (parts(), caller(), plan_id)
            return respond(do(_Seen(plan, expected_versions(), once(current_answer)), wanted))

        return operation(view)

    return declare


@_act("amendments", AmendmentSchema, Amendment)
def amend_plan(seen: _Seen, wanted: Amendment) -> Answer:
    """Go on by another request from a day on. Doses before it stay as issued."""
    return amendments.amend(
        *seen.plan, wanted.request, wanted.wish, expected=seen.versions, once=seen.once
    )


@_act("stops", StopSchema, StopWish)
def stop_plan(seen: _Seen, wanted: StopWish) -> Answer:
    """Stop one medicine, or all, by the taper it needs; its companions end with it."""
    return stops.stop(
        *seen.plan,
        wanted.medicine,
        wanted.taper,
        wanted.wish,
        expected=seen.versions,
        once=seen.once,
    )


@_act("holds", HoldSchema, HoldWish, body_required=False)
def hold_plan(seen: _Seen, wanted: HoldWish) -> Answer:
    """Stay at the present doses: later steps move on by so many days."""
    return holds.hold(
        *seen.plan,
        wanted.medicine,
        wanted.days,
        wanted.wish,
        expected=seen.versions,
        once=seen.once,
    )


@_act("resumes", ResumeSchema, ResumeWish, body_required=False)
def resume_plan(seen: _Seen, wanted: ResumeWish) -> Answer:
    """End a hold: the next step begins on the day, no earlier than without the hold.

    `missed_days` says on how many days before it none was taken. No dose goes up for that; after
    a week without an opioid its old dose is not offered again.
    """
    return holds.resume(
        *seen.plan,
        wanted.medicine,
        wanted.wish,
        missed_days=wanted.missed_days,
        expected=seen.versions,
        once=seen.once,
    )


@_act("resyncs", ResyncSchema, ResyncWish)
def resync_plan(seen: _Seen, wanted: ResyncWish) -> Answer:
    """Go on from what is really taken of a medicine, where that is less than planned.

    A taper goes on down from there; other courses stay at it. Nothing goes up: more than is planned
    needs an amendment. Nothing at all (`daily_mg` "0") ends the medicine on the day.
    """
    return resyncs.resync(
        *seen.plan,
        wanted.medicine,
        wanted.taking,
        wanted.wish,
        expected=seen.versions,
        once=seen.once,
    )


@_act("decisions", DecisionSchema, DecisionWish)
def decide_plan(seen: _Seen, wanted: DecisionWish) -> Answer:
    """Record whether a titration goes up, stays, steps back or stops. No answer is never more.

    With `advance` in place of `choice` nothing is decided: see `advances`.
    """
    if isinstance(wanted.chosen, Advance):
        return _advance(seen, wanted.medicine, wanted.chosen)
    return decisions.decide(
        *seen.plan,
        wanted.medicine,
        wanted.chosen,
        wanted.wish,
        expected=seen.versions,
        once=seen.once,
    )


@_act("completions", EndingSchema, EndingWish, body_required=False)
def complete_plan(seen: _Seen, wanted: EndingWish) -> Answer:
    """Close a plan whose last dose has come. While doses are left, stop it instead."""
    return endings.complete(*seen.plan, wanted.reason, expected=seen.versions, once=seen.once)


@_act("errors", EndingSchema, EndingWish, body_required=False)
def mark_plan_as_error(seen: _Seen, wanted: EndingWish) -> Answer:
    """Say that a plan should never have been issued; its calendars show no schedule any more."""
    return endings.mark_as_error(*seen.plan, wanted.reason, expected=seen.versions, once=seen.once)


@_act("advances", AdvanceSchema, AdvanceWish)
def set_advance(seen: _Seen, wanted: AdvanceWish) -> Answer:
    """Choose whether calendars show a medicine's steps up before they are agreed.

    `planned` shows them, each saying that it holds only if agreed; `decided` does not. The
    revision stays as it is.
    """
    return _advance(seen, wanted.medicine, wanted.advance)


def _advance(seen: _Seen, medicine: str, advance: Advance) -> Answer:
    return advances.set_advance(
        *seen.plan, medicine, advance, expected=seen.versions, once=seen.once
    )


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
