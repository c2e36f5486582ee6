"""The worst that some lines of a ledger come to: in a day, at once, too close, too often.

A window is half open, [t, t + 24 h): two doses share one when they are less than 24 hours apart, so
only those that end with a dose and open just late enough need looking at. A when-required line
counts its most on each of its calendar days, with the fixed doses of that day. Everything is
measured on the judged clock of `timeline`. This module knows no limits.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter, sub

from medplan.formulary.model import LimitKind
from medplan.proof.ledger import Intake, Line
from medplan.proof.rows import day_of, moment
from medplan.proof.timeline import SECONDS_PER_DAY

SECONDS_PER_HOUR = 3600
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Peak:
    """A worst value (milligrams, doses or hours) and the day or local time at which it occurs."""

    value: Decimal
    at: str


def peak_of(kind: LimitKind, lines: Sequence[Line], intakes: Sequence[Intake]) -> Peak | None:
    """The worst of the lines for one kind of limit; None where there is nothing to measure.

    `intakes` are the lines' dated doses in the order of time.
    """
    match kind:
        case LimitKind.MAX_DAILY_MG | LimitKind.MAX_DAILY_MG_PER_KG:
            return _highest((_heaviest_window(intakes), _heaviest_day(lines)))
        case LimitKind.MAX_SINGLE_MG:
            return _highest((_largest_intake(intakes), _largest_when_required(lines)))
        case LimitKind.MAX_DOSES_PER_DAY:
            return _highest((_fullest_window(intakes), _fullest_day(lines)))
        case LimitKind.MIN_INTERVAL_HOURS:
            return _lowest((_shortest_gap(intakes), _shortest_stated_gap(lines)))


def _highest(peaks: Sequence[Peak | None]) -> Peak | None:
    return max((peak for peak in peaks if peak), key=lambda peak: peak.value, default=None)


def _lowest(peaks: Sequence[Peak | None]) -> Peak | None:
    return min((peak for peak in peaks if peak), key=lambda peak: peak.value, default=None)


def _heaviest_window(intakes: Sequence[Intake]) -> Peak | None:
    """The most milligrams in any 24 hours."""
    best, best_wall, total, begin = Decimal(-1), 0, Decimal(0), 0
    for instant, _, mg in intakes:
        # The window that ends with this dose opens at the first one less than a day before it.
        opening = instant - SECONDS_PER_DAY
        total += mg
        while intakes[begin][0] <= opening:
            total -= intakes[begin][2]
            begin += 1
        if total > best:
            best, best_wall = total, intakes[begin][1]
    return Peak(best, moment(best_wall)) if intakes else None


def _fullest_window(intakes: Sequence[Intake]) -> Peak | None:
    """The most instants in any 24 hours."""
    best, best_wall, begin = 0, 0, 0
    for end, (instant, _, _) in enumerate(intakes):
        opening = instant - SECONDS_PER_DAY
        while intakes[begin][0] <= opening:
            begin += 1
        if end + 1 - begin > best:
            best, best_wall = end + 1 - begin, intakes[begin][1]
    return Peak(Decimal(best), moment(best_wall)) if intakes else None


def _largest_intake(intakes: Sequence[Intake]) -> Peak | None:
    if not intakes:
        return None
    _, wall, mg = max(intakes, key=itemgetter(2))
    return Peak(mg, moment(wall))


def _largest_when_required(lines: Sequence[Line]) -> Peak | None:
    amounts = [line for line in lines if line.minute is None]
    if not amounts:
        return None
    largest = max(amounts, key=lambda line: line.mg)
    return Peak(largest.mg, day_of(largest.first))


def _shortest_gap(intakes: Sequence[Intake]) -> Peak | None:
    """The least time between two instants, in hours to two decimals; `at` is the later one."""
    if len(intakes) < 2:
        return None
    instants = [instant for instant, _, _ in intakes]
    gaps = list(map(sub, instants[1:], instants))
    shortest = min(gaps)
    later_wall = intakes[gaps.index(shortest) + 1][1]
    hours = (Decimal(shortest) / SECONDS_PER_HOUR).quantize(HUNDREDTH)
    return Peak(hours, moment(later_wall))


def _shortest_stated_gap(lines: Sequence[Line]) -> Peak | None:
    """The least gap that a when-required line tells the patient to keep."""
    stated = [(line.stated_gap, line.first) for line in lines if line.stated_gap is not None]
    if not stated:
        return None
    hours, first = min(stated)
    return Peak(hours, day_of(first))


def _heaviest_day(lines: Sequence[Line]) -> Peak | None:
    def total(present: Sequence[Line]) -> Decimal:
        return sum((line.daily_mg for line in present), Decimal(0))

    return _worst_day(lines, total)


def _fullest_day(lines: Sequence[Line]) -> Peak | None:
    def doses(present: Sequence[Line]) -> Decimal:
        instants = {line.minute for line in present if line.minute is not None}
        return Decimal(len(instants) + sum(ln.daily_doses for ln in present if ln.minute is None))

    return _worst_day(lines, doses)


def _worst_day(lines: Sequence[Line], measure: Callable[[Sequence[Line]], Decimal]) -> Peak | None:
    """The worst calendar day that has a when-required line; others are windows' business."""
    best: Peak | None = None
    if all(line.minute is not None for line in lines):
        return best
    for first, present in days_alike(lines):
        if any(line.minute is None for line in present):
            value = measure(present)
            if best is None or value > best.value:
                best = Peak(value, day_of(first))
    return best


def days_alike(lines: Sequence[Line]) -> Iterator[tuple[int, list[Line]]]:
    """Cut time into runs of days with the same lines: the first day of each, and its lines."""
    begin: dict[int, list[int]] = {}
    end: dict[int, list[int]] = {}
    for position, line in enumerate(lines):
        begin.setdefault(line.first, []).append(position)
        end.setdefault(line.last + 1, []).append(position)
    present: dict[int, Line] = {}
    for day in sorted(begin.keys() | end.keys()):
        for position in end.get(day, ()):
            del present[position]
        for position in begin.get(day, ()):
            present[position] = lines[position]
        yield day, list(present.values())
