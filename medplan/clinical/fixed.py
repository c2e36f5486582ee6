"""Courses of one daily dose, and the prescriber's own table of steps."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from medplan.clinical.coming_down import brought_down, stop_rule
from medplan.clinical.doses import Place, dated_doses, places_for_count, places_for_slots
from medplan.clinical.draft import HORIZON_DAYS, Draft, course_of, infeasible, within_horizon
from medplan.clinical.limits import least_gap_hours
from medplan.clinical.resolve import ResolvedCourse, amount
from medplan.clinical.taper import two_places
from medplan.formulary.model import Formulary
from medplan.model.plan import Dose, EndsIn, Phase, Step
from medplan.model.request import PatientFacts, Routine
from medplan.units import Days, Slot, format_decimal

_LONGEST_STEP_DOWN = 28  # days: a month, as the contract counts it


def fixed(
    course: ResolvedCourse, patient: PatientFacts, routine: Routine, formulary: Formulary
) -> Draft:
    """A fixed daily dose for a number of days, with the taper that its length may call for."""
    regimen = course.regimen
    days = course.request.days or 0
    asked = Days.lasting(course.first_day, days)
    if regimen is not None and regimen.when_required:
        step = _when_required(course, asked, patient, formulary)
        places: dict[Place, Decimal] = {}
    else:
        gap, places = _regular_places(course, patient, routine, formulary)
        step = _fixed_step(course, asked, places, gap)
    rule = stop_rule(course, days, regular=not step.when_required)
    lowered = brought_down(course, rule, places, step, HORIZON_DAYS - days) if rule else None
    taper_steps = lowered.steps if lowered else ()
    steps = within_horizon(course, (step, *taper_steps))
    overran = days > HORIZON_DAYS or (lowered is not None and lowered.overran)
    return Draft(
        course,
        course_of(course, steps, EndsIn.STOP),
        (*infeasible(course, steps, overran=overran), *(lowered.findings if lowered else ())),
        came_down=bool(taper_steps),
        stop_text=rule.text if rule else f"Stop {course.medicine.name} after the last dose.",
    )


def written_steps(
    course: ResolvedCourse, patient: PatientFacts, routine: Routine, formulary: Formulary
) -> Draft:
    """The prescriber's own table, dated and made up of tablets, otherwise left as it is."""
    rows = course.request.steps or ()
    slots = [s for s in Slot if any(s is d.slot for row in rows for d in row.slots)]
    gap = least_gap_hours(course, len(slots), patient, formulary)
    places = {p.slot: p for p in places_for_slots(course, slots, routine, gap)}
    steps: list[Step] = []
    first = course.first_day
    for row in rows:
        amounts = {places[d.slot]: d.mg for d in row.slots}
        steps.append(_fixed_step(course, Days.lasting(first, row.days), amounts, gap))
        first += timedelta(row.days)
    ends_in = EndsIn(course.request.ends_in or EndsIn.STOP)
    marked = _coming_down(steps) if ends_in is EndsIn.STOP else steps
    overran = (first - course.first_day).days > HORIZON_DAYS
    kept = within_horizon(course, marked)
    return Draft(
        course,
        course_of(course, kept, ends_in),
        infeasible(course, kept, overran=overran),
        came_down=any(s.phase is Phase.TAPER for s in kept),
        stop_text=f"Stop {course.medicine.name} after the last dose.",
    )


def _coming_down(steps: list[Step]) -> list[Step]:
    """Mark the run of lower and lower steps at the end as a taper.

    Days on the way down are not full-dose days, whoever wrote the table; but a step held for more
    than a month is no step on the way down.
    """
    start = len(steps)
    while start > 1 and _falls(steps[start - 2], steps[start - 1]):
        if len(steps[start - 1].days) > _LONGEST_STEP_DOWN:
            break
        start -= 1
    return steps[:start] + [_lowered(before, step) for before, step in pairwise(steps[start - 1 :])]


def _falls(before: Step, after: Step) -> bool:
    was = {d.slot: d.mg for d in before.doses}
    no_slot_rises = all(d.mg <= was.get(d.slot, Decimal(0)) for d in after.doses)
    return after.daily_mg < before.daily_mg and no_slot_rises


def _lowered(before: Step, step: Step) -> Step:
    percent = two_places((before.daily_mg - step.daily_mg) * 100 / before.daily_mg)
    return Step(
        phase=Phase.TAPER,
        days=step.days,
        daily_mg=step.daily_mg,
        conditional=False,
        when_required=False,
        max_daily_mg=step.max_daily_mg,
        min_interval_hours=step.min_interval_hours,
        asked_percent=None,
        actual_percent=percent,
        doses=step.doses,
    )


def _regular_places(
    course: ResolvedCourse, patient: PatientFacts, routine: Routine, formulary: Formulary
) -> tuple[Decimal | None, dict[Place, Decimal]]:
    request, regimen = course.request, course.regimen
    if request.slots is not None:
        gap = least_gap_hours(course, len(request.slots), patient, formulary)
        by_slot = {d.slot: d.mg for d in request.slots}
        places = places_for_slots(course, tuple(by_slot), routine, gap)
        return gap, {p: by_slot[p.slot] for p in places if p.slot is not None}
    count = request.times_per_day or (24 // request.every_hours if request.every_hours else None)
    count = count or (regimen.times_per_day if regimen else None) or 1
    gap = least_gap_hours(course, count, patient, formulary)
    dose = amount(request.dose_mg, regimen.dose_mg if regimen else None)
    return gap, dict.fromkeys(places_for_count(course, count, routine, gap), dose)


def _fixed_step(
    course: ResolvedCourse, days: Days, amounts: dict[Place, Decimal], gap: Decimal | None
) -> Step:
    return Step(
        phase=Phase.FIXED,
        days=days,
        daily_mg=sum(amounts.values(), Decimal(0)),
        conditional=False,
        when_required=False,
        max_daily_mg=course.request.max_daily_mg,
        min_interval_hours=gap,
        asked_percent=None,
        actual_percent=None,
        doses=dated_doses(course, amounts),
    )


def _when_required(
    course: ResolvedCourse, days: Days, patient: PatientFacts, formulary: Formulary
) -> Step:
    """One dose at a time, up to a daily most, no closer than the larger of two gaps."""
    request, regimen = course.request, course.regimen
    dose = amount(request.dose_mg, regimen.dose_mg if regimen else None)
    label = least_gap_hours(course, None, patient, formulary)
    count = request.times_per_day or (24 // request.every_hours if request.every_hours else None)
    count = count or (regimen.times_per_day if regimen else None) or 1
    most = request.max_daily_mg or dose * count
    asked_gap = Decimal(request.every_hours) if request.every_hours else None
    gaps = [g for g in (label, asked_gap) if g is not None]
    gap = max(gaps) if gaps else Decimal(24) / count
    text = (
        f"{course.medicine.advice.text} Take one dose when you need it, at least "
        f"{format_decimal(gap)} hours after the last, and no more than {format_decimal(most)} mg "
        "in any 24 hours, counting all doses."
    )
    return Step(
        phase=Phase.FIXED,
        days=days,
        daily_mg=most,
        conditional=False,
        when_required=True,
        max_daily_mg=most,
        min_interval_hours=gap,
        asked_percent=None,
        actual_percent=None,
        doses=(Dose(None, None, dose, course.kit.make(dose) or (), text),),
    )
