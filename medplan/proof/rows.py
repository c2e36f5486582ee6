"""What the rows of a proof are made of: the names of the invariants and how values are written.

A row says what the bound is, what the worst value is, and when it occurs. This module knows no
invariant's meaning.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from medplan.model.plan import Course, ProofRow
from medplan.units import MINUTES_PER_DAY, format_clock, format_decimal


class Invariant:
    """The invariants that are no limit of the formulary; a limit's row is named by its kind."""

    COURSE_HAS_STEPS = "course_has_steps"
    KNOWN_MEDICINE = "known_medicine"
    KNOWN_PRODUCT = "known_product"
    UNITS_MAKE_MG = "units_make_mg"
    WHOLE_UNITS = "whole_units"
    ONE_RELEASE = "one_release"
    DAILY_SUM = "daily_sum"
    DOSES_DATED = "doses_dated"
    STEPS_TILE = "steps_tile"
    HORIZON_DAYS = "horizon_days"
    TAPER_NEVER_RISES = "taper_never_rises"
    TITRATION_NEVER_FALLS = "titration_never_falls"
    CUT_PERCENT = "cut_percent"
    CUT_AS_ASKED = "cut_as_asked"
    DURATION_DAYS = "duration_days"
    SUPPLY_UNITS = "supply_units"
    SUPPLY_DAYS = "supply_days"
    ONE_ENDING = "one_ending"
    GASTROPROTECTION_COVERS = "gastroprotection_covers"
    GASTROPROTECTION_ENDS = "gastroprotection_ends"
    LAXATIVE_COVERS = "laxative_covers"
    OPIOID_LOAD = "opioid_load"
    ISSUABLE = "issuable"


NOWHERE = ""
NONE = "none"


def label(course: Course) -> str:
    """What a row calls a course: its medicine, or the name of one that the formulary lacks."""
    return course.name or course.medicine


def number(value: Decimal | int) -> str:
    """A number as a row writes it."""
    return str(value) if isinstance(value, int) else format_decimal(value)


def day_of(ordinal: int) -> str:
    """A day, from its proleptic Gregorian ordinal."""
    return date.fromordinal(ordinal).isoformat()


def moment(wall: int) -> str:
    """A local date-time, from minutes of the wall clock counted from ordinal 0."""
    ordinal, minute = divmod(wall, MINUTES_PER_DAY)
    return f"{day_of(ordinal)}T{format_clock(minute)}"


def clocked(day: date, minute: int | None) -> str:
    """A local date-time, or the day alone where a dose has no clock time."""
    return day.isoformat() if minute is None else f"{day.isoformat()}T{format_clock(minute)}"


def one_per_subject(rows: Iterable[ProofRow]) -> tuple[ProofRow, ...]:
    """One row for each invariant and subject, in order of first mention: a failing one wins."""
    kept: dict[tuple[str, str], ProofRow] = {}
    for row in rows:
        before = kept.setdefault((row.invariant, row.subject), row)
        if before.holds and not row.holds:
            kept[row.invariant, row.subject] = row
    return tuple(kept.values())
