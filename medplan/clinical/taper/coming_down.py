"""Tapers as dated steps: those a prescriber asks for, and those a course's length calls for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from medplan.clinical.course.doses import Place, dated_doses, places_for_slots
from medplan.clinical.course.draft import HORIZON_DAYS, Draft, course_of, infeasible
from medplan.clinical.course.limits import least_gap_hours
from medplan.clinical.course.resolve import ResolvedCourse, stated
from medplan.clinical.findings import FORCED_STEP, TAPER_ENDS_IN_REVIEW, finding
from medplan.clinical.taper.descent import Cut, descend
from medplan.formulary.model import FindingKind, Formulary, Severity, Stage, TaperRule
from medplan.model.plan import EndsIn, Finding, Phase, Step
from medplan.model.request import PatientFacts, Routine, TaperRequest
from medplan.units import Days, Slot, format_decimal

_GIVE_WAY = (Slot.NOON, Slot.MORNING, Slot.EVENING)
_GIVE_WAY_WITH_BEDTIME = (Slot.NOON, Slot.EVENING, Slot.MORNING, Slot.BEDTIME)


@dataclass(frozen=True, slots=True)
class Lowered:
    """The dated steps of a taper, what was found, and whether it ran past its days.

    `at_zero` is true when it ends in nothing rather than at a floor.
    """

    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]
    overran: bool
    at_zero: bool


@dataclass(frozen=True, slots=True)
class Ladder:
    """How a taper comes down: its stages, where it ends, and the daily dose before it."""

    stages: tuple[Stage, ...]
    floor_mg: Decimal | None
    original_mg: Decimal


def give_way_order(slots: Sequence[Slot], asked: Sequence[Slot] | None = None) -> tuple[Slot, ...]:
    """The slots in the order in which they have less (contract section 4).

    Slots that the asked order leaves out come after it, in the usual order.
    """
    usual = _GIVE_WAY_WITH_BEDTIME if Slot.BEDTIME in slots else _GIVE_WAY
    order = dict.fromkeys((*(asked or ()), *usual))
    return tuple(s for s in order if s in slots)


def own_rule(course: ResolvedCourse, used_days: int) -> TaperRule | None:
    """The formulary's taper for this medicine after so many days of use.

    Where so little use needs none, the taper for longer use is the one that is offered.
    """
    rules = [r for r in course.medicine.tapers if not r.after_short_course]
    rule = next((r for r in rules if _holds(r, used_days)), None)
    if rule is not None and rule.stages:
        return rule
    return next((r for r in rules if r.stages), None)


def stop_rule(course: ResolvedCourse, full_dose_days: int, *, regular: bool) -> TaperRule | None:
    """What a course of that length has at its end: a taper added by itself, or a plain stop.

    Only regular (round-the-clock) use calls for a taper. None where the formulary says neither.
    """
    tapers = course.medicine.tapers
    for_courses = tuple(r for r in tapers if r.after_short_course) or tapers
    if not regular:
        return next((r for r in for_courses if not r.stages), None)
    rule = next((r for r in for_courses if _holds(r, full_dose_days)), None)
    return rule if rule and (rule.after_short_course or not rule.stages) else None


def tapered(
    course: ResolvedCourse, patient: PatientFacts, routine: Routine, formulary: Formulary
) -> Draft | tuple[Finding, ...]:
    """A taper from what is taken now; only findings when not even one step can be made."""
    request = course.request
    current = {d.slot: d.mg for d in stated(request.current)}
    asked, text = asked_taper(course)
    order = give_way_order(tuple(current), asked.slot_order)
    gap = least_gap_hours(course, len(order), patient, formulary)
    places = {p.slot: p for p in places_for_slots(course, order, routine, gap)}
    start = {places[slot]: current[slot] for slot in order}
    ladder = Ladder(asked.stages, asked.floor_mg, sum(current.values(), Decimal(0)))
    lowered = dated_descent(course, start, ladder, course.first_day, HORIZON_DAYS, gap=gap)
    if not lowered.steps:
        return (*lowered.findings, *_nothing_to_do(course, lowered))
    steps = lowered.steps
    found = (*infeasible(course, steps, overran=lowered.overran), *lowered.findings)
    if asked.floor_mg is not None and asked.ends_in == EndsIn.STOP:
        found = (*found, _floor_means_review(course))
    return Draft(
        course,
        course_of(course, steps, EndsIn.STOP if lowered.at_zero else EndsIn.REVIEW),
        found,
        came_down=True,
        stop_text=text,
    )


def brought_down(
    course: ResolvedCourse,
    rule: TaperRule,
    full_dose: Mapping[Place, Decimal],
    last_step: Step,
    days: int,
) -> Lowered | None:
    """The taper that a rule adds behind a regular course; None where it simply stops."""
    if not rule.stages or not full_dose:
        return None
    by_slot = {p.slot: p for p in full_dose if p.slot is not None}
    if len(by_slot) == len(full_dose):
        ordered = [by_slot[s] for s in give_way_order(tuple(by_slot))]
    else:
        ordered = sorted(full_dose, key=lambda p: p.minute)
    start = {p: full_dose[p] for p in ordered}
    first = last_step.days.last + timedelta(1)
    ladder = Ladder(rule.stages, None, sum(start.values(), Decimal(0)))
    gap = last_step.min_interval_hours
    return dated_descent(course, start, ladder, first, max(days, 0), gap=gap)


def _holds(rule: TaperRule, days: int) -> bool:
    below = rule.used_below_days
    return rule.used_from_days <= days and (below is None or days < below)


def asked_taper(course: ResolvedCourse) -> tuple[TaperRequest, str]:
    """The request's taper, or the medicine's own with the reason for it."""
    name = course.medicine.name
    if course.request.taper is not None:
        return course.request.taper, f"{name} comes down step by step as prescribed, then stops."
    rule = own_rule(course, course.request.used_days or 0)
    return TaperRequest(rule.stages if rule else ()), rule.text if rule else ""


def dated_descent(
    course: ResolvedCourse,
    start: Mapping[Place, Decimal],
    ladder: Ladder,
    first: date,
    days: int,
    *,
    gap: Decimal | None,
) -> Lowered:
    """The steps of a ladder from a dose, listed as its slots give way, dated from `first`."""
    descent = descend(
        course.kit,
        tuple(start.values()),
        ladder.stages,
        floor_mg=ladder.floor_mg,
        days=days,
        original_mg=ladder.original_mg,
    )
    day = first
    steps: list[Step] = []
    findings: list[Finding] = []
    for cut in descent.cuts:
        if cut.forced:
            findings.append(_forced(course, cut, day))
        steps.append(_step(course, cut, Days.lasting(day, cut.days), tuple(start), gap))
        day += timedelta(cut.days)
    if descent.last_drop is not None and descent.last_drop.forced:
        findings.append(_forced(course, descent.last_drop, day))
    return Lowered(
        tuple(steps), tuple(findings), descent.overran, at_zero=descent.last_drop is not None
    )


def _step(
    course: ResolvedCourse, cut: Cut, days: Days, places: tuple[Place, ...], gap: Decimal | None
) -> Step:
    return Step(
        phase=Phase.TAPER,
        days=days,
        daily_mg=cut.daily_mg,
        conditional=False,
        when_required=False,
        max_daily_mg=None,
        min_interval_hours=gap,
        asked_percent=cut.asked_percent,
        actual_percent=cut.actual_percent,
        doses=dated_doses(course, dict(zip(places, cut.amounts, strict=True))),
    )


def _forced(course: ResolvedCourse, cut: Cut, day: date) -> Finding:
    asked = format_decimal(Decimal(cut.asked_mg.numerator) / cut.asked_mg.denominator)
    actual = format_decimal(cut.previous_mg - cut.daily_mg)
    name = course.medicine.name
    return finding(
        FORCED_STEP,
        [course.medicine.id],
        FindingKind.TAPER,
        Severity.MAJOR,
        f"On {day} {name} falls by {actual} mg, from {format_decimal(cut.previous_mg)} mg to "
        f"{format_decimal(cut.daily_mg)} mg a day, though {asked} mg was asked: the listed "
        "products make nothing nearer.",
        day=day,
        suggestion="A smaller strength, a liquid, or a longer interval between steps avoids it.",
    )


def _floor_means_review(course: ResolvedCourse) -> Finding:
    return finding(
        TAPER_ENDS_IN_REVIEW,
        [course.medicine.id],
        FindingKind.TAPER,
        Severity.INFO,
        f"The taper of {course.medicine.name} has a floor, so it ends in a review and not a stop.",
    )


def _nothing_to_do(course: ResolvedCourse, lowered: Lowered) -> tuple[Finding, ...]:
    why = (
        "the first step alone runs past the horizon"
        if lowered.overran
        else (
            "the listed products leave no dose between the present one and the end of the taper, "
            "or a dose is made of too many small pieces to look through"
        )
    )
    return (
        finding(
            "no-step",
            [course.medicine.id],
            FindingKind.INFEASIBLE,
            Severity.BLOCK,
            f"No step of a taper of {course.medicine.name} can be made: {why}.",
            suggestion="List a smaller strength or a liquid, or stop without a taper if that is "
            "safe.",
        ),
    )
