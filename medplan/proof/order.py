"""Whether the steps of a course follow each other as they must.

They tile the course; a taper never rises and a titration never falls, in the day's total and in
each slot; a cut is as large as the step says and no larger than asked, unless a finding states it.
What a taper course comes down from isn't in the plan: its first cut is taken at its word, and the
later ones must agree with it. What the last drop to nothing was asked to be isn't there either, so
it isn't judged. This module knows no medicines and no clock.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from medplan.formulary.model import FindingKind, Severity
from medplan.model.plan import Course, Phase, Plan, ProofRow, Step
from medplan.proof.ledger import TAPER_REGIMEN
from medplan.proof.rows import NONE, Invariant, label, number
from medplan.units import Slot

HORIZON_DAYS = 730
HUNDREDTH = Decimal("0.01")
# Half a hundredth, and a little for the last digit of a division.
ROUNDING = Decimal("0.0050001")
HUNDRED = Decimal(100)
NOTHING = Decimal(0)
RISING = (Phase.TITRATION, Phase.MAINTENANCE)

_Amounts = Mapping[Slot | int | None, Decimal]


@dataclass(frozen=True, slots=True)
class _Original:
    """Between which bounds the dose before the taper lies; `most` None where nothing bounds it."""

    least: Decimal
    most: Decimal | None

    def allows(self, cut: Decimal, percent: Decimal) -> bool:
        """Whether the cut can be that percentage of the original dose."""
        largest = HUNDRED * cut / self.least
        smallest = Decimal(0) if self.most is None else HUNDRED * cut / self.most
        return smallest <= percent + ROUNDING and largest >= percent - ROUNDING


class _Asked(NamedTuple):
    """A step's cut in percent: what was asked for, and what it is."""

    step: Step
    asked: Decimal
    actual: Decimal


def judge_order(plan: Plan) -> Iterator[ProofRow]:
    """Judge the steps of every course that has any."""
    for course in plan.courses:
        if not course.steps:
            yield ProofRow(Invariant.COURSE_HAS_STEPS, label(course), "1", "0", "", holds=False)
            continue
        yield _tiles(course)
        yield _within_horizon(course)
        yield from _monotonic(course)
        yield from _cuts(course, plan)


def _tiles(course: Course) -> ProofRow:
    """The most days that lie between two steps, or the fewest when two overlap."""
    free = [(0, course.steps[0])]
    for before, after in pairwise(course.steps):
        free.append(((after.days.first - before.days.last).days - 1, after))
    days, step = max(free, key=lambda entry: abs(entry[0]))
    first = step.days.first.isoformat()
    return ProofRow(Invariant.STEPS_TILE, label(course), "0", str(days), first, days == 0)


def _within_horizon(course: Course) -> ProofRow:
    first = min(step.days.first for step in course.steps)
    last = max(step.days.last for step in course.steps)
    days = (last - first).days + 1
    limit, at = str(HORIZON_DAYS), last.isoformat()
    return ProofRow(
        Invariant.HORIZON_DAYS, label(course), limit, str(days), at, days <= HORIZON_DAYS
    )


def _monotonic(course: Course) -> Iterator[ProofRow]:
    rises: list[tuple[Decimal, Step]] = []
    falls: list[tuple[Decimal, Step]] = []
    steps = [(step, _by_time(step)) for step in course.steps]
    for (before, old), (after, new) in pairwise(steps):
        if after.phase is Phase.TAPER:
            rises.append((max(_changes(before, old, after, new)), after))
        elif before.phase in RISING and after.phase in RISING:
            falls.append((min(_changes(before, old, after, new)), after))
    if rises:
        change, step = max(rises, key=itemgetter(0))
        yield _change_row(Invariant.TAPER_NEVER_RISES, course, step, change, holds=change <= 0)
    if falls:
        change, step = min(falls, key=itemgetter(0))
        yield _change_row(Invariant.TITRATION_NEVER_FALLS, course, step, change, holds=change >= 0)


def _change_row(
    invariant: str, course: Course, step: Step, change: Decimal, *, holds: bool
) -> ProofRow:
    first = step.days.first.isoformat()
    return ProofRow(invariant, label(course), "0", number(change), first, holds)


