"""Which steps of a course a calendar shows: those agreed, and the agreed dose held till more is.

A step up that nobody has agreed to must not appear as a dose to take. This module knows no
calendar format.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from medplan.ical.options import CalendarOptions
from medplan.model.plan import Course, Step
from medplan.units import Days
from medplan.wording.names import medicine_key


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One step as a calendar shows it. A conditional one holds only if somebody agreed to go up."""

    days: Days
    step: Step
    conditional: bool = False


def shown_steps(course: Course, options: CalendarOptions) -> tuple[ShownStep, ...]:
    """The steps of a course, over its own days, that a calendar with these options shows.

    A conditional step beyond what is decided shows the agreed dose instead (or, planned ahead,
    itself as conditional); so does any later step that would give more: no answer never means
    more. A course that opens with an undecided step shows nothing until it is decided.
    """
    return tuple(_shown(course, options))


def first_open_step(course: Course, options: CalendarOptions) -> Step | None:
    """The first step that still waits for somebody to agree."""
    decided = options.decided.get(medicine_key(course), -1)
    open_steps = (s for n, s in enumerate(course.steps) if s.conditional and n > decided)
    return next(open_steps, None)


def _shown(course: Course, options: CalendarOptions) -> Iterator[ShownStep]:
    opening = first_open_step(course, options)
    ahead = options.plans_ahead(medicine_key(course))
    agreed: Step | None = None
    waiting = False
    for step in course.steps:
        waiting = waiting or step is opening
        if waiting and (agreed is None or step.daily_mg > agreed.daily_mg):
            if ahead:
                yield ShownStep(step.days, step, conditional=True)
            elif agreed is not None:
                yield ShownStep(step.days, agreed)
        else:
            agreed = step
            yield ShownStep(step.days, step)
