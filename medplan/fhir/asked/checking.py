"""Whether the plan that was made takes what was asked for: the same amounts on the same days."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from medplan.fhir.asked.courses import Group
from medplan.fhir.element import Issue, Level
from medplan.model.plan import Course, Plan
from medplan.units import format_clock, format_decimal
from medplan.wording.names import medicine_key

_Doses = dict[date, dict[int, Decimal]]


def differences(groups: Sequence[Group], plan: Plan) -> list[Issue]:
    """Where the plan takes another amount on a day (an error), or at another time (a warning)."""
    found: list[Issue] = []
    for key in dict.fromkeys(group.medicine.key for group in groups):
        members = [group for group in groups if group.medicine.key == key]
        courses = [c for c in plan.courses if medicine_key(c) == key and c.role == "prescribed"]
        if all(row.needed_mg is None for group in members for row in group.rows):
            found += _of_medicine(members, courses)
    return found


def _of_medicine(groups: list[Group], courses: list[Course]) -> Iterator[Issue]:
    asked, planned, place = _asked(groups), _planned(courses), groups[0].place
    for day in sorted(asked.keys() | planned.keys()):
        wanted, made = sum(asked.get(day, {}).values()), sum(planned.get(day, {}).values())
        if wanted != made:
            mg = f"{format_decimal(Decimal(made))} mg, not {format_decimal(Decimal(wanted))} mg"
            yield Issue(Level.ERROR, "processing", place, f"{day}: the plan would take {mg}")
            return
    for day, doses in sorted(asked.items()):
        timed = {minute for minute in doses if minute >= 0}
        if timed and timed != set(planned[day]):
            times = ", ".join(format_clock(m) for m in sorted(planned[day]))
            text = f"from {day} the doses are planned at {times}, other times than were asked for"
            yield Issue(Level.WARNING, "informational", place, text)
            return


def _asked(groups: list[Group]) -> _Doses:
    found: _Doses = {}
    for row in (row for group in groups for row in group.rows):
        for day in row.days:
            doses = found.setdefault(day, {})
            for taken in row.taken:
                minute = -1 if taken.minute is None else taken.minute
                doses[minute] = doses.get(minute, Decimal(0)) + taken.mg
    return found


def _planned(courses: list[Course]) -> _Doses:
    found: _Doses = {}
    for step in (step for course in courses for step in course.steps):
        for day in step.days:
            doses = found.setdefault(day, {})
            for dose in step.doses:
                minute = -1 if dose.minute is None else dose.minute
                doses[minute] = doses.get(minute, Decimal(0)) + dose.mg
    return found
