"""The dated doses of one ingredient over the whole plan, in real elapsed time."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from medplan.clinical.course.amounts import dose_mg, step_mg
from medplan.clinical.course.draft import Draft
from medplan.clinical.course.limits import subjects
from medplan.clinical.safety.context import Planned
from medplan.clinical.safety.telling_days import telling_days, those_in
from medplan.clinical.times.zone_clock import (
    EPOCH_DAY,
    LARGEST_CHANGE,
    ZoneClock,
    clock_for,
    wall,
)
from medplan.formulary.model import Medicine, Release
from medplan.model.plan import Dose

DAY = 24 * 60


class Event(NamedTuple):
    """Milligrams of the ingredient at one instant.

    `wall` is the time a never-changing clock would show; comparing it with `instant` tells how far
    the real clock moved between two events.
    """

    instant: int
    wall: int
    mg: Decimal
    draft: int
    release: Release

    @property
    def ordinal(self) -> int:
        """The day that the patient's clock shows, as a date's ordinal."""
        return self.wall // DAY + EPOCH_DAY

    def minutes_to(self, later: "Event") -> int:
        """Real minutes from this dose to a later one."""
        return later.instant - self.instant

    def kindly_to(self, later: "Event") -> int:
        """The same, with what a forward clock change took away given back."""
        real = later.instant - self.instant
        lost = (later.wall - self.wall) - real
        return real + lost if 0 < lost <= LARGEST_CHANGE else real


@dataclass(frozen=True)
class Timeline:
    """One ingredient's regular doses in order, and the courses that hold it.

    `events` are those of the days that tell: what lies between two of these is like the first.
    `changes` are the days of the plan on which clocks change, as ordinals.
    """

    subject: Medicine
    drafts: tuple[Draft, ...]
    events: tuple[Event, ...]
    changes: Sequence[int]

    def only(self, release: Release | None) -> tuple[Event, ...]:
        """The events of one release, or all."""
        if release is None:
            return self.events
        return tuple(e for e in self.events if e.release is release)

    def change_days(self, doses: Iterable[Event]) -> Sequence[date]:
        """The days of the clock changes that follow these doses, each once."""
        ordinals = dict.fromkeys(self.changes[bisect_left(self.changes, d.ordinal)] for d in doses)
        return [date.fromordinal(ordinal) for ordinal in ordinals]


def timelines(planned: Planned) -> Iterator[Timeline]:
    """A timeline for each ingredient (and each combination) that any course contains."""
    holders: dict[str, tuple[Medicine, list[int]]] = {}
    for n, draft in enumerate(planned.drafts):
        for subject in subjects(draft.resolved.medicine, planned.formulary):
            holders.setdefault(subject.id, (subject, []))[1].append(n)
    clock = clock_for(planned.request.time_zone)
    changes = _clock_changes(planned, clock)
    for subject, numbers in holders.values():
        if subject.limits:
            drafts = {n: planned.drafts[n] for n in numbers}
            held = (step.days for draft in drafts.values() for step in draft.course.steps)
            told = telling_days(held, changes)
            events = [e for n, d in drafts.items() for e in _events(n, d, subject.id, told, clock)]
            events.sort(key=lambda e: (e.instant, e.draft))
            yield Timeline(subject, tuple(drafts.values()), tuple(events), changes)


def _clock_changes(planned: Planned, clock: ZoneClock) -> Sequence[int]:
    """The days of the plan, as ordinals, on which clocks change."""
    if not planned.drafts:
        return ()
    first = min(draft.days.first for draft in planned.drafts)
    last = max(draft.days.last for draft in planned.drafts)
    return clock.changes(first.toordinal(), last.toordinal())


def _events(
    number: int, draft: Draft, subject: str, told: Sequence[int], clock: ZoneClock
) -> Iterator[Event]:
    release_of = {p.id: p.release for p in draft.resolved.products}
    for step in draft.course.steps:
        timed = [
            (dose.minute, mg, _release(dose, release_of))
            for dose in step.doses
            if dose.minute is not None and (mg := dose_mg(draft.resolved, dose).get(subject))
        ]
        for ordinal in those_in(step.days, told) if timed else ():
            offset = clock.steady_offset(ordinal)
            midnight = wall(ordinal, 0)
            for minute, mg, release in timed:
                shown = midnight + minute
                instant = clock.instant(ordinal, minute) if offset is None else shown - offset
                yield Event(instant, shown, mg, number, release)


def _release(dose: Dose, release_of: Mapping[str, Release]) -> Release:
    return next((release_of[p.product] for p in dose.products), Release.IMMEDIATE)


@dataclass(frozen=True, slots=True)
class Peak:
    """The most milligrams in any half-open 24 hours, and the dose it begins with.

    `strict` counts real time alone; `kindly` gives back what a forward clock change took away.
    """

    kindly: Decimal
    kindly_at: Event | None
    strict: Decimal
    strict_at: Event | None


def busiest(events: Sequence[Event]) -> Peak:
    """The busiest 24 hours of some doses, judged both ways."""
    strict, strict_at = _most(_windows(events, Event.minutes_to))
    if not _clocks_move(events):
        return Peak(strict, strict_at, strict, strict_at)
    kindly, kindly_at = _most(_windows(events, Event.kindly_to))
    return Peak(kindly, kindly_at, strict, strict_at)


def shortened(events: Sequence[Event], bound: Decimal) -> Iterator[Event]:
    """The doses from which 24 hours of real time hold more than the bound."""
    return (first for first, mg in _windows(events, Event.minutes_to) if mg > bound)


def _windows(
    events: Sequence[Event], minutes: Callable[[Event, Event], int]
) -> Iterator[tuple[Event, Decimal]]:
    """Each dose, and the milligrams of the half-open 24 hours that begin with it."""
    total, end, count = Decimal(0), 0, len(events)
    for first in events:
        while end < count and minutes(first, events[end]) < DAY:
            total += events[end].mg
            end += 1
        yield first, total
        total -= first.mg


def _most(windows: Iterable[tuple[Event, Decimal]]) -> tuple[Decimal, Event | None]:
    """The first of the heaviest windows: what it holds and the dose it begins with."""
    most, at = Decimal(0), None
    for first, mg in windows:
        if mg > most:
            most, at = mg, first
    return most, at


def _clocks_move(events: Sequence[Event]) -> bool:
    """Whether the clock changes between any two of the doses."""
    if not events:
        return False
    offset = events[0].wall - events[0].instant
    return any(e.wall - e.instant != offset for e in events)


def when_required_day(
    timeline: Timeline, concerns: Callable[[Draft], bool]
) -> tuple[Decimal, date | None]:
    """The most in a calendar day that has when-required doses, with that day's regular ones.

    Only courses that the limit `concerns` count. The amount only changes at the edges of steps, so
    only those days are looked at.
    """
    drafts = [d for d in timeline.drafts if concerns(d)]
    if not any(step.when_required for d in drafts for step in d.course.steps):
        return Decimal(0), None
    runs = [
        (step.days, step_mg(d.resolved, step).get(timeline.subject.id, Decimal(0)), step)
        for d in drafts
        for step in d.course.steps
    ]
    most, at = Decimal(0), None
    for day in sorted({days.first for days, _, _ in runs}):
        held = [(mg, step) for days, mg, step in runs if day in days]
        total = sum((mg for mg, _ in held), Decimal(0))
        if any(step.when_required for _, step in held) and total > most:
            most, at = total, day
    return most, at
