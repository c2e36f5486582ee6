"""From an issued plan and an act to the next plan."""

from collections.abc import Sequence
from dataclasses import replace

from medplan.clinical.course.draft import Draft
from medplan.clinical.make_plan import finish_plan
from medplan.clinical.revising.amending import amended
from medplan.clinical.revising.companions import remembered, settled
from medplan.clinical.revising.deciding import decided, open_decision
from medplan.clinical.revising.holding import can_be_held, held, resumed
from medplan.clinical.revising.issued import issued_drafts, renumbered, with_courses
from medplan.clinical.revising.resyncing import resynced
from medplan.clinical.revising.stopping import Ended, stopped
from medplan.clinical.revising.tolerance import missed_too_long, restarts
from medplan.errors import InvalidRequestError, Problem
from medplan.formulary.model import Formulary, Severity
from medplan.model.acts import Act, Amend, Choice, Decide, Hold, Issued, Resume, Resync, Stop
from medplan.model.plan import Finding, Plan
from medplan.model.request import PlanRequest

Outcome = tuple[tuple[Draft, ...], tuple[Finding, ...]]


def revise(issued: Issued, act: Act, formulary: Formulary) -> Issued:
    """The plan after the act, checked like any plan; its proof is empty, as `make_plan` leaves it.

    Doses before the act's effective day stay as they were issued. Reasons given for findings that
    are still there are kept; a finding about a step that moves takes its reason with it.

    Raises:
        InvalidRequestError: the act does not fit the plan; every problem at once.
    """
    after, found = _after(act, issued, formulary)
    if not after:
        detail = "no course is left; a plan that was never begun is entered in error"
        raise InvalidRequestError([Problem("/effective", "nothing-left", detail)])
    drafts = renumbered(after)
    request = act.request if isinstance(act, Amend) else issued.request
    revised = with_courses(replace(issued, request=request), drafts)
    asked = replace(revised.request, acknowledged=())
    plan = finish_plan(
        asked,
        formulary,
        drafts,
        (
            *found,
            *remembered(issued.plan, drafts),
            *restarts(act, issued.plan, drafts, formulary),
        ),
        lambda new: settled(new, drafts, issued.plan, act.effective, asked, formulary),
    )
    return Issued(revised.request, _with_reasons(plan, issued.plan, drafts, request))


def _after(act: Act, issued: Issued, formulary: Formulary) -> Outcome:
    before = issued_drafts(issued, formulary)
    if isinstance(act, Amend):
        return amended(act, issued, before, formulary)
    concerned = _concerned(act, before)
    if isinstance(act, Resume) and (lost := tuple(missed_too_long(act, concerned, formulary))):
        raise InvalidRequestError(lost)
    drafts: list[Draft] = []
    found: list[Finding] = []
    for draft in before:
        if draft not in concerned:
            drafts.append(draft)
            continue
        left = _acted(act, draft, before, issued.request, formulary)
        drafts += left.drafts
        found += left.findings
    return tuple(drafts), tuple(found)


def _acted(
    act: Stop | Hold | Resume | Resync | Decide,
    draft: Draft,
    drafts: Sequence[Draft],
    request: PlanRequest,
    formulary: Formulary,
) -> Ended:
    match act:
        case Stop():
            return stopped(draft, act, drafts, request, formulary)
        case Decide(choice=Choice.STOP):
            stop = Stop(act.effective, act.medicine)
            return stopped(draft, stop, drafts, request, formulary)
        case Decide():
            return Ended((decided(draft, act),))
        case Hold():
            return Ended((held(draft, act),))
        case Resume():
            return Ended((resumed(draft, act),))
        case Resync():
            return resynced(draft, act, drafts)


def _concerned(act: Stop | Hold | Resume | Resync | Decide, drafts: Sequence[Draft]) -> list[Draft]:
    """The courses that an act is about.

    Raises:
        InvalidRequestError: there is none.
    """
    named = [d for d in drafts if act.medicine in (None, d.course.medicine, d.course.name)]
    named = [d for d in named if d.days.last >= act.effective]
    if not named:
        detail = "the plan has no such medicine from that day on"
        place = "/effective" if act.medicine is None else "/medicine"
        raise InvalidRequestError([Problem(place, "not-in-plan", detail)])
    if isinstance(act, Hold):
        named = [d for d in named if can_be_held(d, act.effective)]
        if not named:
            detail = "no later step is left to move"
            raise InvalidRequestError([Problem("/effective", "nothing-to-move", detail)])
    if isinstance(act, Decide):
        named = [d for d in named if open_decision(d, act.effective) is not None]
        if not named:
            detail = "no decision on this medicine is open on that day"
            raise InvalidRequestError([Problem("/medicine", "no-open-decision", detail)])
    return named


def _with_reasons(plan: Plan, before: Plan, drafts: Sequence[Draft], request: PlanRequest) -> Plan:
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
    known = (*before.findings, *(f for d in drafts for f in d.findings))
    reasons = {f.code: f.acknowledged for f in known if f.acknowledged}
    reasons |= {a.code: a.reason for a in request.acknowledged}
    findings = tuple(
        replace(f, acknowledged=reasons.get(f.code)) if f.severity is Severity.MAJOR else f
        for f in plan.findings
    )
    return replace(plan, findings=findings, issuable=not any(f.open for f in findings))
