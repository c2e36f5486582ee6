"""A plan whose doses end earlier than it says: one that was entered in error. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from medplan.model.plan import Course, Plan, Step
from medplan.units import Days

_DAY = timedelta(days=1)


def ended_before(plan: Plan, day: date) -> Plan:
    """The plan with every dose of `day` and later left out."""
    cut = ((course, tuple(_kept(course, day))) for course in plan.courses)
    return replace(plan, courses=tuple(replace(c, steps=steps) for c, steps in cut if steps))


def _kept(course: Course, day: date) -> Iterator[Step]:
    for step in course.steps:
        if step.days.first < day:
            yield replace(step, days=Days(step.days.first, min(step.days.last, day - _DAY)))
