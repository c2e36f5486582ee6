"""Days and clock times in plain words. English day and month names, whatever the machine's own."""

from datetime import date

from medplan.units import Days

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def day_text(day: date) -> str:
    """A day in full: `Monday 23 November 2026`."""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def short_day_text(day: date) -> str:
    """A day where the year is plain from what stands around it: `Mon 23 November`."""
    return f"{_DAYS[day.weekday()][:3]} {day.day} {_MONTHS[day.month - 1]}"


def days_text(days: Days) -> str:
    """A run of days, both ends included: `Mon 23 November to Fri 27 November (5 days)`."""
    if days.first == days.last:
        return f"{short_day_text(days.first)} (1 day)"
    return f"{short_day_text(days.first)} to {short_day_text(days.last)} ({len(days)} days)"
