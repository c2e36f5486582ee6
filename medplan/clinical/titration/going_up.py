"""Titrations as dated steps, each step up a decision."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from medplan.clinical.course.doses import Place, dated_doses, places_for_slots
from medplan.clinical.course.draft import HORIZON_DAYS, Draft, course_of, infeasible, within_horizon
from medplan.clinical.course.limits import least_gap_hours
from medplan.clinical.course.resolve import ResolvedCourse, stated
from medplan.clinical.findings import TITRATION_SHORTENED, finding
from medplan.clinical.taper.coming_down import give_way_order
from medplan.clinical.titration.rises import Rise, levels, rises
from medplan.formulary.model import FindingKind, Formulary, Severity
from medplan.model.plan import EndsIn, Finding, Phase, Step
from medplan.model.request import PatientFacts, Routine
from medplan.units import Days, format_decimal


def titrated(
    course: ResolvedCourse, patient: PatientFacts, routine: Routine, formulary: Formulary
) -> Draft:
    """Steps up from the start to the target, then the target to the end of the days.

    Without `days` the target is held to the medicine's benefit review, and for at least the length
    of one step. Every step but the first is conditional. It ends in a review.
    """
    request, regimen = course.request, course.regimen
    if regimen is None:
        msg = "a titration is a regimen of the formulary"
        raise AssertionError(msg)
    step_days = stated(request.step_days, regimen.step_days)
    start = stated(request.start_mg, regimen.start_mg)
    step = stated(request.step_mg, regimen.step_mg)
    target = max(start, stated(request.target_mg, regimen.target_mg))
    doses = levels(start, step, target, HORIZON_DAYS)
    days = request.days or max(regimen.benefit_review_days or 0, len(doses) * step_days)
    fitting = doses[: -(-days // step_days)]
    order = give_way_order(regimen.slots)
    gap = least_gap_hours(course, len(order), patient, formulary)
    by_slot = {p.slot: p for p in places_for_slots(course, order, routine, gap)}
    places = tuple(by_slot[s] for s in order)
    runs = _runs(course.first_day, days, step_days, len(fitting))
    made = rises(course.kit, len(order), fitting)
    steps = [
        _step(course, rise, run, places, gap, first=n == 0, at_target=rise.daily_mg == target)
        for n, (rise, run) in enumerate(zip(made, runs, strict=False))
    ]
    kept = within_horizon(course, steps)
    shortened = _shortened(course, fitting[-1], target) if len(fitting) < len(doses) else ()
    return Draft(
        course,
        course_of(course, kept, EndsIn.REVIEW),
        (*infeasible(course, kept, overran=days > HORIZON_DAYS), *shortened),
    )


def _runs(first: date, days: int, step_days: int, count: int) -> list[Days]:
    """The days of each step: equal lengths, the last one reaching to the end."""
    starts = [first + timedelta(n * step_days) for n in range(count)]
    ends = [s - timedelta(1) for s in starts[1:]] + [first + timedelta(days - 1)]
    return [Days(a, b) for a, b in zip(starts, ends, strict=True)]


def _step(
    course: ResolvedCourse,
    rise: Rise,
    days: Days,
    places: Sequence[Place],
    gap: Decimal | None,
    *,
    first: bool,
    at_target: bool,
) -> Step:
    if rise.amounts is None:
        # Shown as asked, in the slot that holds most; the infeasible finding blocks it.
        amounts = {places[-1]: rise.daily_mg}
    else:
        amounts = dict(zip(places, rise.amounts, strict=True))
    return Step(
        phase=Phase.MAINTENANCE if at_target and not first else Phase.TITRATION,
        days=days,
        daily_mg=rise.daily_mg,
        conditional=not first,
        when_required=False,
        max_daily_mg=None,
        min_interval_hours=gap,
        asked_percent=None,
        actual_percent=None,
        doses=dated_doses(course, amounts, conditional=not first),
    )


def _shortened(course: ResolvedCourse, reached: Decimal, target: Decimal) -> tuple[Finding, ...]:
    name = course.medicine.name
    return (
        finding(
            TITRATION_SHORTENED,
            [course.medicine.id],
            FindingKind.DURATION,
            Severity.INFO,
            f"The days given hold the steps of {name} up to {format_decimal(reached)} mg a day; "
            f"the target of {format_decimal(target)} mg is not reached.",
            suggestion="Give more days, or review before going on.",
        ),
    )
