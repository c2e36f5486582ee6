"""Holding, resuming and deciding: later steps of a course move, the present dose stays."""

from dataclasses import replace
from datetime import date, timedelta

from medplan.clinical.course.draft import HORIZON_DAYS, Draft, infeasible, within_horizon
from medplan.clinical.revising.splice import moved, step_on, steps_before, with_steps
from medplan.model.acts import Choice, Decide, Hold, Resume
from medplan.model.plan import Finding, Phase, Step
from medplan.units import Days


def held(draft: Draft, act: Hold) -> tuple[Draft, tuple[Finding, ...]]:
    """The present dose for `act.days` longer; every later step that much later."""
    return _shifted(draft, act.effective, act.days)


def resumed(draft: Draft, act: Resume) -> tuple[Draft, tuple[Finding, ...]]:
    """The next step from the effective day; steps after it keep their lengths.

    A course whose present step begins that very day stays: none of its steps is left out.
    """
    later = _later(draft, act.effective)
    present = step_on(draft.course, act.effective)
    if not later or present is None or present.days.first == act.effective:
        return draft, ()
    return _shifted(draft, act.effective, (act.effective - later[0].days.first).days)


def decided(draft: Draft, act: Decide) -> tuple[Draft, tuple[Finding, ...]]:
    """A titration after somebody answered: up, the same dose again, or back down a step.

    `stay` asks again after as long as the present step was planned to last. `step-back` holds the
    dose before to the end of the course. What was agreed is no longer conditional.
    """
    if act.choice is Choice.INCREASE:
        return _increased(draft, act.effective), ()
    if act.choice is Choice.STAY:
        return _stayed(draft, act.effective), ()
    return _stepped_back(draft, act.effective), ()


def has_later_steps(draft: Draft, day: date) -> bool:
    """Whether a step of the course begins after the day."""
    return bool(_later(draft, day))


def open_decision(draft: Draft, day: date) -> Step | None:
    """The first conditional step whose day has come."""
    return next((s for s in draft.course.steps if s.conditional and s.days.first <= day), None)


def _later(draft: Draft, day: date) -> tuple[Step, ...]:
    return tuple(s for s in draft.course.steps if s.days.first > day)


def _shifted(draft: Draft, day: date, by: int) -> tuple[Draft, tuple[Finding, ...]]:
    later = _later(draft, day)
    present = step_on(draft.course, day)
    if not later or present is None:
        return draft, ()
    before = tuple(s for s in draft.course.steps if s.days.last < day)
    last = later[0].days.first + timedelta(by - 1)
    longer = replace(present, days=Days(present.days.first, last))
    steps = (*before, longer, *moved(later, by))
    kept = within_horizon_of(draft, steps)
    overran = (steps[-1].days.last - draft.days.first).days >= HORIZON_DAYS
    return with_steps(draft, kept), infeasible(draft.resolved, (), overran=overran)


def within_horizon_of(draft: Draft, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps within the horizon that began with the course, not with its latest part."""
    whole = replace(draft.resolved, first_day=draft.days.first)
    return within_horizon(whole, steps)


def _increased(draft: Draft, day: date) -> Draft:
    """The pending step is agreed; it begins on the day of the answer, not before.

    Where the answer comes after that step would have ended, it and what follows it move on.
    """
    steps: list[Step] = []
    agreed = open_decision(draft, day)
    if agreed is not None and agreed.days.last < day:
        draft = _postponed(draft, agreed, (day - agreed.days.first).days)
        agreed = open_decision(draft, day)
    for step in draft.course.steps:
        if step is agreed:
            steps += _agreed(draft, step, day)
        else:
            steps.append(step)
    return with_steps(draft, steps)


def _agreed(draft: Draft, step: Step, day: date) -> tuple[Step, ...]:
    """The dose before until the day, then the agreed dose without its condition."""
    doses = tuple(replace(d, instruction=draft.resolved.medicine.advice.text) for d in step.doses)
    taken = replace(
        step,
        conditional=False,
        days=Days(max(day, step.days.first), step.days.last),
        doses=doses,
    )
    waited = steps_before((_dose_before(draft, step),), day)
    return (*waited, taken)


def _dose_before(draft: Draft, step: Step) -> Step:
    """The dose of the step before, on this step's days: nobody agreed to more."""
    index = draft.course.steps.index(step)
    return replace(draft.course.steps[index - 1], days=step.days)


def _stayed(draft: Draft, day: date) -> Draft:
    """The present dose again for one more step; what followed moves on, up to the course's end."""
    pending = open_decision(draft, day)
    if pending is None:
        return draft
    by = len(pending.days) if pending is not draft.course.steps[-1] else _usual(draft)
    return _postponed(draft, pending, by + (day - pending.days.first).days)


def _postponed(draft: Draft, pending: Step, by: int) -> Draft:
    """The dose before a pending step for so many days more; the course ends when it would have."""
    steps = draft.course.steps
    index = steps.index(pending)
    last = draft.days.last
    stay_last = min(pending.days.first + timedelta(by - 1), last)
    present = replace(steps[index - 1], days=Days(steps[index - 1].days.first, stay_last))
    following = [
        replace(s, days=Days(s.days.first, min(s.days.last, last)))
        for s in moved(steps[index:], by)
        if s.days.first <= last
    ]
    if following:
        following[-1] = replace(following[-1], days=Days(following[-1].days.first, last))
    return with_steps(draft, (*steps[: index - 1], present, *following))


def _usual(draft: Draft) -> int:
    """How long a step of the titration lasts: as long as its first."""
    return len(draft.course.steps[0].days)


def _stepped_back(draft: Draft, day: date) -> Draft:
    """The level below the one that is taken, from the day to the end of the course."""
    taken = [s for s in draft.course.steps if s.days.first < day and not s.conditional]
    before = steps_before(taken, day)
    lower = taken[-2] if len(taken) > 1 else taken[-1]
    rest = replace(lower, phase=Phase.FIXED, days=Days(day, draft.days.last))
    present = [replace(before[-1], days=Days(before[-1].days.first, day - timedelta(1)))]
    return with_steps(draft, (*before[:-1], *present, rest))
