"""At what times of the day: clock times, parts of the day, or so many times; every day the same.

A `timing.code` is understood where it says no more than what R4's abbreviations say, and must then
agree with whatever the structure says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from medplan.fhir.element import Element, Level
from medplan.fhir.values import TERMINOLOGY
from medplan.units import Slot, format_clock, parse_clock

_WHEN: Mapping[str, Slot] = {
    "MORN": Slot.MORNING, "NOON": Slot.NOON, "EVE": Slot.EVENING, "HS": Slot.BEDTIME,
    "NIGHT": Slot.BEDTIME,
}  # fmt: skip
# The clock times that a plan has where nobody gives others, by how often a day and by hours.
_STANDARD = {1: (480,), 2: (480, 1200), 3: (480, 840, 1200), 4: (420, 720, 1020, 1320)}
_HOURLY = {6: (300, 660, 1020, 1380), 8: (420, 900, 1380), 12: (480, 1200), 24: (480,)}
_NOON_FROM, _EVENING_FROM, _BEDTIME_FROM = 11 * 60, 16 * 60, 21 * 60
_ABBREVIATIONS = f"{TERMINOLOGY}/v3-GTSAbbreviation"
_ONE = Decimal(1)

Time = tuple[Slot, int | None]
"""A part of the day, and its minute where the clock time is known."""


@dataclass(frozen=True, slots=True)
class Pace:
    """So often in so many of a unit of time; nothing at all where nobody says."""

    often: int | None = None
    period: Decimal | None = None
    unit: str | None = None

    @property
    def said(self) -> bool:
        """Whether anything is said."""
        return self != Pace()

    def is_daily(self, times: int) -> bool:
        """Whether it is so many times every day."""
        return (self.often or 1, self.period, self.unit) == (times, _ONE, "d")


_CODES: Mapping[str, Pace] = {
    "QD": Pace(1, _ONE, "d"), "BID": Pace(2, _ONE, "d"), "TID": Pace(3, _ONE, "d"),
    "QID": Pace(4, _ONE, "d"), "Q4H": Pace(1, Decimal(4), "h"), "Q6H": Pace(1, Decimal(6), "h"),
    "Q8H": Pace(1, Decimal(8), "h"),
}  # fmt: skip


def pace_of(timing: Element, repeat: Element) -> Pace:
    """How often, as the structure or else the code says; the two must agree."""
    told = Pace(repeat.whole("frequency"), repeat.decimal("period"), repeat.text("periodUnit"))
    if told.often is not None and told.often < 1:
        repeat.refuse("value", "a number above 0 is needed", "frequency")
    if told.period is not None and told.period <= 0:
        repeat.refuse("value", "a number above 0 is needed", "period")
    coded = _coded(timing)
    if coded is None:
        return told
    clock, parts = repeat.texts("timeOfDay"), repeat.texts("when")
    same = not told.said or (told.often or 1, told.period, told.unit) == (
        coded.often, coded.period, coded.unit,
    )  # fmt: skip
    if not same or ((clock or parts) and not coded.is_daily(len(clock or parts))):
        timing.refuse("value", "it contradicts what the structure says", "code")
    return told if told.said or clock or parts else coded


def _coded(timing: Element) -> Pace | None:
    """What the code of a timing says; a code of another system is refused."""
    concept = timing.child("code")
    if concept is None:
        return None
    concept.leave("text", "extension")
    codings = concept.children("coding")
    found = set()
    for coding in codings:
        system, code = coding.text("system"), coding.text("code") or ""
        if system not in {None, _ABBREVIATIONS} or code not in _CODES:
            coding.refuse("not-supported", f"understood are {', '.join(_CODES)}", "code")
        else:
            found.add(_CODES[code])
    concept.done()
    if len(found) > 1:
        concept.refuse("value", "its codes contradict each other", "coding")
    return next(iter(found), None)


def times_of(repeat: Element, pace: Pace) -> list[Time]:
    """Every time of the day at which a dose is taken."""
    clock, parts = repeat.texts("timeOfDay"), repeat.texts("when")
    if clock:
        if pace.said or parts:
            repeat.refuse("structure", "timeOfDay and when, frequency or period exclude each other")
        minutes = [_minute(repeat, time) for time in clock]
        return _distinct(repeat, [(_slot(m), m) for m in minutes if m is not None])
    if parts:
        for code in parts:
            if code not in _WHEN:
                repeat.refuse("not-supported", f"{code} is no part of the day planned here", "when")
        if pace.said and not pace.is_daily(len(parts)):
            repeat.refuse("not-supported", "with when, only every day is understood", "period")
        return _distinct(repeat, [(_WHEN[code], None) for code in parts if code in _WHEN])
    return _usual_times(repeat, pace)


def hours_between(repeat: Element, pace: Pace) -> int | None:
    """The hours between two doses of a when-required instruction, where they are given."""
    if not pace.said:
        return None
    if pace.often not in {None, 1} or pace.unit != "h" or pace.period is None or pace.period % 1:
        repeat.refuse("not-supported", "once in a whole number of hours is understood here")
        return None
    return int(pace.period)


def _usual_times(repeat: Element, pace: Pace) -> list[Time]:
    """Clock times of ours for so many doses a day; told, since the sender gave none."""
    minutes: tuple[int, ...] | None = None
    if pace.unit == "d" and pace.period == 1:
        minutes = _STANDARD.get(1 if pace.often is None else pace.often)
    elif pace.unit == "h" and pace.period is not None and pace.often in {None, 1}:
        minutes = _HOURLY.get(int(pace.period)) if pace.period % 1 == 0 else None
    if minutes is None:
        repeat.refuse("not-supported", "one to four times every day is understood", "frequency")
        return []
    said = ", ".join(format_clock(minute) for minute in minutes)
    told = f"no times are given: planned at {said}; timeOfDay would say others"
    repeat.tell(Level.INFORMATION, "informational", told)
    return [(_slot(minute), minute) for minute in minutes]


def _minute(repeat: Element, time: str) -> int | None:
    """A whole minute; FHIR's times have seconds, and no plan has."""
    try:
        return parse_clock(time.removesuffix(":00") if time.count(":") > 1 else "")
    except ValueError:
        repeat.refuse("value", "a clock time such as 08:00:00 is needed", "timeOfDay")
        return None


def _slot(minute: int) -> Slot:
    """The part of the day that a clock time belongs to."""
    if minute < _NOON_FROM:
        return Slot.MORNING
    if minute < _EVENING_FROM:
        return Slot.NOON
    return Slot.EVENING if minute < _BEDTIME_FROM else Slot.BEDTIME


def _distinct(repeat: Element, times: list[Time]) -> list[Time]:
    if len({slot for slot, _ in times}) != len(times):
        repeat.refuse("not-supported", "two doses in one part of the day can't be planned")
    return times
