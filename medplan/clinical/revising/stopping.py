"""Ending a medicine safely: by the taper it needs, from where the patient really is."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from medplan.clinical.course.draft import Draft
from medplan.clinical.course.resolve import TAPER, ResolvedCourse
from medplan.clinical.findings import finding
from medplan.clinical.revising.splice import step_on, steps_before, with_steps
from medplan.clinical.taper.coming_down import stop_rule, tapered
from medplan.clinical.titration.rises import rises
from medplan.formulary.model import FindingKind, Formulary, Severity, TaperRule
from medplan.model.acts import Stop, StopTaper
from medplan.model.plan import EndsIn, Finding, Step
from medplan.model.request import CourseRequest, PlanRequest, SlotDose, TaperRequest
from medplan.units import Slot


def stopped(
    draft: Draft, act: Stop, request: PlanRequest, formulary: Formulary
) -> tuple[Draft | None, tuple[Finding, ...]]:
    """The course ended on the act's day, and what was found; no course when it never began."""
    if draft.days.last < act.effective:
        return draft, ()
    before = steps_before(draft.course.steps, act.effective)
    if not before:
        return None, ()
    rule = _needed(draft, act.effective)
    if rule is None or act.taper is StopTaper.NONE:
        return _ended(draft, before), _left_out(draft, rule, act.effective)
    return _brought_down(draft, before, rule, act.effective, request, formulary)


def _needed(draft: Draft, effective: date) -> TaperRule | None:
    """The taper that the use so far calls for, or None where it may simply stop."""
    last = step_on(draft.course, effective - timedelta(1))
    if last is None or last.when_required:
        return None
    used = (effective - draft.days.first).days + (draft.resolved.request.used_days or 0)
    short = stop_rule(draft.resolved, used, regular=True)
    if short is not None and short.after_short_course:
        return short if short.stages else None
    for rule in draft.resolved.medicine.tapers:
        below = rule.used_below_days
        in_range = rule.used_from_days <= used and (below is None or used < below)
        if not rule.after_short_course and in_range:
            return rule if rule.stages else None
    return None


def _ended(draft: Draft, before: tuple[Step, ...]) -> Draft:
    ended = with_steps(draft, before)
    course = replace(ended.course, ends_in=EndsIn.STOP)
    text = f"{draft.resolved.medicine.name} was stopped."
    return replace(ended, course=course, stop_text=text)


def _left_out(draft: Draft, rule: TaperRule | None, effective: date) -> tuple[Finding, ...]:
    """The finding for a stop at once where the use calls for a taper."""
    if rule is None:
        return ()
    return (
        finding(
            "taper-left-out",
            [draft.course.medicine],
            FindingKind.TAPER,
            Severity.MAJOR,
            f"{draft.resolved.medicine.name} stops at once although its use calls for a taper. "
            f"{rule.text}",
            day=effective,
            suggestion="Let the taper be built, or say why it is left out.",
            sources=[rule.citation],
        ),
    )


def _brought_down(
    draft: Draft,
    before: tuple[Step, ...],
    rule: TaperRule,
    effective: date,
    request: PlanRequest,
    formulary: Formulary,
) -> tuple[Draft | None, tuple[Finding, ...]]:
    taper = _taper_course(draft, before[-1], rule, effective)
    made = tapered(taper, request.patient, request.routine, formulary)
    if not isinstance(made, Draft):
        return _ended(draft, before), made
    joined = with_steps(made, (*before, *made.course.steps))
    course = replace(joined.course, regimen=draft.course.regimen)
    return replace(joined, course=course, stop_text=rule.text), made.findings


def _taper_course(draft: Draft, last: Step, rule: TaperRule, effective: date) -> ResolvedCourse:
    """A taper that starts from the doses of the last day before it."""
    amounts = [(d.slot, d.mg) for d in last.doses]
    current = tuple(SlotDose(slot, mg) for slot, mg in amounts if slot is not None)
    if len(current) < len(amounts):
        total = sum((mg for _, mg in amounts), Decimal(0))
        current = _in_four(total, draft)
    asked = CourseRequest(
        medicine=draft.resolved.request.medicine,
        regimen=TAPER,
        name=draft.resolved.request.name,
        first_day=effective,
        products=draft.resolved.request.products,
        halves=draft.resolved.request.halves,
        current=current,
        used_days=(effective - draft.days.first).days,
        taper=TaperRequest(rule.stages),
    )
    return replace(draft.resolved, request=asked, regimen=None, first_day=effective)


def _in_four(total: Decimal, draft: Draft) -> tuple[SlotDose, ...]:
    """Doses that belong to no slot, gathered into the day's four as evenly as tablets allow."""
    made = rises(draft.resolved.kit, len(Slot), [total])[0].amounts or (total,)
    return tuple(SlotDose(s, mg) for s, mg in zip(Slot, made, strict=False) if mg)
