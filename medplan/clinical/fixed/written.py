"""The prescriber's own table as dated steps: made up of tablets, otherwise left as it is."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from medplan.clinical.course.doses import places_for_slots
from medplan.clinical.course.draft import HORIZON_DAYS, Draft, course_of, infeasible, within_horizon
from medplan.clinical.course.limits import least_gap_hours
from medplan.clinical.course.resolve import ResolvedCourse, stated
from medplan.clinical.fixed.fixed import fixed_step
from medplan.clinical.taper.descent import two_places
from medplan.formulary.model import Formulary
from medplan.model.plan import EndsIn, Phase, Step
from medplan.model.request import PatientFacts, Routine
from medplan.units import Days, Slot

_LONGEST_STEP_DOWN = 28  # days: a month, as the contract counts it


def written_steps(
    course: ResolvedCourse, patient: PatientFacts, routine: Routine, formulary: Formulary
) -> Draft:
    """The prescriber's own table, dated and made up of tablets, otherwise left as it is."""
    rows = stated(course.request.steps)
    slots = [s for s in Slot if any(s is d.slot for row in rows for d in row.slots)]
    gap = least_gap_hours(course, len(slots), patient, formulary)
    places = {p.slot: p for p in places_for_slots(course, slots, routine, gap)}
    steps: list[Step] = []
    first = course.first_day
    for row in rows:
        amounts = {places[d.slot]: d.mg for d in row.slots}
        steps.append(fixed_step(course, Days.lasting(first, row.days), amounts, gap))
        first += timedelta(row.days)
    ends_in = EndsIn(stated(course.request.ends_in))
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
