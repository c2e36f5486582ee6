"""Cutting and joining planned courses at a day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from medplan.clinical.course.draft import Draft, merged
from medplan.model.plan import Course, Phase, Step
from medplan.units import Days


def steps_before(steps: Sequence[Step], day: date) -> tuple[Step, ...]:
    """The steps, or parts of them, on days before `day`."""
    kept = (s for s in steps if s.days.first < day)
    last = day - timedelta(1)
    return tuple(replace(s, days=Days(s.days.first, min(s.days.last, last))) for s in kept)


def steps_from(steps: Sequence[Step], day: date) -> tuple[Step, ...]:
    """The steps, or parts of them, on `day` and after."""
    kept = (s for s in steps if s.days.last >= day)
    return tuple(replace(s, days=Days(max(s.days.first, day), s.days.last)) for s in kept)


def step_on(course: Course, day: date) -> Step | None:
    """The step that a course holds on a day."""
    return next((s for s in course.steps if day in s.days), None)


def moved(steps: Sequence[Step], days: int) -> tuple[Step, ...]:
    """The steps some days later (or earlier, when negative)."""
    by = timedelta(days)
    return tuple(replace(s, days=Days(s.days.first + by, s.days.last + by)) for s in steps)


def with_steps(draft: Draft, steps: Sequence[Step]) -> Draft:
    """The same course with other steps; equal neighbours are one."""
    joined = tuple(merged(steps))
    lowered = any(s.phase is Phase.TAPER for s in joined)
    return replace(draft, course=replace(draft.course, steps=joined), came_down=lowered)


def adjoining(before: Sequence[Step], after: Sequence[Step]) -> bool:
    """Whether the second run of steps begins on the day after the first ends."""
    return bool(before and after) and before[-1].days.last + timedelta(1) == after[0].days.first
