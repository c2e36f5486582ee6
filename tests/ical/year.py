"""A year of invented doses, some of them where clock changes make the time unclear."""

from dataclasses import replace
from datetime import date, timedelta

from medplan.formulary.model import CheckTime
from medplan.model.plan import Check, Plan
from medplan.units import Days
from tests.ical.invented import START, course, dose, plan, regular, step

_CHECK_DAYS = (0, 2, 6, 7, 14, 21, 27, 35, 60, 118, 310)


def year_of_doses(zone: str) -> Plan:
    """A year with doses in the hours that clock changes skip and repeat, and around midnight; and
    days of checks at uneven distances."""
    half = date(2027, 3, 27)
    hours = ["00:00", "00:30", "01:45", "02:30", "03:00", "08:00", "23:50"]
    naproxen = "naproxen-tablet-250"
    made = plan(
        regular("paracetamol", "500", hours, 365),
        course(
            "naproxen",
            step(Days(START, half), dose("08:00", "250", naproxen), dose("20:00", "250", naproxen)),
            step(Days.lasting(half + timedelta(1), 40), dose("02:30", "250", naproxen)),
        ),
        zone=zone,
    )
    days = (START + timedelta(n) for n in _CHECK_DAYS)
    checks = tuple(Check(day, "paracetamol", CheckTime.DURING, ()) for day in days)
    return replace(made, checks=checks)


def year_of_days(made: Plan) -> tuple[date, ...]:
    """The whole days of that year, in order: its start and its checks."""
    return tuple(sorted((made.start, *(check.day for check in made.checks))))
