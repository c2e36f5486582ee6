"""A year of invented doses, some of them where clock changes make the time unclear."""

from datetime import date, timedelta

from medplan.model.plan import Plan
from medplan.units import Days
from tests.ical.invented import START, course, dose, plan, regular, step


def year_of_doses(zone: str) -> Plan:
    """A year with doses in the hours that clock changes skip and repeat, and around midnight."""
    half = date(2027, 3, 27)
    hours = ["00:00", "00:30", "01:45", "02:30", "03:00", "08:00", "23:50"]
    naproxen = "naproxen-tablet-250"
    return plan(
        regular("paracetamol", "500", hours, 365),
        course(
            "naproxen",
            step(Days(START, half), dose("08:00", "250", naproxen), dose("20:00", "250", naproxen)),
            step(Days.lasting(half + timedelta(1), 40), dose("02:30", "250", naproxen)),
        ),
        zone=zone,
    )
