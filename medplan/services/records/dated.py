"""A plan's doses, one by one on their days, at real instants.

A clock time that a clock change skips is taken at the first instant after the gap, one that comes
twice at its first. A when-required step gives one row a day without a time. Knows no database.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from medplan.clinical.times.zone_clock import clock_for
from medplan.model.plan import Course, Dose, Plan, Step
from medplan.units import Days

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DatedDose:
    """One dose of one course on one day; `instant` carries the patient's own offset then."""

    day: date
    instant: datetime | None
    course: Course
    step: Step
    dose: Dose


def dated_doses(plan: Plan, within: Days) -> tuple[DatedDose, ...]:
    """List the doses that fall within some days, both included, by day, time and medicine."""
    found = [dated for course in plan.courses for dated in _of_course(plan, course, within)]
    return tuple(sorted(found, key=_order))


def _of_course(plan: Plan, course: Course, within: Days) -> Iterator[DatedDose]:
    zone, clock = ZoneInfo(plan.time_zone), clock_for(plan.time_zone)
    for step in course.steps:
        for day in _shared(step.days, within):
            for dose in step.doses:
                instant = None
                if dose.minute is not None:
                    minutes = clock.instant(day.toordinal(), dose.minute)
                    instant = (_EPOCH + timedelta(minutes=minutes)).astimezone(zone)
                yield DatedDose(day, instant, course, step, dose)


def _shared(one: Days, other: Days) -> Iterator[date]:
    if one.overlaps(other):
        yield from Days(max(one.first, other.first), min(one.last, other.last))


def _order(dated: DatedDose) -> tuple[date, bool, int, str, str]:
    minute = dated.dose.minute
    return (
        dated.day,
        minute is None,
        minute or 0,
        dated.course.medicine,
        dated.course.name or "",
    )
