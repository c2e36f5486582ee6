"""Amendments: a plan goes on by another request from some day on."""

import re
from dataclasses import replace
from datetime import date
from uuid import UUID

from medplan.documents.json_text import JsonValue
from medplan.documents.request import request_of
from medplan.errors import InvalidRequestError, Problem
from medplan.model.acts import Amend, Issued
from medplan.model.plan import Plan
from medplan.model.request import PlanRequest
from medplan.services.access import Caller
from medplan.services.acts.revising import Deed, Wish, act_on
from medplan.services.once import Answer, Once
from medplan.services.parts import Parts
from medplan.services.records.current import IN_FORCE
from medplan.services.records.plans import PlanRecord, Status

_REASON = re.compile(r"/acknowledged/([0-9]+)(/.*)?")


def amend(
    parts: Parts,
    caller: Caller,
    plan_id: UUID,
    request: JsonValue,
    wish: Wish,
    *,
    expected: frozenset[int],
    once: Once[PlanRecord],
) -> Answer:
    """Go on by a request (JSON values). The plan is active, also when it was on hold.

    Raises:
        As `revising.act_on`; what is wrong inside the request is told under `/request`.
    """
    wanted = _read(request, parts)
    own = len(wanted.acknowledged)
    asked = replace(wanted, acknowledged=(*wanted.acknowledged, *wish.acknowledged))

    def act(effective: date, issued: Issued) -> Amend:
        return Amend(effective, _fitting(asked, issued.request, effective))

    deed = Deed("amendment", IN_FORCE, wish, act, _active)
    try:
        return act_on(parts, caller, plan_id, deed, expected=expected, once=once)
    except InvalidRequestError as error:
        raise InvalidRequestError(_placed(p, own) for p in error.problems) from error


def _read(request: JsonValue, parts: Parts) -> PlanRequest:
    try:
        return request_of(request, parts.formularies)
    except InvalidRequestError as error:
        raise InvalidRequestError(
            replace(p, pointer=f"/request{p.pointer}") for p in error.problems
        ) from error


def _fitting(asked: PlanRequest, issued: PlanRequest, effective: date) -> PlanRequest:
    """The request as one that goes on from the plan's own start.

    Doses already due in one zone and later ones in another could lie closer together, or be more in
    a day, than either calendar shows: a plan that has begun keeps its zone.

    Raises:
        InvalidRequestError: it is for somebody else, another country or zone, or begins before the
            plan.
    """
    problems = []
    if asked.patient.reference != issued.patient.reference:
        detail = "the plan is another patient's"
        problems.append(Problem("/patient/reference", "contradiction", detail))
    if asked.jurisdiction != issued.jurisdiction:
        detail = "the plan was made by another country's formulary"
        problems.append(Problem("/jurisdiction", "contradiction", detail))
    if asked.time_zone != issued.time_zone and issued.start < effective:
        detail = f"the plan has begun in {issued.time_zone}: end it, and make one in the other zone"
        problems.append(Problem("/time_zone", "contradiction", detail))
    if asked.start < issued.start:
        problems.append(Problem("/start", "before-start", "must not be before the plan's own"))
    if problems:
        raise InvalidRequestError(problems)
    courses = tuple(replace(c, first_day=c.first_day or asked.start) for c in asked.courses)
    return (
        asked
        if asked.start == issued.start
        else replace(asked, start=issued.start, courses=courses)
    )


def _placed(problem: Problem, own: int) -> Problem:
    """A problem where the sender will find it: in the request, but for what stands beside it."""
    reason = _REASON.fullmatch(problem.pointer)
    if reason and int(reason[1]) >= own:
        beside = f"/acknowledged/{int(reason[1]) - own}{reason[2] or ''}"
        return replace(problem, pointer=beside)
    if problem.pointer == "/effective" or problem.pointer.startswith("/request"):
        return problem
    return replace(problem, pointer=f"/request{problem.pointer}")


def _active(_status: Status, _plan: Plan, _effective: date) -> Status:
    return Status.ACTIVE
