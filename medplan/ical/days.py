"""The whole-day events of a plan: starts, stops, reviews, decisions, supply and checks.

What one kind of day holds is one event, however many medicines it is about, and days that say the
same are one series, with exceptions where those take less room than another series. This module
chooses days and sentences; it knows no calendar format.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from math import gcd

from medplan.formulary.model import CheckTime, Formulary
from medplan.ical.agreed import first_open_step, shown_steps
from medplan.ical.options import CalendarOptions, Detail
from medplan.model.plan import Check, Course, Decision, EndsIn, Plan, Review, Stop, Supply
from medplan.units import Days
from medplan.wording import event_notes, notes
from medplan.wording.doses import when_required_sentence
from medplan.wording.names import listed, medicine_key, medicine_name, name_in_plan
from medplan.wording.titles import DayKind

COLLECT_DAYS_BEFORE = 3
_NEVER = date.max
_NEXT_FEW = 8
_EXCEPTIONS_FOR_AN_EVENT = 50  # an exception takes nine octets, an event at least 450
_Said = tuple[DayKind, tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class DayNote:
    """One whole day of one kind: what it is about (medicine names) and what it says."""

    kind: DayKind
    day: date
    names: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DaySeries:
    """Whole days of one kind that say the same: `count` days, `every` so many, but for `without`.

    `begins` is the first day before any window cut the series: what identifies the event. A
    discreet series has neither names nor sentences.
    """

    kind: DayKind
    names: tuple[str, ...]
    sentences: tuple[str, ...]
    begins: date
    first: date
    every: int
    count: int
    without: tuple[date, ...] = ()


@dataclass(frozen=True)
class _Shown:
    """A plan seen through a calendar's options."""

    plan: Plan
    formulary: Formulary
    options: CalendarOptions

    @cached_property
    def courses(self) -> tuple[tuple[str, Course], ...]:
        """The courses shown, each with its medicine's name."""
        keys = ((medicine_key(course), course) for course in self.plan.courses)
        shown = ((key, course) for key, course in keys if self.options.shows(key))
        return tuple((medicine_name(key, self.formulary), course) for key, course in shown)

    @cached_property
    def medicines(self) -> frozenset[str]:
        """The medicines shown, by the id that reviews and stops know."""
        return frozenset(course.medicine for _, course in self.courses)

    def name(self, medicine: str) -> str:
        """What to call a medicine that is known by its id."""
        return name_in_plan(medicine, self.plan, self.formulary)

    def open_from(self, medicine: str) -> date:
        """The day from which a medicine has steps up that are shown to nobody yet."""
        days = [_NEVER]
        for _, course in self.courses:
            if course.medicine == medicine and not self.options.plans_ahead(medicine_key(course)):
                step = first_open_step(course, self.options)
                days.append(_NEVER if step is None else step.days.first)
        return min(days)


def day_series(plan: Plan, formulary: Formulary, options: CalendarOptions) -> list[DaySeries]:
    """Every whole-day event that a calendar of the plan shows, in order of days and kinds."""
    shown = _Shown(plan, formulary, options)
    merged: defaultdict[tuple[DayKind, date], list[DayNote]] = defaultdict(list)
    for source in _SOURCES:
        for note in source(shown):
            merged[note.kind, note.day].append(note)
    alike: defaultdict[_Said, list[date]] = defaultdict(list)
    for kind, day in sorted(merged, key=lambda found: found[1]):
        alike[_together(merged[kind, day], options.detail)].append(day)
    order = list(DayKind)
    series = (
        _series(said, run[0], kept, every)
        for said, days in alike.items()
        for run, every in _fewest_runs(days)
        if (kept := [d for d in run if options.window is None or d in options.window])
    )
    return sorted(series, key=lambda s: (s.first, order.index(s.kind)))


def _together(same: list[DayNote], detail: Detail) -> _Said:
    """What the notes of one kind and day say together; nothing in particular when discreet."""
    if detail == Detail.DISCREET:
        return same[0].kind, (), ()
    names = dict.fromkeys(name for note in same for name in note.names)
    sentences = dict.fromkeys(sentence for note in same for sentence in note.sentences)
    return same[0].kind, tuple(names), tuple(sentences)


def _series(said: _Said, begins: date, days: list[date], every: int) -> DaySeries:
    """The series of those days, which are all some multiple of `every` apart."""
    first, last = days[0], days[-1]
    slots = [first + timedelta(n) for n in range(0, (last - first).days + 1, every)]
    held = set(days)
    without = tuple(day for day in slots if day not in held)
    return DaySeries(*said, begins, first, every, len(slots), without)


def _fewest_runs(days: list[date]) -> list[tuple[list[date], int]]:
    """All the days as one run with exceptions, or as even runs where it would have too many."""
    runs = list(_even_runs(days))
    if len(runs) == 1:
        return runs
    distance = gcd(*((day - days[0]).days for day in days[1:]))
    exceptions = (days[-1] - days[0]).days // distance + 1 - len(days)
    fewer = exceptions <= _EXCEPTIONS_FOR_AN_EVENT * (len(runs) - 1)
    return [(days, distance)] if fewer else runs


def _even_runs(days: list[date]) -> Iterator[tuple[list[date], int]]:
    """The days, in order, as runs at even distances, each with its distance in days.

    Greedy: from the earliest day left the longest run towards one of the next few.
    """
    left = dict.fromkeys(days)
    while left:
        first, *rest = left
        tries = (_even_run(first, second - first, left) for second in rest[:_NEXT_FEW])
        run = max(tries, key=len, default=[first])
        for day in run:
            del left[day]
        yield run, (run[1] - run[0]).days if len(run) > 1 else 1


