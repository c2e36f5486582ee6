"""How many units of each product the doses add up to."""

from collections.abc import Iterable
from decimal import Decimal

from medplan.model.plan import Course, Step, Supply
from medplan.units import Days


def supply(courses: Iterable[Course]) -> tuple[Supply, ...]:
    """For each course and product the units of every dose, and the days on which it is used.

    A when-required course counts as many whole doses a day as its daily most allows.
    """
    return tuple(row for course in courses for row in _course_supply(course))


def _course_supply(course: Course) -> list[Supply]:
    units: dict[str, Decimal] = {}
    used: dict[str, Days] = {}
    for step in course.steps:
        for dose in step.doses:
            for part in dose.products:
                times = len(step.days) * doses_a_day(step)
                units[part.product] = units.get(part.product, Decimal(0)) + part.units * times
                since = used.get(part.product, step.days).first
                used[part.product] = Days(since, step.days.last)
    return [Supply(product, units[product], used[product]) for product in units]


def doses_a_day(step: Step) -> int:
    """How often each of a step's doses may be taken in a day: once, or when required the most."""
    if not step.when_required:
        return 1
    return int(step.daily_mg // step.doses[0].mg)
