"""Exact quantities and days: the words every other room counts with.

A dose is a `Decimal` number of milligrams, never a binary fraction; a day is a calendar day in the
patient's own time zone; a clock time is a whole minute of that day. This module knows nothing of
medicines.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

MINUTES_PER_DAY = 24 * 60
_PLAIN_DECIMAL = re.compile(r"(?:0|[1-9][0-9]{0,6})(?:\.[0-9]{1,4})?")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


class Slot(StrEnum):
    """A part of the day that a dose belongs to (FHIR EventTiming MORN, NOON, EVE, HS)."""

    MORNING = "morning"
    NOON = "noon"
    EVENING = "evening"
    BEDTIME = "bedtime"


def parse_decimal(text: str) -> Decimal:
    """Read a plain decimal: digits, at most seven before the point and four after it.

    Exponents, signs, thousands marks, `NaN` and `Infinity` are not plain decimals.

    Raises:
        ValueError: the text is not a plain decimal. The caller's user is at fault.
    """
    if not _PLAIN_DECIMAL.fullmatch(text):
        msg = "not a plain decimal such as 7.5"
        raise ValueError(msg)
    return Decimal(text)


def format_decimal(value: Decimal) -> str:
    """Write a decimal in its one shortest form: no exponent, no trailing zeros."""
    if value == value.to_integral_value():
        return str(int(value))
    return format(value.normalize(), "f")


def parse_clock(text: str) -> int:
    """Read `HH:MM` as the minute of the day, 0 to 1439.

    Raises:
        ValueError: the text is not a clock time. The caller's user is at fault.
    """
    match = _CLOCK.fullmatch(text)
    if match is None:
        msg = "not a clock time such as 08:00"
        raise ValueError(msg)
    return int(match[1]) * 60 + int(match[2])


def format_clock(minute: int) -> str:
    """Write a minute of the day as `HH:MM`."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


@dataclass(frozen=True, slots=True)
class Days:
    """A run of calendar days, both ends included, as a prescriber would say it."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            msg = f"days end on {self.last}, before they begin on {self.first}"
            raise ValueError(msg)

    @classmethod
    def lasting(cls, first: date, count: int) -> "Days":
        """The run of `count` days that begins on `first`."""
        return cls(first, first + timedelta(count - 1))

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(n) for n in range(len(self)))

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def overlaps(self, other: "Days") -> bool:
        """Whether the two runs share a day."""
        return self.first <= other.last and other.first <= self.last
