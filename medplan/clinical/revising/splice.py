"""Cutting, joining and moving planned courses at a day, with the findings about their steps.

A finding that names a day belongs to the step that begins on it, or to the drop to nothing; it goes
where that goes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from medplan.clinical.course.draft import Draft, merged
from medplan.clinical.findings import day_named, redated
from medplan.model.plan import EndsIn, Finding, Phase, Step
from medplan.units import Days

_DAY = timedelta(1)


def steps_before(steps: Iterable[Step], day: date) -> tuple[Step, ...]:
    """The steps, or parts of them, on days before `day`."""
    kept = (s for s in steps if s.days.first < day)
    return tuple(lasting_until(s, min(s.days.last, day - _DAY)) for s in kept)


def steps_from(steps: Iterable[Step], day: date) -> tuple[Step, ...]:
    """The steps, or parts of them, on `day` and after."""
    kept = (s for s in steps if s.days.last >= day)
    return tuple(replace(s, days=Days(max(s.days.first, day), s.days.last)) for s in kept)


def step_on(steps: Iterable[Step], day: date) -> Step | None:
    """The step that is held on a day."""
    return next((s for s in steps if day in s.days), None)


def moved(steps: Iterable[Step], days: int) -> tuple[Step, ...]:
    """The steps some days later (or earlier, when negative)."""
    by = timedelta(days)
    return tuple(replace(s, days=Days(s.days.first + by, s.days.last + by)) for s in steps)


def lasting_until(step: Step, last: date) -> Step:
    """The step from its first day to another last one; the days that a hold added go first."""
    gone = max((step.days.last - last).days, 0)
    held_days = max(step.held_days - gone, 0)
    return replace(step, days=Days(step.days.first, last), held_days=held_days)


def findings_before(found: Iterable[Finding], day: date) -> tuple[Finding, ...]:
    """The findings about steps that begin before the day."""
    return tuple(f for f in found if (named := day_named(f)) is not None and named < day)


def findings_kept(found: Iterable[Finding], day: date) -> tuple[Finding, ...]:
    """The findings but for those about steps that begin on the day or after it."""
    return tuple(f for f in found if (named := day_named(f)) is None or named < day)


def findings_moved(found: Iterable[Finding], since: date, days: int) -> tuple[Finding, ...]:
    """The findings with those about steps from a day on some days later, or earlier."""
    by = timedelta(days)
    return tuple(
        redated(f, named + by) if (named := day_named(f)) is not None and named >= since else f
        for f in found
    )


def with_steps(draft: Draft, steps: Sequence[Step]) -> Draft:
    """The same course with other steps; equal neighbours are one."""
    joined = tuple(merged(steps))
    lowered = any(s.phase is Phase.TAPER for s in joined)
    return replace(draft, course=replace(draft.course, steps=joined), came_down=lowered)


def cut_off(draft: Draft, day: date) -> Draft:
    """The part of a course before a day, of which there is some, ended there at once."""
    cut = with_steps(draft, steps_before(draft.course.steps, day))
    return replace(
        cut,
        course=replace(cut.course, ends_in=EndsIn.STOP),
        findings=findings_before(draft.findings, day),
        stop_text=f"{draft.resolved.medicine.name} was stopped.",
    )


def continued(before: Draft, after: Draft) -> tuple[Draft, ...]:
    """A course and what follows it, as one course where they make one, else as two.

    They make one where the regimen is the same, the products of the first are among those of the
    second, and no cut or rise would be reckoned from a dose that it was not planned from: a taper
    begins a course of its own, as does a titration that begins lower.
    """
    if not (_one_recipe(before, after) and _one_ladder(before, after)):
        if not adjoining(before.course.steps, after.course.steps):
            return before, after
        return replace(before, course=replace(before.course, ends_in=EndsIn.CONTINUES)), after
    joined = with_steps(after, (*before.course.steps, *after.course.steps))
    found = (*before.findings, *after.findings)
    return (replace(joined, findings=found),)


def adjoining(before: Sequence[Step], after: Sequence[Step]) -> bool:
    """Whether the second run of steps begins on the day after the first ends."""
    return bool(before and after) and before[-1].days.last + _DAY == after[0].days.first


def _one_recipe(before: Draft, after: Draft) -> bool:
    used = {p.product for s in before.course.steps for d in s.doses for p in d.products}
    return before.course.regimen == after.course.regimen and used <= {
        p.id for p in after.resolved.products
    }


def _one_ladder(before: Draft, after: Draft) -> bool:
    past, rest = before.course.steps, after.course.steps
    rising = (Phase.TITRATION, Phase.MAINTENANCE)
    if any(s.phase is Phase.TAPER for s in (*past, rest[0])) or not adjoining(past, rest):
        return False
    return not (past[-1].phase in rising and rest[0].phase in rising and _falls(past[-1], rest[0]))


def _falls(before: Step, after: Step) -> bool:
    """Whether the day's total or some slot is less in the second step."""
    now = {(d.slot, d.minute): d.mg for d in after.doses}
    lower = any(now.get((d.slot, d.minute), 0) < d.mg for d in before.doses)
    return lower or after.daily_mg < before.daily_mg
