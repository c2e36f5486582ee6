"""One dosage instruction as doses on days, or why it can't be known.

Only what a plan can hold is understood: whole days with a first and a last one, clock times or
parts of the day, the same on every day, by mouth. Everything else is told and nothing is planned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from medplan.fhir.asked.amounts import dose_amount, most_in_a_day
from medplan.fhir.asked.clock_times import hours_between, pace_of, times_of
from medplan.fhir.asked.medicines import Meant
from medplan.fhir.asked.ways import read_way
from medplan.fhir.element import Element, Issue, Level
from medplan.fhir.packs import Pack
from medplan.fhir.values import UCUM
from medplan.units import Days, Slot

_DAYS_IN = {
    "d": 1, "day": 1, "days": 1, "wk": 7, "week": 7, "weeks": 7,
}  # fmt: skip
_MOST_DAYS = 9999
_LAST_YEAR = 2199
_IGNORED = ("text", "patientInstruction", "additionalInstruction", "extension")
_DAY = timedelta(1)


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


@dataclass(frozen=True, slots=True)
class _Turn:
    """Instructions that hold at the same time: those of one number in the order of sequence."""

    number: int | None
    dosages: tuple[Element, ...]


def rows(request: Element, medicine: Meant, pack: Pack, start: date | None) -> list[Row]:
    """Every dosage instruction of a request that could be understood, in its order of sequence.

    `start` is the first day of an instruction that says for how long but not from when.
    """
    found: list[Row] = []
    after, before = start, None
    for turn in _turns(request):
        begin = after if _follows(turn, before) else None
        read = [row for d in turn.dosages if (row := _row(d, medicine, pack, begin)) is not None]
        _check_order(found, read, request.issues)
        if turn.number is None:
            _check_unnumbered(read, request.issues)
        found += read
        after = max((row.days.last for row in read), default=date.min) + _DAY
        after, before = (after if read else start), turn
    return found


def _turns(request: Element) -> list[_Turn]:
    """Instructions with the same number hold at the same time, as do all of them without any."""
    dosages = request.children("dosageInstruction")
    if not dosages:
        request.refuse("required", "there is no dosage to plan", "dosageInstruction")
    groups: dict[int | None, list[Element]] = {}
    for dosage in dosages:
        groups.setdefault(dosage.whole("sequence"), []).append(dosage)
    if None in groups and len(groups) > 1:
        text = "which comes when? Some have a sequence and others none"
        groups[None][0].refuse("required", text, "sequence")
    ordered = sorted(groups.items(), key=lambda group: (group[0] is not None, group[0] or 0))
    return [_Turn(number, tuple(alike)) for number, alike in ordered]


def _follows(turn: _Turn, before: _Turn | None) -> bool:
    """Whether an instruction without a first day begins where those before it end (or at the
    start): after a number that is missing, and among several without a number, nobody can know."""
    if turn.number is None:
        return len(turn.dosages) == 1
    return before is None or before.number in {None, turn.number - 1}


def _check_order(earlier: Sequence[Row], read: Sequence[Row], issues: list[Issue]) -> None:
    """A later number begins after all earlier ones have ended: on a day of both, which holds?"""
    ended = max((row.days.last for row in earlier), default=None)
    for row in read:
        if ended is not None and row.days.first <= ended:
            text = f"begins on {row.days.first}, while those before it go on to {ended}"
            issues.append(Issue(Level.ERROR, "business-rule", f"{row.place}.sequence", text))


def _check_unnumbered(read: Sequence[Row], issues: list[Issue]) -> None:
    """Without numbers, doses of the same days at different times are one instruction in parts;
    anything else on a common day may be meant as another dose or instead of it."""
    for n, row in enumerate(read):
        for other in read[:n]:
            apart = row.days.last < other.days.first or other.days.last < row.days.first
            times = {taken.slot for taken in row.taken} & {taken.slot for taken in other.taken}
            parts = row.days == other.days and not times
            if not apart and not parts:
                text = f"is it taken besides {other.place}, or instead? A sequence is needed"
                issues.append(Issue(Level.ERROR, "required", f"{row.place}.sequence", text))


def _row(dosage: Element, medicine: Meant, pack: Pack, start: date | None) -> Row | None:
    """One instruction, or None and an issue for everything that stands in the way."""
    before = len(dosage.issues)
    dosage.leave(*_IGNORED)
    read_way(dosage)
    timing = dosage.child("timing") or Element({}, f"{dosage.place}.timing", dosage.issues)
    repeat = timing.child("repeat") or Element({}, f"{timing.place}.repeat", dosage.issues)
    timing.leave("extension")
    repeat.leave("extension")
    days, pace = _days(repeat, start), pace_of(timing, repeat)
    amount = dose_amount(dosage, medicine, pack)
    needed = _as_needed(dosage)
    most = most_in_a_day(dosage, medicine, pack) if needed else None
    times = [] if needed else times_of(repeat, pace)
    hours = hours_between(repeat, pace) if needed else None
    _refuse_modifiers(dosage)
    if needed and (repeat.has("timeOfDay") or repeat.has("when")):
        repeat.refuse("not-supported", "a when-required dose has no time of day", "timeOfDay")
    if amount is not None and most is not None and most < amount.mg:
        dosage.refuse("value", "a single dose is more than the most", "maxDosePerPeriod")
    for element in (repeat, timing, dosage):
        element.done()
    failed = any(issue.level is Level.ERROR for issue in dosage.issues[before:])
    if failed or days is None or amount is None:
        return None
    if needed:
        _tell_most(dosage, most)
        return Row(dosage.place, days, (), amount.halves, amount.mg, most, hours)
    taken = tuple(Taken(slot, minute, amount.mg) for slot, minute in times)
    return Row(dosage.place, days, taken, amount.halves)


def _refuse_modifiers(dosage: Element) -> None:
    if dosage.ours("only-if-agreed", "modifierExtension") is not None:
        text = "a step up that is yet to be agreed is no order to plan"
        dosage.refuse("not-supported", text, "modifierExtension")
    elif dosage.has("modifierExtension"):
        text = "an extension that may change the meaning is not understood"
        dosage.refuse("not-supported", text, "modifierExtension")


def _days(repeat: Element, start: date | None) -> Days | None:
    """The days of an instruction: between two ends, or so many from `start`."""
    bounds, length = repeat.child("boundsPeriod"), repeat.child("boundsDuration")
    if bounds is not None and length is not None:
        repeat.refuse("structure", "bounds[x] is given twice", "boundsDuration")
        return None
    if bounds is not None:
        return _between(bounds, start)
    if length is not None:
        return _lasting(repeat, length, start)
    repeat.refuse("required", "how long it is taken is needed", "bounds")
    return None


def _between(bounds: Element, start: date | None) -> Days | None:
    first, last = bounds.day("start"), bounds.day("end")
    if not bounds.has("start"):
        first = start
    bounds.leave("extension")
    bounds.done()
    if first is None or last is None or last.year > _LAST_YEAR:
        bounds.refuse("required", "a first and a last day are needed")
    elif last < first:
        bounds.refuse("value", "ends before it begins", "end")
    else:
        return Days(first, last)
    return None


def _lasting(repeat: Element, length: Element, start: date | None) -> Days | None:
    value, system = length.decimal("value"), length.text("system")
    code, unit = length.text("code"), length.text("unit")
    whole = not length.has("comparator") and system in {None, UCUM}
    each = {_DAYS_IN.get(word) for word in (code, (unit or "").lower() or None) if word is not None}
    length.leave("extension")
    length.done()
    days_each = each.pop() if len(each) == 1 else None
    number = (value or Decimal(0)) * (days_each or 0)
    if not whole or number % 1 or not 1 <= number <= _MOST_DAYS:
        length.refuse("not-supported", "a whole number of days or weeks is needed")
    elif start is None or start.year > _LAST_YEAR:
        text = "a first day is needed: boundsPeriod, the parameter start, or sequence without gaps"
        repeat.refuse("required", text)
    else:
        return Days.lasting(start, int(number))
    return None


def _as_needed(dosage: Element) -> bool:
    if dosage.has("asNeededBoolean") and dosage.has("asNeededCodeableConcept"):
        dosage.refuse("structure", "asNeeded[x] is given twice", "asNeededCodeableConcept")
    reason = dosage.child("asNeededCodeableConcept")
    if reason is not None:
        reason.tell(Level.INFORMATION, "informational", "the reason for a dose is not kept")
    return dosage.yes("asNeededBoolean") or reason is not None


def _tell_most(dosage: Element, most: Decimal | None) -> None:
    if most is None:
        told = "no most in 24 hours is given: the formulary's is planned"
        dosage.tell(Level.INFORMATION, "informational", told, "maxDosePerPeriod")
