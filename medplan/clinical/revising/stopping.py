"""Ending a medicine safely: by the taper it needs, from where the patient really is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from medplan.clinical.course.draft import Draft
from medplan.clinical.course.resolve import TAPER, ResolvedCourse
from medplan.clinical.findings import TAPER_LEFT_OUT, finding
from medplan.clinical.revising.deciding import up_to_date
from medplan.clinical.revising.splice import continued, cut_off, findings_before, with_steps
from medplan.clinical.taper.coming_down import stop_rule, tapered
from medplan.clinical.titration.rises import rises
from medplan.formulary.model import FindingKind, Formulary, Severity, TaperRule
from medplan.model.acts import Stop, StopTaper
from medplan.model.plan import Finding, Phase, Step
from medplan.model.request import (
    CourseRequest,
    DeclaredProduct,
    PlanRequest,
    SlotDose,
    TaperRequest,
)
from medplan.units import Slot

_DAY = timedelta(1)


@dataclass(frozen=True, slots=True)
class Ended:
    """What is left of a course that was ended, and findings that stand with none of it."""

    drafts: tuple[Draft, ...]
    findings: tuple[Finding, ...] = ()


def stopped(
    draft: Draft, act: Stop, drafts: Sequence[Draft], request: PlanRequest, formulary: Formulary
) -> Ended:
    """The course ended on the act's day, or from then on by its taper.

    Nothing is left of one that never began. `drafts` are all of the plan's: an earlier course of
    the medicine is part of its use.
    """
    now = up_to_date(draft, act.effective)
    if now.days.first >= act.effective:
        return Ended(())
    used = used_days(now, drafts, act.effective)
    rule = needed_taper(now, used)
    if rule is None or act.taper is StopTaper.NONE:
        return Ended((ended_at_once(now, act.effective, rule),))
    return _brought_down(now, rule, used, act.effective, request, formulary)


def ended_at_once(draft: Draft, day: date, rule: TaperRule | None) -> Draft:
    """The course up to the day, with a finding where its use would call for a taper."""
    ended = cut_off(draft, day)
    left_out = () if rule is None else (_left_out(draft, rule, day),)
    return replace(ended, findings=(*ended.findings, *left_out))


def used_days(draft: Draft, drafts: Sequence[Draft], day: date) -> int:
    """For how many days the medicine has been taken without a break, before and in the plan."""
    said = draft.resolved.request.used_days
    if said is not None:
        return said + (day - draft.resolved.first_day).days
    first = draft.days.first
    before = next((d for d in drafts if d.key == draft.key and _leads_to(d, first)), None)
    return (day - first).days + (used_days(before, drafts, first) if before else 0)


def _leads_to(draft: Draft, day: date) -> bool:
    regular = not draft.course.steps[-1].when_required
    return regular and draft.days.first < day <= draft.days.last + _DAY


def needed_taper(draft: Draft, used: int) -> TaperRule | None:
    """The taper that so long a use calls for, or None where the course may simply stop."""
    if draft.course.steps[0].when_required:
        return None
    short = stop_rule(draft.resolved, used, regular=True)
    if short is not None and short.after_short_course:
        return short if short.stages else None
    for rule in draft.resolved.medicine.tapers:
        below = rule.used_below_days
        in_range = rule.used_from_days <= used and (below is None or used < below)
        if not rule.after_short_course and in_range:
            return rule if rule.stages else None
    return None


def _left_out(draft: Draft, rule: TaperRule, effective: date) -> Finding:
    """The finding for a stop at once where the use calls for a taper."""
    return finding(
        TAPER_LEFT_OUT,
        [draft.course.medicine],
        FindingKind.TAPER,
        Severity.MAJOR,
        f"{draft.resolved.medicine.name} stops at once although its use calls for a taper. "
        f"{rule.text}",
        day=effective,
        suggestion="Let the taper be built, or say why it is left out.",
        sources=[rule.citation],
    )


def _brought_down(
    draft: Draft,
    rule: TaperRule,
    used: int,
    effective: date,
    request: PlanRequest,
    formulary: Formulary,
) -> Ended:
    """What was taken, then the taper.

    They are one course, unless it was coming down already: cuts are reckoned from one dose in each.
    """
    before = cut_off(draft, effective)
    taper = _taper_course(draft, before.course.steps[-1], rule, used, effective)
    made = tapered(taper, request.patient, request.routine, formulary)
    if not isinstance(made, Draft):
        return Ended((before,), made)
    made = replace(made, stop_text=rule.text)
    if any(s.phase is Phase.TAPER for s in before.course.steps):
        return Ended(continued(before, made))
    joined = with_steps(made, (*before.course.steps, *made.course.steps))
    course = replace(joined.course, regimen=draft.course.regimen)
    kept = findings_before(draft.findings, effective)
    return Ended((replace(joined, course=course, findings=(*kept, *made.findings)),))


def _taper_course(
    draft: Draft, last: Step, rule: TaperRule, used: int, effective: date
) -> ResolvedCourse:
    """A taper that starts from the doses of the last day before it."""
    own = draft.resolved.request
    asked = CourseRequest(
        medicine=own.medicine,
        regimen=TAPER,
        name=own.name,
        first_day=effective,
        products=own.products or tuple(DeclaredProduct(p.id) for p in draft.resolved.products),
        halves=own.halves,
        current=_by_slot(last, draft),
        used_days=used,
        taper=TaperRequest(rule.stages),
    )
    return replace(draft.resolved, request=asked, regimen=None, first_day=effective)


def _by_slot(last: Step, draft: Draft) -> tuple[SlotDose, ...]:
    """A day's doses by slot. One that belongs to none is the morning's; several are gathered into
    the day's four, as evenly as tablets allow."""
    named = tuple(SlotDose(d.slot, d.mg) for d in last.doses if d.slot is not None)
    if len(named) == len(last.doses):
        return named
    if len(last.doses) == 1:
        return (SlotDose(Slot.MORNING, last.daily_mg),)
    made = rises(draft.resolved.kit, len(Slot), [last.daily_mg])[0].amounts or (last.daily_mg,)
    return tuple(SlotDose(s, mg) for s, mg in zip(Slot, made, strict=False) if mg)
