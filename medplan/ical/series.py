"""Doses as runs of days: what is due at one clock time, for as long as it stays the same.

A run ends where the set of doses due then changes. It is cut around each day on which a clock
change skips or repeats its time, since readers disagree on those: such a dose stands alone at its
instant. Where all is told in UTC, it is cut wherever its clock time moves there. This module knows
no calendar format.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from medplan.ical.agreed import ShownStep, shown_steps
from medplan.ical.options import CalendarOptions, Group
from medplan.ical.zone import Clock
from medplan.model.plan import Dose, Plan
from medplan.units import Days
from medplan.wording.names import medicine_key

EVENT_LENGTH = timedelta(minutes=15)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """One medicine's dose at a clock time. A conditional one holds only if somebody agreed to go
    up."""

    medicine: str
    dose: Dose
    conditional: bool


@dataclass(frozen=True, slots=True)
class Series:
    """The same doses at the same clock time on each of `days`.

    `owner` is the medicine when each has its own events, else empty. `place` is which of how many
    clock times of the day this is, None where that changes within the run.
    """

    owner: str
    minute: int
    days: Days
    due: tuple[Due, ...]
    place: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a series that is one event. `begins` is its first day before any window cut it:
    what identifies the event. `in_utc` says that its clock time is told in UTC, at which it is the
    same on each of its days."""

    series: Series
    begins: date
    days: Days
    in_utc: bool


def dose_series(plan: Plan, options: CalendarOptions) -> tuple[Series, ...]:
    """Every run of equal doses that a calendar of the plan shows, ordered by day, then time."""
    found: defaultdict[tuple[str, int], list[tuple[Days, Due]]] = defaultdict(list)
    for course in plan.courses:
        medicine = medicine_key(course)
        if not options.shows(medicine):
            continue
        owner = medicine if options.group == Group.MEDICINE else ""
        for shown in shown_steps(course, options):
            for minute, due in _timed(shown, medicine):
                found[owner, minute].append((shown.days, due))
    series = [
        Series(owner, minute, days, due)
        for (owner, minute), dues in found.items()
        for days, due in _runs(dues)
    ]
    return tuple(sorted(_placed(series), key=lambda s: (s.days.first, s.minute, s.owner)))


def pieces(series: Series, clock: Clock, window: Days | None, *, in_utc: bool) -> Iterator[Piece]:
    """The events of a series inside a window, in order of days; `in_utc` tells all of them so."""
    for days, alone in _cut(series, clock, in_utc=in_utc):
        if window is None:
            yield Piece(series, days.first, days, in_utc or alone)
        elif days.overlaps(window):
            first, last = max(days.first, window.first), min(days.last, window.last)
            yield Piece(series, days.first, Days(first, last), in_utc or alone)


def _cut(series: Series, clock: Clock, *, in_utc: bool) -> Iterator[tuple[Days, bool]]:
    """The days of a series as runs that are one event each, and whether that is an unclear day."""
    days, minute = series.days, series.minute
    if in_utc:
        cuts, alone = set(clock.shifted_days(days, minute)), set[date]()
    else:
        alone = set(clock.unclear_days(days, minute, EVENT_LENGTH))
        cuts = alone | {day + _DAY for day in alone if day < days.last}
    starts = sorted(cuts | {days.first})
    ends = [start - _DAY for start in starts[1:]] + [days.last]
    for first, last in zip(starts, ends, strict=True):
        yield Days(first, last), first in alone


def _timed(shown: ShownStep, medicine: str) -> Iterator[tuple[int, Due]]:
    """The doses of a step that have a clock time; a when-required dose has none."""
    for dose in shown.step.doses:
        if dose.minute is not None and dose.mg:
            yield dose.minute, Due(medicine, dose, shown.conditional)


def _runs(dues: Sequence[tuple[Days, Due]]) -> Iterator[tuple[Days, tuple[Due, ...]]]:
    """The longest runs of days on which the same doses are due, in order."""
    starts = {days.first for days, _ in dues} | {days.last + _DAY for days, _ in dues}
    open_since = date.min
    before: tuple[Due, ...] = ()
    for day in sorted(starts):
        due = tuple(d for days, d in dues if days.first <= day <= days.last)
        if due != before:
            if before:
                yield Days(open_since, day - _DAY), before
            open_since, before = day, due


def _placed(series: Sequence[Series]) -> Iterator[Series]:
    """Each series with its place among the clock times of its days."""
    by_owner: defaultdict[str, list[Series]] = defaultdict(list)
    for one in series:
        by_owner[one.owner].append(one)
    for owned in by_owner.values():
        places = _places(owned)
        for one in owned:
            found = places[one.minute, one.days.first]
            place = next(iter(found)) if len(found) == 1 else None
            yield Series(one.owner, one.minute, one.days, one.due, place)


def _places(series: Sequence[Series]) -> dict[tuple[int, date], set[tuple[int, int]]]:
    """Every (which, of how many) that each series is, on some of its days."""
    places: defaultdict[tuple[int, date], set[tuple[int, int]]] = defaultdict(set)
    ordered = sorted(series, key=lambda s: s.minute)
    for day in sorted({s.days.first for s in series} | {s.days.last + _DAY for s in series}):
        today = [s for s in ordered if s.days.first <= day <= s.days.last]
        for which, one in enumerate(today, start=1):
            places[one.minute, one.days.first].add((which, len(today)))
    return places
