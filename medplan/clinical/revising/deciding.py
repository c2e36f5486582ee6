"""Answers to a titration's decisions: up, the same dose again, or back down a step."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from medplan.clinical.course.draft import Draft
from medplan.clinical.revising.splice import lasting_until, moved, steps_before, with_steps
from medplan.model.acts import Choice, Decide
from medplan.model.plan import Phase, Step
from medplan.units import Days

_DAY = timedelta(1)


def open_decision(draft: Draft, day: date) -> Step | None:
    """The first conditional step whose day has come."""
    return next((s for s in draft.course.steps if s.conditional and s.days.first <= day), None)


def up_to_date(draft: Draft, day: date) -> Draft:
    """The course as it really went before a day: no answer never means more.

    A step that nobody agreed to by then was not taken. The dose before it went on, and it waits
    from that day on; the course ends when it would have.
    """
    pending = open_decision(draft, day - _DAY)
    if pending is None:
        return draft
    return _postponed(draft, pending, (day - pending.days.first).days)


def taken_on(draft: Draft, day: date) -> int | None:
    """The place of the step that is taken on a day: the last that has begun and was agreed to."""
    begun = [
        place
        for place, step in enumerate(draft.course.steps)
        if step.days.first <= day and not step.conditional
    ]
    return begun[-1] if begun and day <= draft.days.last else None


def decided(draft: Draft, act: Decide) -> Draft:
    """A titration after somebody answered, on the decision's day or later.

    The agreed step begins on the day of the answer and lasts as long as it was planned to. `stay`
    asks again after as long as the step was to last. `step-back` holds the level below to the end
    of the course. What was agreed is no longer conditional.
    """
    now = up_to_date(draft, act.effective)
    pending = open_decision(now, act.effective)
    if pending is None:
        return now
    if act.choice is Choice.INCREASE:
        return _increased(now, pending)
    if act.choice is Choice.STAY:
        again = pending is now.course.steps[-1]
        return _postponed(now, pending, _usual(now) if again else len(pending.days))
    return lowered_to(now, _level_below(now, act.effective), act.effective)


def lowered_to(draft: Draft, dose: Step, day: date) -> Draft:
    """A lower dose from a day to the end of the course; nobody is asked to go up again."""
    rest = replace(dose, phase=Phase.FIXED, days=Days(day, draft.days.last), held_days=0)
    return with_steps(draft, (*steps_before(draft.course.steps, day), rest))


def _increased(draft: Draft, pending: Step) -> Draft:
    advice = draft.resolved.medicine.instruction
    doses = tuple(replace(d, instruction=advice) for d in pending.doses)
    agreed = replace(pending, conditional=False, doses=doses)
    return with_steps(draft, [agreed if s is pending else s for s in draft.course.steps])


def _postponed(draft: Draft, pending: Step, by: int) -> Draft:
    """The dose before a pending step for so many days more; the course ends when it would have."""
    steps, last = draft.course.steps, draft.days.last
    index = steps.index(pending)
    until = min(pending.days.first + timedelta(by) - _DAY, last)
    following = _until(moved(steps[index:], by), last)
    present = lasting_until(steps[index - 1], until)
    return with_steps(draft, (*steps[: index - 1], present, *following))


def _until(steps: Sequence[Step], last: date) -> list[Step]:
    """The steps up to a day, the last of them reaching to it."""
    kept = [lasting_until(s, min(s.days.last, last)) for s in steps if s.days.first <= last]
    return [*kept[:-1], lasting_until(kept[-1], last)] if kept else []


def _usual(draft: Draft) -> int:
    """How long a step of the titration lasts: as long as its first."""
    return len(draft.course.steps[0].days)


def _level_below(draft: Draft, day: date) -> Step:
    """The level below the one that is taken, or that one where there is none."""
    levels = [s for s in draft.course.steps if s.days.first < day and not s.conditional]
    return levels[-2] if len(levels) > 1 else levels[-1]
