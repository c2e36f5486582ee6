"""From an issued plan and an act to the next plan."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from medplan.clinical.course.draft import Draft
from medplan.clinical.make_plan import finish_plan, plan_courses
from medplan.clinical.revising.companions import settled
from medplan.clinical.revising.issued import issued_drafts, renumbered, with_courses
from medplan.clinical.revising.shifting import (
    decided,
    has_later_steps,
    held,
    open_decision,
    resumed,
)
from medplan.clinical.revising.splice import adjoining, steps_before, steps_from, with_steps
from medplan.clinical.revising.stopping import stopped
from medplan.errors import InvalidRequestError, Problem
from medplan.formulary.model import Formulary, Severity
from medplan.model.acts import Act, Amend, Choice, Decide, Hold, Issued, Resume, Stop
from medplan.model.plan import Finding, Plan
from medplan.model.request import PlanRequest

Outcome = tuple[tuple[Draft, ...], tuple[Finding, ...]]


def revise(issued: Issued, act: Act, formulary: Formulary) -> Issued:
    """The plan after the act, checked like any plan; its proof is empty, as `make_plan` leaves it.

    Doses before the act's effective day stay as they were issued. Reasons given for findings that
    are still there are kept.

    Raises:
        InvalidRequestError: the act does not fit the plan; every problem at once.
    """
    drafts, found = _after(act, issued, formulary)
    if not drafts:
        raise InvalidRequestError([Problem("/effective", "nothing-left", "no course is left")])
    request = act.request if isinstance(act, Amend) else issued.request
    revised = with_courses(replace(issued, request=request), renumbered(drafts))
    asked = replace(revised.request, acknowledged=())
    plan = finish_plan(
        asked,
        formulary,
        renumbered(drafts),
        found,
        lambda new: settled(new, issued.plan, act.effective, asked, formulary),
    )
    return Issued(revised.request, _with_reasons(plan, issued.plan, request))


def _after(act: Act, issued: Issued, formulary: Formulary) -> Outcome:
    before = issued_drafts(issued, formulary)
    if isinstance(act, Amend):
        return _amended(act, issued, before, formulary)
    concerned = _concerned(act, before)
    drafts: list[Draft] = []
    found: list[Finding] = []
    for draft in before:
        made, more = (
            _acted(act, draft, issued.request, formulary) if draft in concerned else (draft, ())
        )
        drafts += [made] if made else []
        found += more
    return tuple(drafts), tuple(found)


def _acted(
    act: Stop | Hold | Resume | Decide, draft: Draft, request: PlanRequest, formulary: Formulary
) -> tuple[Draft | None, tuple[Finding, ...]]:
    if isinstance(act, Stop):
        return stopped(draft, act, request, formulary)
    if isinstance(act, Hold):
        return held(draft, act)
    if isinstance(act, Resume):
        return resumed(draft, act)
    if act.choice is Choice.STOP:
        stop = Stop(act.effective, act.medicine)
        return stopped(draft, stop, request, formulary)
    return decided(draft, act)


def _concerned(act: Stop | Hold | Resume | Decide, drafts: Sequence[Draft]) -> list[Draft]:
    """The courses that an act is about.

    Raises:
        InvalidRequestError: there is none.
    """
    named = [d for d in drafts if act.medicine in (None, d.course.medicine, d.course.name)]
    named = [d for d in named if d.days.last >= act.effective]
    if not named:
        detail = "the plan has no such medicine from that day on"
        raise InvalidRequestError([Problem("/medicine", "not-in-plan", detail)])
    if isinstance(act, Hold | Resume):
        named = [d for d in named if has_later_steps(d, act.effective)]
        if not named:
            detail = "no later step is left to move"
            raise InvalidRequestError([Problem("/effective", "nothing-to-move", detail)])
    if isinstance(act, Decide):
        named = [d for d in named if open_decision(d, act.effective) is not None]
        if not named:
            detail = "no decision on this medicine is open on that day"
            raise InvalidRequestError([Problem("/medicine", "no-open-decision", detail)])
    return named


def _amended(act: Amend, issued: Issued, before: Sequence[Draft], formulary: Formulary) -> Outcome:
    """What was issued up to the effective day, then the new request's courses.

    A course that the new request asks for just as the old one did goes on as it stands, with all
    that was decided and held since. Another course of the same medicine goes on from the old one
    where they adjoin; a course that the new request leaves out ends. New medicines begin on the
    effective day at the earliest.
    """
    request = _not_before(act, {d.course.medicine for d in before})
    planned, found = plan_courses(request, formulary)
    asked_again = _asked_again(planned, issued, formulary)
    left = list(planned)
    drafts: list[Draft] = []
    for old in before:
        past = steps_before(old.course.steps, act.effective)
        new = next((d for d in left if d.course.medicine == old.course.medicine), None)
        if new is None:
            drafts += [with_steps(old, past)] if past else []
            continue
        left.remove(new)
        drafts += [old] if new in asked_again else _continued(old, new, act.effective)
    return (*drafts, *left), found


def _asked_again(
    planned: Sequence[Draft], issued: Issued, formulary: Formulary
) -> tuple[Draft, ...]:
    """The new request's courses that the old one, planned afresh, would give as well."""
    fresh, _ = plan_courses(issued.request, formulary)
    courses = [draft.course for draft in fresh]
    return tuple(draft for draft in planned if draft.course in courses)


def _continued(old: Draft, new: Draft, effective: date) -> list[Draft]:
    past = steps_before(old.course.steps, effective)
    rest = steps_from(new.course.steps, effective)
    if adjoining(past, rest) or not past or not rest:
        return [with_steps(new, (*past, *rest))] if past or rest else []
    return [with_steps(old, past), with_steps(new, rest)]


def _not_before(act: Amend, known: set[str]) -> PlanRequest:
    """The new request with medicines that are new to the plan starting no earlier than the act."""
    courses = tuple(
        course
        if course.medicine in known
        else replace(course, first_day=max(course.first_day or act.request.start, act.effective))
        for course in act.request.courses
    )
    return replace(act.request, courses=courses)


def _with_reasons(plan: Plan, before: Plan, request: PlanRequest) -> Plan:
    """The findings with every reason given for them, now or in an earlier revision.

    Raises:
        InvalidRequestError: a reason is given now for what is no major finding.
    """
    majors = {f.code for f in plan.findings if f.severity is Severity.MAJOR}
    stray = [
        Problem(f"/acknowledged/{n}/code", "not-a-major-finding", f"no major finding {a.code!r}")
        for n, a in enumerate(request.acknowledged)
        if a.code not in majors and a.code not in {f.code for f in before.findings}
    ]
    if stray:
        raise InvalidRequestError(stray)
    reasons = {f.code: f.acknowledged for f in before.findings if f.acknowledged}
    reasons |= {a.code: a.reason for a in request.acknowledged}
    findings = tuple(
        replace(f, acknowledged=reasons.get(f.code)) if f.severity is Severity.MAJOR else f
        for f in plan.findings
    )
    return replace(plan, findings=findings, issuable=not any(f.open for f in findings))
