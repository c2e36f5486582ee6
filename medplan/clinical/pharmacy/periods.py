"""When to supply what: a plan's units cut into periods of collection.

A period is at most so many days long and ends with a step where one ends in its second half, so
that a change of dose falls on a collection. Whoever collects on a working day: what begins on a
Saturday or Sunday is collected on the Friday before. No period is longer than the shortest legal
maximum of what it holds. All planned doses count, agreed or not, as in the plan's supply. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from medplan.clinical.totals.supply import doses_a_day
from medplan.formulary.model import Duration, FindingKind, Formulary
from medplan.model.plan import Plan, Step
from medplan.units import Days

_DAY = timedelta(days=1)
_FRIDAY = 4


class Every(StrEnum):
    """How often a patient collects."""

    WEEKLY = "weekly"
    TEN_DAYS = "10-day"
    FOUR_WEEKS = "28-day"
    REVIEW = "review"


_LENGTH = {Every.WEEKLY: 7, Every.TEN_DAYS: 10, Every.FOUR_WEEKS: 28}


@dataclass(frozen=True, slots=True)
class Period:
    """What is collected at once, for which days. `units` are by product; `maximum` is the rule
    that made the period shorter than was asked for."""

    collect_on: date
    days: Days
    units: tuple[tuple[str, Decimal], ...]
    maximum: Duration | None


def periods(plan: Plan, every: Every, formulary: Formulary) -> tuple[Period, ...]:
    """Cut a plan into periods; together they hold every unit of its supply."""
    return tuple(_periods(plan, every, formulary))


def _periods(plan: Plan, every: Every, formulary: Formulary) -> Iterator[Period]:
    first = plan.start
    while first <= plan.end:
        asked = _asked_end(plan, every, first)
        maximum = _maximum(plan, Days(first, asked), formulary)
        last = asked if maximum is None else first + timedelta(maximum.over_days - 1)
        last = _with_a_step(plan, Days(first, last))
        days = Days(first, last)
        units = _units(plan, days)
        if units:
            yield Period(max(_working_day(first), plan.start), days, units, maximum)
        first = last + _DAY


def _asked_end(plan: Plan, every: Every, first: date) -> date:
    if every is not Every.REVIEW:
        return min(first + timedelta(_LENGTH[every] - 1), plan.end)
    later = (review.day for review in plan.reviews if review.day >= first)
    return min(min(later, default=plan.end), plan.end)


def _maximum(plan: Plan, days: Days, formulary: Formulary) -> Duration | None:
    """The shortest supply rule of the medicines taken on some days that the days exceed."""
    taken = {c.medicine for c in plan.courses if c.days.overlaps(days)}
    rules = (
        rule
        for name in taken
        if name in formulary.medicines
        for rule in formulary.medicines[name].durations
        if rule.kind in {FindingKind.LEGAL, FindingKind.SUPPLY} and rule.over_days < len(days)
    )
    return min(rules, key=lambda rule: (rule.over_days, rule.id), default=None)


def _with_a_step(plan: Plan, days: Days) -> date:
    """The last day of a step that ends in the second half of some days, else their own last."""
    half = days.first + timedelta(len(days) // 2)
    ends = {step.days.last for c in plan.courses for step in c.steps if step is not c.steps[-1]}
    return max((day for day in ends if half <= day <= days.last), default=days.last)


def _working_day(day: date) -> date:
    return day - timedelta(max(0, day.weekday() - _FRIDAY))


def _units(plan: Plan, days: Days) -> tuple[tuple[str, Decimal], ...]:
    found: dict[str, Decimal] = {}
    for course in plan.courses:
        for step in course.steps:
            count = _shared(step, days) * doses_a_day(step)
            for dose in step.doses if count else ():
                for part in dose.products:
                    more = part.units * count
                    found[part.product] = found.get(part.product, Decimal(0)) + more
    return tuple(sorted(found.items()))


def _shared(step: Step, days: Days) -> int:
    """How many days of a step fall within some days."""
    if not step.days.overlaps(days):
        return 0
    return len(Days(max(step.days.first, days.first), min(step.days.last, days.last)))
