"""Days in plain words."""

from datetime import date

from medplan.units import Days
from medplan.wording.language import ENGLISH, Language


def day_text(day: date, language: Language = ENGLISH) -> str:
    """A day in full: `Monday 23 November 2026`."""
    return language.day(day)


def short_day_text(day: date, language: Language = ENGLISH) -> str:
    """A day where the year is plain from what stands around it: `Mon 23 November`."""
    return language.short_day(day)


def days_text(days: Days, language: Language = ENGLISH) -> str:
    """A run of days, both ends included: `Mon 23 November to Fri 27 November (5 days)`."""
    first, last = language.short_day(days.first), language.short_day(days.last)
    if days.first == days.last:
        return language.say("{day} (1 day)", day=first)
    return language.say_many(
        "{first} to {last} ({count} day)",
        "{first} to {last} ({count} days)",
        len(days),
        first=first,
        last=last,
    )
