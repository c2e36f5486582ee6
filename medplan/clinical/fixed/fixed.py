"""Courses of one daily dose, and the prescriber's own table of steps."""

from decimal import Decimal

from medplan.clinical.course.doses import Place, dated_doses, places_for_count, places_for_slots
from medplan.clinical.course.draft import HORIZON_DAYS, Draft, course_of, infeasible, within_horizon
from medplan.clinical.course.limits import least_gap_hours
from medplan.clinical.course.resolve import ResolvedCourse, stated
from medplan.clinical.taper.coming_down import brought_down, stop_rule
from medplan.clinical.times.often import times_a_day
from medplan.formulary.model import Formulary, Regimen
from medplan.model.plan import Dose, EndsIn, Phase, Step
from medplan.model.request import PatientFacts, Routine
from medplan.units import Days, format_decimal


def fixed(
    course: ResolvedCourse, patient: PatientFacts, routine: Routine, formulary: Formulary
) -> Draft:
    """A fixed daily dose for a number of days, with the taper that its length may call for."""
    regimen, days = stated(course.regimen), stated(course.request.days)
    asked = Days.lasting(course.first_day, days)
    if regimen.when_required:
        step = _when_required(course, regimen, asked, patient, formulary)
        places: dict[Place, Decimal] = {}
    else:
        gap, places = _regular_places(course, regimen, patient, routine, formulary)
        step = fixed_step(course, asked, places, gap)
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


def fixed_step(
    course: ResolvedCourse, days: Days, amounts: dict[Place, Decimal], gap: Decimal | None
) -> Step:
    """One day's doses, held for those days."""
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


def _regular_places(
    course: ResolvedCourse,
    regimen: Regimen,
    patient: PatientFacts,
    routine: Routine,
    formulary: Formulary,
) -> tuple[Decimal | None, dict[Place, Decimal]]:
    request = course.request
    if request.slots is not None:
        gap = least_gap_hours(course, len(request.slots), patient, formulary)
        by_slot = {d.slot: d.mg for d in request.slots}
        places = places_for_slots(course, tuple(by_slot), routine, gap)
        return gap, {p: by_slot[p.slot] for p in places if p.slot is not None}
    count = stated(times_a_day(request, regimen))
    gap = least_gap_hours(course, count, patient, formulary)
    dose = stated(request.dose_mg, regimen.dose_mg)
    return gap, dict.fromkeys(places_for_count(course, regimen.slots, count, routine, gap), dose)


def _when_required(
    course: ResolvedCourse,
    regimen: Regimen,
    days: Days,
    patient: PatientFacts,
    formulary: Formulary,
) -> Step:
    """One dose at a time, up to a daily most, no closer than the larger of two gaps."""
    request = course.request
    dose = stated(request.dose_mg, regimen.dose_mg)
    label = least_gap_hours(course, None, patient, formulary)
    count = stated(times_a_day(request, regimen))
    most = request.max_daily_mg or dose * count
    asked_gap = Decimal(request.every_hours) if request.every_hours else None
    gaps = [g for g in (label, asked_gap) if g is not None]
    gap = max(gaps, default=Decimal(24) / count)
    text = (
        f"{course.medicine.instruction} Take one dose when you need it, at least "
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