def _even_run(first: date, distance: timedelta, days: Container[date]) -> list[date]:
    run = [first]
    while (after := run[-1] + distance) in days:
        run.append(after)
    return run


def _starts(shown: _Shown) -> Iterator[DayNote]:
    """The first days. How much is taken then is said by that day's doses."""
    for name, course in shown.courses:
        steps = shown_steps(course, shown.options)
        if steps and not steps[0].step.when_required:
            caution = event_notes.caution_text(shown.formulary.medicines.get(course.medicine))
            said = (f"{name}: {caution}",) if caution else ()
            yield DayNote(DayKind.START, steps[0].days.first, (name,), said)


def _when_required(shown: _Shown) -> Iterator[DayNote]:
    for name, course in shown.courses:
        for part in shown_steps(course, shown.options):
            if part.step.when_required:
                said = when_required_sentence(name, part.step)
                yield DayNote(DayKind.WHEN_REQUIRED, part.days.first, (name,), (said,))


def _stops(shown: _Shown) -> Iterator[DayNote]:
    alike: defaultdict[Days, list[tuple[str, Stop]]] = defaultdict(list)
    for stop in shown.plan.stops:
        if stop.medicine in shown.medicines:
            about = Days(stop.last_dose_day, stop.first_free_day)
            alike[about].append((shown.name(stop.medicine), stop))
    for about, same in alike.items():
        names = tuple(name for name, _ in same)
        yield DayNote(DayKind.STOP, about.last, names, tuple(event_notes.stop_sentences(same)))


def _renewals(shown: _Shown) -> Iterator[DayNote]:
    """The horizon of every medicine that is meant to go on beyond the plan's dated doses; part of
    the review where there is one on that day."""
    reviewed = {(review.day, m) for review in shown.plan.reviews for m in review.medicines}
    ending: defaultdict[tuple[DayKind, date], list[str]] = defaultdict(list)
    for name, course in shown.courses:
        if course.ends_in is not EndsIn.STOP:
            day = course.days.last
            kind = DayKind.REVIEW if (day, course.medicine) in reviewed else DayKind.RENEWAL
            ending[kind, day].append(name)
    for (kind, day), names in ending.items():
        yield DayNote(kind, day, tuple(names), (notes.renewal_sentence(listed(names)),))


def _reviews(shown: _Shown) -> Iterator[DayNote]:
    days: defaultdict[date, list[tuple[tuple[str, ...], Review]]] = defaultdict(list)
    for review in shown.plan.reviews:
        names = tuple(shown.name(m) for m in review.medicines if m in shown.medicines)
        if names or not review.medicines:
            days[review.day].append((names, review))
    for day, reviews in days.items():
        every = tuple(name for names, _ in reviews for name in names)
        yield DayNote(DayKind.REVIEW, day, every, tuple(event_notes.review_sentences(reviews)))


def _decisions(shown: _Shown) -> Iterator[DayNote]:
    """The decision days; medicines with the same choices on a day share a sentence."""
    alike: defaultdict[tuple[date, tuple[str, ...], str], list[Decision]] = defaultdict(list)
    for decision in shown.plan.decisions:
        if decision.medicine in shown.medicines:
            alike[decision.day, decision.options, decision.by].append(decision)
    for (day, _, _), same in alike.items():
        names = tuple(shown.name(decision.medicine) for decision in same)
        said = notes.decision_sentence(listed(names), same[0])
        yield DayNote(DayKind.DECISION, day, names, (said,))


def _supply(shown: _Shown) -> Iterator[DayNote]:
    """When to collect: some days ahead, so that a pharmacy can order, but not before the plan.

    What is for the same days is said together; of a medicine whose steps up aren't agreed no
    number is said, since that may change.
    """
    owner = {product.id: product.medicine for product in shown.plan.products}
    alike: defaultdict[Days, list[tuple[str, Supply]]] = defaultdict(list)
    for row in shown.plan.supply:
        medicine = owner.get(row.product, "")
        opens = shown.open_from(medicine)
        if medicine not in shown.medicines or row.days.first >= opens:
            continue
        name = shown.name(medicine)
        if opens <= row.days.last:
            said = notes.agreed_supply_sentence(name, row)
            yield DayNote(DayKind.SUPPLY, _collected(shown.plan, row.days), (name,), (said,))
        else:
            alike[row.days].append((name, row))
    for days, rows in alike.items():
        names = tuple(name for name, _ in rows)
        said = event_notes.supply_sentence(days, rows)
        yield DayNote(DayKind.SUPPLY, _collected(shown.plan, days), names, (said,))


def _collected(plan: Plan, days: Days) -> date:
    return max(plan.start, days.first - timedelta(COLLECT_DAYS_BEFORE))


def _checks(shown: _Shown) -> Iterator[DayNote]:
    """The days to look for side effects. What to look for is in the plan: lists would fill most of
    a calendar, and change so often that hardly two days could be one series."""
    for check in shown.plan.checks:
        if check.medicine in shown.medicines and not _awaits_a_step(check, shown):
            yield DayNote(DayKind.CHECK, check.day, (), (notes.CHECK,))


def _awaits_a_step(check: Check, shown: _Shown) -> bool:
    """Whether a check belongs to a step up that is shown to nobody yet."""
    return check.when is CheckTime.AFTER_STEP and check.day >= shown.open_from(check.medicine)


_SOURCES: tuple[Callable[[_Shown], Iterator[DayNote]], ...] = (
    _starts,
    _when_required,
    _stops,
    _reviews,
    _decisions,
    _renewals,
    _supply,
    _checks,
)
