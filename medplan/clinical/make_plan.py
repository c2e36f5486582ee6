"""From a request to a plan, in the order in which a prescriber would think."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from medplan.clinical.course.draft import Draft
from medplan.clinical.course.resolve import STEPS, TAPER, ResolvedCourse, resolve
from medplan.clinical.cover.companions import Need, companion, joined
from medplan.clinical.cover.needs import gastroprotection, laxatives
from medplan.clinical.days.calendar_days import decisions, reviews, stops
from medplan.clinical.days.checklist import checks
from medplan.clinical.fixed.fixed import fixed
from medplan.clinical.fixed.written import written_steps
from medplan.clinical.patient.taking import Taken, taken
from medplan.clinical.safety.context import Planned
from medplan.clinical.safety.everything import safety_findings
from medplan.clinical.taper.coming_down import tapered
from medplan.clinical.titration.going_up import titrated
from medplan.clinical.totals.opioid_load import load_runs, loads
from medplan.clinical.totals.supply import supply
from medplan.errors import InvalidRequestError, Problem
from medplan.formulary.model import Formulary, Product, RegimenKind, Severity
from medplan.model.plan import Finding, FormularyRef, LimitFacts, Plan, PlanProduct, Role
from medplan.model.request import Acknowledgement, PlanRequest


def make_plan(request: PlanRequest, formulary: Formulary) -> Plan:
    """Every course dated, its companions beside it, and everything found on the way.

    The plan's `proof` is empty: proving is another's work (`services.planning` puts both together).

    Raises:
        InvalidRequestError: the formulary can't make sense of the request, or it acknowledges
            what is no major finding of this plan.
    """
    drafts, found = plan_courses(request, formulary)
    return finish_plan(request, formulary, drafts, found)


def finish_plan(
    request: PlanRequest,
    formulary: Formulary,
    drafts: Sequence[Draft],
    found: Sequence[Finding],
    settle: Callable[[tuple[Draft, ...]], tuple[Draft, ...]] = tuple,
) -> Plan:
    """The plan of courses already dated: companions, findings, and all that follows from them.

    `found` is what stands with none of the courses. `settle` may change the companions, where part
    of them has been issued before.
    """
    takes = taken(request.patient, formulary)
    companions, cover = _companions(request, drafts, takes, formulary)
    everything = (*drafts, *settle(companions))
    runs = load_runs(everything, formulary)
    planned = Planned(request, formulary, everything, takes, runs)
    dating = (f for draft in everything for f in draft.findings)
    findings = safety_findings(planned, (*found, *dating, *cover))
    return _assembled(planned, _acknowledged(findings, request.acknowledged))


def plan_courses(
    request: PlanRequest, formulary: Formulary
) -> tuple[tuple[Draft, ...], tuple[Finding, ...]]:
    """Every course of the request, dated by itself, and why the others can't be dated."""
    drafts: list[Draft] = []
    found: list[Finding] = []
    for course in resolve(request, formulary):
        made = _draft(course, request, formulary)
        if isinstance(made, Draft):
            drafts.append(made)
        else:
            found += made
    return tuple(drafts), tuple(found)


def _draft(
    course: ResolvedCourse, request: PlanRequest, formulary: Formulary
) -> Draft | tuple[Finding, ...]:
    patient, routine = request.patient, request.routine
    if course.request.regimen == TAPER:
        return tapered(course, patient, routine, formulary)
    if course.request.regimen == STEPS:
        return written_steps(course, patient, routine, formulary)
    if course.regimen is not None and course.regimen.kind is RegimenKind.TITRATION:
        return titrated(course, patient, routine, formulary)
    return fixed(course, patient, routine, formulary)


def _companions(
    request: PlanRequest, drafts: Sequence[Draft], takes: Sequence[Taken], formulary: Formulary
) -> tuple[tuple[Draft, ...], tuple[Finding, ...]]:
    ppi = gastroprotection(drafts, request.patient, takes, formulary)
    laxative = laxatives(drafts, request.patient, takes, formulary)
    wanted: list[tuple[Need, Role]] = [
        *((need, Role.GASTROPROTECTION) for need in joined(ppi.needs)),
        *((need, Role.LAXATIVE) for need in joined(laxative.needs)),
    ]
    made = tuple(
        companion(need, role, len(drafts) + n, request.patient, request.routine, formulary)
        for n, (need, role) in enumerate(wanted)
    )
    return made, (*ppi.findings, *laxative.findings)


def _acknowledged(
    findings: Sequence[Finding], given: Sequence[Acknowledgement]
) -> tuple[Finding, ...]:
    """The findings with the prescriber's reasons.

    Raises:
        InvalidRequestError: a reason is given for what is no major finding.
    """
    majors = {f.code for f in findings if f.severity is Severity.MAJOR}
    problems = [
        Problem(f"/acknowledged/{n}/code", "not-a-major-finding", f"no major finding {a.code!r}")
        for n, a in enumerate(given)
        if a.code not in majors
    ]
    codes = [a.code for a in given]
    problems += [
        Problem(f"/acknowledged/{n}/code", "repeated", f"{code!r} is acknowledged twice")
        for n, code in enumerate(codes)
        if code in codes[:n]
    ]
    if problems:
        raise InvalidRequestError(problems)
    reasons = {a.code: a.reason for a in given}
    return tuple(_with_reason(f, reasons.get(f.code)) for f in findings)


def _with_reason(found: Finding, reason: str | None) -> Finding:
    """The finding with this reason, or with none."""
    return found if found.acknowledged == reason else replace(found, acknowledged=reason)


def _assembled(planned: Planned, findings: tuple[Finding, ...]) -> Plan:
    request, formulary, drafts = planned.request, planned.formulary, planned.drafts
    courses = tuple(d.course for d in drafts)
    patient = request.patient
    return Plan(
        formulary=FormularyRef(formulary.jurisdiction, formulary.version, formulary.status),
        indication=request.indication,
        start=request.start,
        end=max((c.days.last for c in courses), default=request.start),
        time_zone=request.time_zone,
        facts=LimitFacts(
            patient.age_years, patient.weight_kg, patient.egfr, patient.conditions or ()
        ),
        products=_products(drafts),
        issuable=not any(f.open for f in findings),
        findings=findings,
        courses=courses,
        reviews=reviews(drafts, formulary),
        decisions=decisions(drafts),
        checks=checks(drafts, formulary),
        stops=stops(drafts),
        supply=supply(courses),
        opioid_load=loads(planned.load),
        proof=(),
        self_care=tuple(s.text for s in formulary.advice.self_care),
        red_flags=tuple(s.text for s in formulary.advice.red_flags),
        emergency=formulary.advice.emergency.text,
        sources=_sources(findings, formulary),
    )


def _products(drafts: Iterable[Draft]) -> tuple[PlanProduct, ...]:
    """The products that some dose uses, each once."""
    used: dict[str, Product] = {}
    for draft in drafts:
        by_id = {p.id: p for p in draft.resolved.products}
        for step in draft.course.steps:
            for dose in step.doses:
                used.update((part.product, by_id[part.product]) for part in dose.products)
    return tuple(
        PlanProduct(
            p.id, p.medicine, tuple(sorted(p.contains.items())), p.halves, p.measure_ml, p.declared
        )
        for p in (used[key] for key in sorted(used))
    )


def _sources(findings: Iterable[Finding], formulary: Formulary) -> tuple[str, ...]:
    """The bibliography entries that the findings cite."""
    ids = {c.source.partition("#")[0] for f in findings for c in f.sources}
    return tuple(sorted(i for i in ids if i in formulary.sources))
