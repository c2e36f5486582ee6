"""Whether the steps of a course follow each other as they must.

They tile the course; a taper never rises and a titration never falls, in the day's total and in
each slot; a cut is as large as the step says and no larger than asked, unless a finding states it.
What a taper course comes down from isn't in the plan: its first cut is taken at its word, and the
later ones must agree with it. What the last drop to nothing was asked to be isn't there either, so
it isn't judged. This module knows no medicines and no clock.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

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
RISING = (Phase.TITRATION, Phase.MAINTENANCE)


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
    for before, after in pairwise(course.steps):
        changes = _changes(before, after)
        if after.phase is Phase.TAPER:
            rises.append((max(changes), after))
        elif before.phase in RISING and after.phase in RISING:
            falls.append((min(changes), after))
    if rises:
        change, step = max(rises, key=lambda entry: entry[0])
        yield _change_row(Invariant.TAPER_NEVER_RISES, course, step, change, holds=change <= 0)
    if falls:
        change, step = min(falls, key=lambda entry: entry[0])
        yield _change_row(Invariant.TITRATION_NEVER_FALLS, course, step, change, holds=change >= 0)


def _change_row(
    invariant: str, course: Course, step: Step, change: Decimal, *, holds: bool
) -> ProofRow:
    first = step.days.first.isoformat()
    return ProofRow(invariant, label(course), "0", number(change), first, holds)


def _changes(before: Step, after: Step) -> list[Decimal]:
    """How the day's total and each slot change; slots only where both steps name theirs alike."""
    total = after.daily_mg - before.daily_mg
    old, new = _by_time(before), _by_time(after)
    if len({type(key) for key in old | new}) > 1:
        return [total]
    return [total, *(new.get(key, Decimal(0)) - old.get(key, Decimal(0)) for key in old | new)]


def _by_time(step: Step) -> dict[Slot | int | None, Decimal]:
    amounts: dict[Slot | int | None, Decimal] = {}
    for dose in step.doses:
        key = dose.minute if dose.slot is None else dose.slot
        amounts[key] = amounts.get(key, Decimal(0)) + dose.mg
    return amounts


def _cuts(course: Course, plan: Plan) -> Iterator[ProofRow]:
    original: _Original | None = None
    before: Step | None = None
    for step in course.steps:
        if step.phase is Phase.TAPER:
            if original is None:
                original = _original(before, step)
            yield from _percent(course, before, step, original)
            yield from _as_asked(course, step, plan)
        before = step


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


def _percent(
    course: Course, before: Step | None, step: Step, original: _Original | None
) -> Iterator[ProofRow]:
    """The stated cut is what the doses say, of the previous dose or of the original one."""
    stated = step.actual_percent
    if before is None or not before.daily_mg:
        if stated is not None:
            yield _percent_row(course, step, stated, holds=0 < stated < HUNDRED)
        elif course.regimen == TAPER_REGIMEN:
            yield _percent_row(course, step, HUNDRED, holds=False)
        return
    cut = before.daily_mg - step.daily_mg
    computed = (HUNDRED * cut / before.daily_mg).quantize(HUNDREDTH, ROUND_HALF_UP)
    if stated is None:
        if course.regimen == TAPER_REGIMEN:
            yield _percent_row(course, step, computed, holds=False)
        return
    of_original = original is not None and original.allows(cut, stated)
    holds = stated == computed or of_original
    yield _percent_row(course, step, stated if holds else computed, holds=holds)


def _percent_row(course: Course, step: Step, limit: Decimal, *, holds: bool) -> ProofRow:
    stated = NONE if step.actual_percent is None else number(step.actual_percent)
    first = step.days.first.isoformat()
    return ProofRow(Invariant.CUT_PERCENT, label(course), number(limit), stated, first, holds)


def _as_asked(course: Course, step: Step, plan: Plan) -> Iterator[ProofRow]:
    asked, actual = step.asked_percent, step.actual_percent
    if asked is None or actual is None:
        return
    first = step.days.first.isoformat()
    holds = actual <= asked or _forced(plan, course, first)
    row = Invariant.CUT_AS_ASKED, label(course), number(asked), number(actual), first
    yield ProofRow(*row, holds)


def _forced(plan: Plan, course: Course, day: str) -> bool:
    """Whether a finding owns up to a larger cut of the medicine on the day."""
    return any(
        (finding.kind is FindingKind.TAPER and finding.severity.rank >= Severity.MAJOR.rank)
        or (finding.kind is FindingKind.INFEASIBLE and finding.severity is Severity.BLOCK)
        for finding in plan.findings
        if {course.medicine, label(course)} & set(finding.medicines)
        and (day in finding.code or day in finding.message)
    )