def _changes(before: Step, old: _Amounts, after: Step, new: _Amounts) -> list[Decimal]:
    """How the day's total and each slot change; slots only where both steps name theirs alike."""
    changes = [after.daily_mg - before.daily_mg]
    keys = old.keys() | new.keys()
    if len({type(key) for key in keys}) == 1:
        changes.extend(new.get(key, NOTHING) - old.get(key, NOTHING) for key in keys)
    return changes


def _by_time(step: Step) -> _Amounts:
    amounts: dict[Slot | int | None, Decimal] = {}
    for dose in step.doses:
        key = dose.minute if dose.slot is None else dose.slot
        amounts[key] = amounts[key] + dose.mg if key in amounts else dose.mg
    return amounts


def _cuts(course: Course, plan: Plan) -> Iterator[ProofRow]:
    """Of the cuts as stated, and of those as asked, the first at fault or the first of all."""
    original: _Original | None = None
    before: Step | None = None
    stated: list[tuple[Step, Decimal | None]] = []
    asked: list[_Asked] = []
    for step in course.steps:
        if step.phase is Phase.TAPER:
            original = original or _original(before, step)
            if step.actual_percent is not None or course.regimen == TAPER_REGIMEN:
                stated.append((step, _contradiction(before, step, original)))
            if step.asked_percent is not None and step.actual_percent is not None:
                asked.append(_Asked(step, step.asked_percent, step.actual_percent))
        before = step
    if stated:
        yield _percent_row(course, stated)
    if asked:
        yield _asked_row(course, asked, plan)


def _original(before: Step | None, first: Step) -> _Original | None:
    """The dose before the taper: the step before it, or what the first cut's percentage implies."""
    if before is not None and before.daily_mg:
        return _Original(before.daily_mg, before.daily_mg)
    percent = first.actual_percent
    if percent is None or not 0 < percent < HUNDRED:
        return None
    least = HUNDRED * first.daily_mg / (HUNDRED - percent + ROUNDING)
    rest = HUNDRED - percent - ROUNDING
    return _Original(least, HUNDRED * first.daily_mg / rest if rest > 0 else None)


def _contradiction(before: Step | None, step: Step, original: _Original | None) -> Decimal | None:
    """What the stated cut should be where the doses contradict it; None where they agree.

    It is of the previous dose or of the original one. A first cut contradicts nothing as long as it
    is one and leaves something.
    """
    stated = step.actual_percent
    if before is None or not before.daily_mg:
        return None if stated is not None and 0 < stated < HUNDRED else HUNDRED
    cut = before.daily_mg - step.daily_mg
    computed = (HUNDRED * cut / before.daily_mg).quantize(HUNDREDTH, ROUND_HALF_UP)
    if stated is None:
        return computed
    agrees = stated == computed or (original is not None and original.allows(cut, stated))
    return None if agrees else computed


def _percent_row(course: Course, stated: list[tuple[Step, Decimal | None]]) -> ProofRow:
    step, limit = next((entry for entry in stated if entry[1] is not None), stated[0])
    worst = NONE if step.actual_percent is None else number(step.actual_percent)
    must_be = worst if limit is None else number(limit)
    first = step.days.first.isoformat()
    return ProofRow(Invariant.CUT_PERCENT, label(course), must_be, worst, first, limit is None)


def _asked_row(course: Course, asked: list[_Asked], plan: Plan) -> ProofRow:
    fault = next(
        (cut for cut in asked if cut.actual > cut.asked and not _forced(plan, course, cut.step)),
        None,
    )
    shown = fault or asked[0]
    limit, worst = number(shown.asked), number(shown.actual)
    first = shown.step.days.first.isoformat()
    return ProofRow(Invariant.CUT_AS_ASKED, label(course), limit, worst, first, fault is None)


def _forced(plan: Plan, course: Course, step: Step) -> bool:
    """Whether a finding owns up to a larger cut of the medicine on the step's first day."""
    day = step.days.first.isoformat()
    return any(
        (finding.kind is FindingKind.TAPER and finding.severity.rank >= Severity.MAJOR.rank)
        or (finding.kind is FindingKind.INFEASIBLE and finding.severity is Severity.BLOCK)
        for finding in plan.findings
        if {course.medicine, label(course)} & set(finding.medicines)
        and (day in finding.code or day in finding.message)
    )
