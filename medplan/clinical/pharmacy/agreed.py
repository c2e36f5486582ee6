"""Which dose of a titration holds on which day: the agreed one, until somebody agreed to more.

Who packs, counts or reads a plan for somebody else goes by this; no answer never means more. Pure.
"""

from collections.abc import Iterator
from dataclasses import replace

from medplan.model.plan import Course, Step


def agreed_steps(course: Course) -> tuple[Step, ...]:
    """The steps of a course over its own days, with nothing that still waits for an agreement.

    From the first conditional step on, whatever would give more than the agreed dose gives the
    agreed dose. A course that opens with a conditional step gives nothing until it is decided.
    """
    return tuple(_agreed(course))


def _agreed(course: Course) -> Iterator[Step]:
    held: Step | None = None
    waiting = False
    for step in course.steps:
        waiting = waiting or step.conditional
        if not waiting or (held is not None and step.daily_mg <= held.daily_mg):
            held = step
            yield step
        elif held is not None:
            yield replace(held, days=step.days)
