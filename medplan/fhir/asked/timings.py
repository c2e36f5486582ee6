"""When and how much: one dosage instruction as doses on days, or why it can't be known.

Only what a plan can hold is understood: whole days with a first and a last one, clock times or
parts of the day, the same on every day. Everything else is told and nothing is planned.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from medplan.fhir.asked.medicines import Meant
from medplan.fhir.element import Element, Level
from medplan.fhir.values import UCUM
from medplan.units import MINUTES_PER_DAY, Days, Slot, format_clock

_MILLIGRAMS = {"mg": Decimal(1), "g": Decimal(1000), "ug": Decimal("0.001")}
_UNIT_SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-orderableDrugForm"
_UNIT_WORDS = {"tablet", "tablets", "capsule", "capsules", "tab", "tabs", "cap", "caps", "ml"}
_WHEN: Mapping[str, Slot] = {
    "MORN": Slot.MORNING, "NOON": Slot.NOON, "EVE": Slot.EVENING, "HS": Slot.BEDTIME,
    "NIGHT": Slot.BEDTIME,
}  # fmt: skip
# The clock times that a plan has where nobody gives others, by how often a day and by hours.
_STANDARD = {1: (480,), 2: (480, 1200), 3: (480, 840, 1200), 4: (420, 720, 1020, 1320)}
_HOURLY = {6: (300, 660, 1020, 1380), 8: (420, 900, 1380), 12: (480, 1200), 24: (480,)}
_DAYS_IN = {"d": 1, "wk": 7}
_NOON_FROM, _EVENING_FROM, _BEDTIME_FROM = 11 * 60, 16 * 60, 21 * 60
_IGNORED = ("text", "patientInstruction", "additionalInstruction", "route", "method", "extension")


@dataclass(frozen=True, slots=True)
class Taken:
    """An amount at one time: a clock time in minutes of the day, or a part of the day, or both."""

    slot: Slot
    minute: int | None
    mg: Decimal


@dataclass(frozen=True, slots=True)
class Row:
    """One instruction: the days on which it holds, and what is taken on each of them.

    A when-required one has a single amount, the most in 24 hours and the hours between two doses.
    """

    place: str
    days: Days
    taken: tuple[Taken, ...]
    halves: bool
    needed_mg: Decimal | None = None
    most_mg: Decimal | None = None
    hours: int | None = None


def rows(request: Element, medicine: Meant, start: date | None) -> list[Row]:
    """Every dosage instruction of a request that could be understood, in its order of sequence.

    `start` is the first day of an instruction that says for how long but not from when.
    """
    found: list[Row] = []
    dosages = request.children("dosageInstruction")
    if not dosages:
        request.refuse("required", "there is no dosage to plan", "dosageInstruction")
    after = start
    for _, alike in _by_sequence(dosages):
        read = [row for row in (_row(d, medicine, after) for d in alike) if row is not None]
        found += read
        after = max((row.days.last for row in read), default=date.min) + timedelta(1)
        after = start if not read else after
    return found


def _by_sequence(dosages: list[Element]) -> list[tuple[int, list[Element]]]:
    """Instructions with the same number belong to the same time; without numbers, all of them."""
    groups: dict[int, list[Element]] = {}
    for dosage in dosages:
        groups.setdefault(dosage.whole("sequence") or 0, []).append(dosage)
    return sorted(groups.items())


def _row(dosage: Element, medicine: Meant, start: date | None) -> Row | None:
    """One instruction, or None and an issue for everything that stands in the way."""
    before = len(dosage.issues)
    dosage.leave(*_IGNORED, "sequence")
    timing = dosage.child("timing") or Element({}, f"{dosage.place}.timing", dosage.issues)
    repeat = timing.child("repeat") or Element({}, f"{timing.place}.repeat", dosage.issues)
    timing.leave("code")
    days = _days(repeat, start)
    amount = _amount(dosage, medicine)
    needed = _as_needed(dosage)
    most = _most(dosage) if needed else None
    times = [] if needed else _times(repeat)
    hours = _hours(repeat) if needed else None
    if dosage.ours("only-if-agreed", "modifierExtension") is not None:
        text = "a step up that is yet to be agreed is no order to plan"
        dosage.refuse("not-supported", text, "modifierExtension")
    elif dosage.has("modifierExtension"):
        text = "an extension that may change the meaning is not understood"
        dosage.refuse("not-supported", text, "modifierExtension")
    for element in (repeat, timing, dosage):
        element.done()
    failed = any(issue.level is Level.ERROR for issue in dosage.issues[before:])
    if failed or days is None or amount is None:
        return None
    mg, halves = amount
    if needed:
        return Row(dosage.place, days, (), halves, needed_mg=mg, most_mg=most, hours=hours)
    taken = tuple(Taken(slot, minute, mg) for slot, minute in times)
    return Row(dosage.place, days, taken, halves)


def _days(repeat: Element, start: date | None) -> Days | None:
    bounds, length = repeat.child("boundsPeriod"), repeat.child("boundsDuration")
    if bounds is not None:
        first, last = bounds.day("start") or start, bounds.day("end")
        if first is None or last is None:
            bounds.refuse("required", "a first and a last day are needed")
        elif last < first:
            bounds.refuse("value", "ends before it begins", "end")
        else:
            return Days(first, last)
        return None
    if length is None:
        repeat.refuse("required", "how long it is taken is needed", "bounds")
        return None
    value, unit = length.decimal("value"), length.text("code") or length.text("unit") or ""
    length.leave("system", "unit", "code")
    number = (value or Decimal(0)) * _DAYS_IN.get(unit, 0)
    if number < 1 or number % 1:
        length.refuse("not-supported", "a whole number of days or weeks is needed")
    elif start is None:
        repeat.refuse("required", "a first day is needed: boundsPeriod or the parameter start")
    else:
        return Days.lasting(start, int(number))
    return None


def _amount(dosage: Element, medicine: Meant) -> tuple[Decimal, bool] | None:
    """Milligrams of one dose, and whether it takes half a unit; several amounts must agree."""
    found: dict[Decimal, bool] = {}
    given = dosage.children("doseAndRate")
    for one in given:
        one.leave("type")
        dose = one.child("doseQuantity")
        if dose is not None:
            mg = _milligrams(dose, medicine)
            if mg is not None:
                found[mg[0]] = found.get(mg[0], False) or mg[1]
        one.done()
    if len(found) > 1:
        dosage.refuse("value", "its amounts contradict each other", "doseAndRate")
    if not found:
        dosage.refuse("required", "an amount that can be planned is needed", "doseAndRate")
        return None
    return next(iter(found.items()))


def _milligrams(dose: Element, medicine: Meant) -> tuple[Decimal, bool] | None:
    value, system = dose.decimal("value"), dose.text("system")
    code, unit = dose.text("code"), (dose.text("unit") or "").lower()
    if value is None or value <= 0 or dose.text("comparator") is not None:
        dose.refuse("value", "an exact amount above nothing is needed")
        return None
    word = code or unit
    if word in _MILLIGRAMS and system in {None, UCUM}:
        return value * _MILLIGRAMS[word], False
    counted = system == _UNIT_SYSTEM or word.strip("{}").lower() in _UNIT_WORDS or word == "1"
    counted = counted or unit.rpartition(" ")[2] in _UNIT_WORDS
    if not counted:
        dose.refuse("not-supported", "milligrams, grams, micrograms or units are understood")
    elif medicine.strength_mg is None:
        dose.refuse("not-supported", "a number of units needs a product whose strength is known")
    else:
        return value * medicine.strength_mg, value % 1 != 0
    return None


def _as_needed(dosage: Element) -> bool:
    reason = dosage.child("asNeededCodeableConcept")
    if reason is not None:
        reason.tell(Level.INFORMATION, "informational", "the reason for a dose is not kept")
    return dosage.yes("asNeededBoolean") or reason is not None


def _most(dosage: Element) -> Decimal | None:
    ratio = dosage.child("maxDosePerPeriod")
    if ratio is None:
        told = "no most in 24 hours is given: the formulary's is planned"
        dosage.tell(Level.INFORMATION, "informational", told, "maxDosePerPeriod")
        return None
    upper, lower = ratio.child("numerator") or ratio, ratio.child("denominator") or ratio
    length, unit = lower.decimal("value"), lower.text("code") or lower.text("unit")
    day = (length, unit) in {(Decimal(24), "h"), (Decimal(1), "d")}
    word = upper.text("code") or upper.text("unit") or ""
    value = upper.decimal("value")
    if not day or value is None or word not in _MILLIGRAMS:
        ratio.refuse("not-supported", "a most in milligrams in 24 hours is understood")
        return None
    return value * _MILLIGRAMS[word]


def _hours(repeat: Element) -> int | None:
    """The hours between two doses of a when-required instruction, where they are given."""
    often, period, unit = _frequency(repeat)
    if period is None and often is None:
        return None
    if often not in (None, 1) or unit != "h" or period is None or period % 1:
        repeat.refuse("not-supported", "once in a whole number of hours is understood here")
        return None
    return int(period)


def _frequency(repeat: Element) -> tuple[int | None, Decimal | None, str | None]:
    return repeat.whole("frequency"), repeat.decimal("period"), repeat.text("periodUnit")


def _times(repeat: Element) -> list[tuple[Slot, int | None]]:
    clock, parts = repeat.texts("timeOfDay"), repeat.texts("when")
    often, period, unit = _frequency(repeat)
    if clock:
        if often is not None or period is not None or parts:
            repeat.refuse("structure", "timeOfDay and when, frequency or period exclude each other")
        minutes = [_minute(repeat, time) for time in clock]
        return _distinct(repeat, [(_slot(m), m) for m in minutes if m is not None])
    if parts:
        for code in parts:
            if code not in _WHEN:
                repeat.refuse("not-supported", f"{code} is no part of the day planned here", "when")
        every_day = {(None, None, None), (1, Decimal(1), "d"), (len(parts), Decimal(1), "d")}
        if (often, period, unit) not in every_day:
            repeat.refuse("not-supported", "with when, only every day is understood", "period")
        return _distinct(repeat, [(_WHEN[code], None) for code in parts if code in _WHEN])
    return _usual_times(repeat, often, period, unit)


def _usual_times(
    repeat: Element, often: int | None, period: Decimal | None, unit: str | None
) -> list[tuple[Slot, int | None]]:
    """Clock times of ours for so many doses a day; told, since the sender gave none."""
    minutes: tuple[int, ...] | None = None
    if unit == "d" and period == 1:
        minutes = _STANDARD.get(often or 1)
    elif unit == "h" and period is not None and often in (None, 1) and period % 1 == 0:
        minutes = _HOURLY.get(int(period))
    if minutes is None:
        repeat.refuse("not-supported", "one to four times every day is understood", "frequency")
        return []
    said = ", ".join(format_clock(minute) for minute in minutes)
    told = f"no times are given: planned at {said}; timeOfDay would say others"
    repeat.tell(Level.INFORMATION, "informational", told)
    return [(_slot(minute), minute) for minute in minutes]


def _minute(repeat: Element, time: str) -> int | None:
    hours, _, rest = time.partition(":")
    minutes, _, seconds = rest.partition(":")
    parts = (hours, minutes, seconds)
    if not all(p.isascii() and p.isdigit() for p in parts) or seconds != "00":
        repeat.refuse("value", "a clock time such as 08:00:00 is needed", "timeOfDay")
        return None
    minute = int(hours) * 60 + int(minutes)
    if minute >= MINUTES_PER_DAY or int(minutes) > 59:
        repeat.refuse("value", "a clock time such as 08:00:00 is needed", "timeOfDay")
        return None
    return minute


def _slot(minute: int) -> Slot:
    """The part of the day that a clock time belongs to."""
    if minute < _NOON_FROM:
        return Slot.MORNING
    if minute < _EVENING_FROM:
        return Slot.NOON
    return Slot.EVENING if minute < _BEDTIME_FROM else Slot.BEDTIME


def _distinct(
    repeat: Element, times: list[tuple[Slot, int | None]]
) -> list[tuple[Slot, int | None]]:
    if len({slot for slot, _ in times}) != len(times):
        repeat.refuse("not-supported", "two doses in one part of the day can't be planned")
    return times
