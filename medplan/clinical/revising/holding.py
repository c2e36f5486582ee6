"""Holding and resuming: later steps of a course move, the present dose stays."""

from dataclasses import replace
from datetime import date, timedelta

from medplan.clinical.course.draft import HORIZON_DAYS, Draft, infeasible, within_horizon
from medplan.clinical.revising.deciding import lowered_to, taken_on, up_to_date
from medplan.clinical.revising.splice import (
    findings_moved,
    lasting_until,
    moved,
    step_on,
    with_steps,
)
from medplan.model.acts import Hold, Resume
from medplan.model.plan import EndsIn, Phase, Step

_DAY = timedelta(1)


def held(draft: Draft, act: Hold) -> Draft:
    """The present dose for `act.days` longer; every later step that much later.

    The drop to nothing behind a taper is a later step too.
    """
    return _shifted(up_to_date(draft, act.effective), act.effective, act.days)


def can_be_held(draft: Draft, day: date) -> bool:
    """Whether the course has begun and has a later step to move."""
    now = up_to_date(draft, day)
    place = taken_on(now, day)
    if place is None:
        return False
    drops = now.course.ends_in is EndsIn.STOP and now.course.steps[place].phase is Phase.TAPER
    return drops or place + 1 < len(now.course.steps)


def resumed(draft: Draft, act: Resume) -> Draft:
    """The next step from the effective day, where a hold put it off; the ones after it follow.

    A step comes no earlier than it would have without the hold: nothing is sped up. After missed
    days a step of a taper begins anew, and a step up that they fell into is not gone on with.
    """
    day = act.effective
    now = _after_missed_days(up_to_date(draft, day), act)
    place = taken_on(now, day)
    if place is None or not (now.course.steps[place].held_days or act.missed_days):
        return draft
    present = now.course.steps[place]
    due = present.days.last + _DAY
    earliest = max(due - timedelta(present.held_days), day)
    return _shifted(now, day, min((earliest - due).days, 0))


def _after_missed_days(draft: Draft, act: Resume) -> Draft:
    day = act.effective
    place = taken_on(draft, day)
    if not act.missed_days or place is None:
        return draft
    present = draft.course.steps[place]
    if present.phase is Phase.TAPER:
        begun = (day - present.days.first).days
        return _shifted(draft, day, begun, held_days=0)
    last = step_on(draft.course.steps, day - timedelta(act.missed_days) - _DAY)
    if last is not None and last.daily_mg < present.daily_mg and _rising(present):
        return lowered_to(draft, last, day)
    return draft


def _rising(step: Step) -> bool:
    return step.phase in (Phase.TITRATION, Phase.MAINTENANCE)


def _shifted(draft: Draft, day: date, by: int, *, held_days: int | None = None) -> Draft:
    place = taken_on(draft, day)
    if place is None or by == 0:
        return draft
    steps = draft.course.steps
    present, due = steps[place], steps[place].days.last + _DAY
    kept_back = by if held_days is None else held_days
    longer = replace(
        lasting_until(present, present.days.last + timedelta(by)),
        held_days=present.held_days + kept_back,
    )
    after = (*steps[:place], longer, *moved(steps[place + 1 :], by))
    overran = (after[-1].days.last - draft.days.first).days >= HORIZON_DAYS
    whole = replace(draft.resolved, first_day=draft.days.first)
    found = findings_moved(draft.findings, due, by)
    return replace(
        with_steps(draft, within_horizon(whole, after)),
        findings=(*found, *infeasible(draft.resolved, (), overran=overran)),
    )
