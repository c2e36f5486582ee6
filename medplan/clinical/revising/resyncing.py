"""Going on from what is really taken, where that is less than was planned.

Nothing goes up here: more than was planned for a day is for a prescriber to amend.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from medplan.clinical.course.doses import Place, dated_doses
from medplan.clinical.course.draft import HORIZON_DAYS, Draft, infeasible
from medplan.clinical.course.resolve import STEPS
from medplan.clinical.revising.deciding import lowered_to, taken_on, up_to_date
from medplan.clinical.revising.splice import findings_kept, steps_before, steps_from, with_steps
from medplan.clinical.revising.stopping import Ended, ended_at_once, needed_taper, used_days
from medplan.clinical.tablets.splits import most_even
from medplan.clinical.taper.coming_down import (
    Ladder,
    Lowered,
    asked_taper,
    dated_descent,
    give_way_order,
    stop_rule,
)
from medplan.clinical.taper.descent import two_places
from medplan.errors import InvalidRequestError, Problem
from medplan.model.acts import Resync
from medplan.model.plan import EndsIn, Phase, Step
from medplan.units import Days, format_decimal

_DAY = timedelta(1)
_AMEND = "going up, or otherwise, needs an amendment by a prescriber"

Amounts = Mapping[Place, Decimal]


def resynced(draft: Draft, act: Resync, drafts: Sequence[Draft]) -> Ended:
    """The course from what is really taken on the act's day, never more than was planned.

    A taper holds that dose until its next cut and goes on down from there. A titration, and a fixed
    dose, stay at it; a row of a written table that is lower still comes when it was planned.

    Raises:
        InvalidRequestError: more is taken than was planned, just that, or nothing that can be made.
    """
    day = act.effective
    now = up_to_date(draft, day)
    place = taken_on(now, day)
    if place is None:
        raise _refused("/effective", "not-begun", "the medicine has not begun by that day")
    present = now.course.steps[place]
    if present.when_required:
        detail = "it is taken when required: taking less of it changes nothing in the plan"
        raise _refused("/medicine", "when-required", detail)
    amounts = _taken(now, present, act)
    if not any(amounts.values()):
        if now.days.first >= day:
            return Ended(())
        rule = needed_taper(now, used_days(now, drafts, day))
        return Ended((ended_at_once(now, day, rule),))
    dose = _dose(now, present, amounts)
    if present.phase in (Phase.TITRATION, Phase.MAINTENANCE):
        return Ended((lowered_to(now, dose, day),))
    return Ended((_gone_down(now, place, dose, amounts, day),))


def _refused(pointer: str, code: str, detail: str) -> InvalidRequestError:
    return InvalidRequestError([Problem(pointer, code, detail)])


def _taken(draft: Draft, present: Step, act: Resync) -> Amounts:
    """What is really taken at each time of the day, in the order in which slots give way.

    Raises:
        InvalidRequestError: see `resynced`.
    """
    planned = _in_order(draft, present)
    if isinstance(act.taking, Decimal):
        taken = _spread(draft, planned, act.taking)
    else:
        by_slot = {dose.slot: dose.mg for dose in act.taking}
        taken = {place: by_slot.pop(place.slot, Decimal(0)) for place in planned if place.slot}
        if by_slot or any(mg > planned[place] for place, mg in taken.items()):
            detail = f"a dose is larger than is planned for that day; {_AMEND}"
            raise _refused("/taking/slots", "above-plan", detail)
    if taken == planned:
        raise _refused("/taking", "as-planned", "just that is planned for the day")
    unmade = [mg for mg in taken.values() if mg and draft.resolved.kit.make(mg) is None]
    if unmade:
        detail = f"the course's products do not make up {format_decimal(unmade[0])} mg"
        raise _refused("/taking", "not-makeable", detail)
    return taken


def _in_order(draft: Draft, present: Step) -> Amounts:
    """The day's planned doses, those that give way first in front."""
    planned = {Place(d.slot, d.minute): d.mg for d in present.doses if d.minute is not None}
    slots = {d.slot for s in draft.course.steps for d in s.doses if d.slot is not None}
    asked = draft.resolved.request.taper
    order = give_way_order(tuple(slots), asked.slot_order if asked else None)
    if any(place.slot is None for place in planned):
        return dict(sorted(planned.items(), key=lambda entry: entry[0].minute))
    return dict(sorted(planned.items(), key=lambda entry: order.index(entry[0].slot or order[0])))


def _spread(draft: Draft, planned: Amounts, total: Decimal) -> Amounts:
    """A day's total over the times at which something is planned, none above its plan."""
    if total > sum(planned.values()):
        detail = f"more is taken than is planned for that day; {_AMEND}"
        raise _refused("/taking/daily_mg", "above-plan", detail)
    kit = draft.resolved.kit
    grains = kit.grains(total)
    most = [kit.grains(mg) or 0 for mg in planned.values()]
    split = None if grains is None else most_even(grains, [kit.makeable(n) for n in most])
    if split is None:
        detail = f"the course's products do not make up {format_decimal(total)} mg a day"
        raise _refused("/taking/daily_mg", "not-makeable", detail)
    return dict(zip(planned, (kit.mg(n) for n in split), strict=True))


def _dose(draft: Draft, present: Step, amounts: Amounts) -> Step:
    return replace(
        present,
        daily_mg=sum(amounts.values(), Decimal(0)),
        asked_percent=None,
        actual_percent=None,
        doses=dated_doses(draft.resolved, amounts),
        held_days=0,
    )


def _gone_down(draft: Draft, place: int, dose: Step, amounts: Amounts, day: date) -> Draft:
    """A taper from the dose on, if every day of it is within the plan; else the plan under it."""
    if dose.phase is Phase.TAPER:
        dose = replace(dose, actual_percent=_fall(_dose_before(draft, day), dose.daily_mg))
    if draft.course.regimen != STEPS:
        lowered = _own_taper(draft, place, dose, amounts, day)
        if lowered is not None and _within(lowered.course.steps, draft.course.steps):
            return lowered
    return _capped(draft, dose, day)


def _own_taper(draft: Draft, place: int, dose: Step, amounts: Amounts, day: date) -> Draft | None:
    """The dose until the next cut, then the course's own taper from there; None without one."""
    steps = draft.course.steps
    tail = next((s for s in steps[place:] if s.phase is Phase.TAPER), None)
    if tail is None:
        return None
    coming_down = tail is steps[place]
    ladder = _ladder(draft, None if coming_down else dose.daily_mg)
    due = tail.days.last + _DAY if coming_down else tail.days.first
    left = HORIZON_DAYS - (due - draft.days.first).days
    gap = dose.min_interval_hours
    lowered = dated_descent(draft.resolved, amounts, ladder, due, max(left, 0), gap=gap)
    held = replace(dose, days=Days(day, due - _DAY))
    whole = with_steps(draft, (*steps_before(steps, day), held, *lowered.steps))
    return _ended(whole, draft, lowered, day)


def _ended(whole: Draft, draft: Draft, lowered: Lowered, day: date) -> Draft:
    ends_in = EndsIn.STOP if lowered.at_zero else EndsIn.REVIEW
    too_long = infeasible(draft.resolved, (), overran=lowered.overran)
    found = (*findings_kept(draft.findings, day), *lowered.findings, *too_long)
    return replace(whole, course=replace(whole.course, ends_in=ends_in), findings=found)


def _ladder(draft: Draft, full_dose: Decimal | None) -> Ladder:
    """The course's stages; the dose before them, where the taper is still to come, is given."""
    course = draft.resolved
    if course.is_taper:
        asked, _ = asked_taper(course)
        taken = sum((d.mg for d in course.request.current or ()), Decimal(0))
        return Ladder(asked.stages, asked.floor_mg, full_dose or taken)
    rule = stop_rule(course, draft.full_dose_days, regular=True)
    highest = max(s.daily_mg for s in draft.course.steps)
    return Ladder(rule.stages if rule else (), None, full_dose or highest)


def _dose_before(draft: Draft, day: date) -> Decimal:
    """What was taken on the day before, in the plan or before it."""
    past = steps_before(draft.course.steps, day)
    if past:
        return past[-1].daily_mg
    return sum((d.mg for d in draft.resolved.request.current or ()), Decimal(0))


def _fall(before: Decimal, after: Decimal) -> Decimal:
    return two_places((before - after) * 100 / before)


def _within(steps: Sequence[Step], planned: Sequence[Step]) -> bool:
    """Whether no day of some steps gives more than was planned for it."""
    most = {day: step.daily_mg for step in planned for day in step.days}
    return all(day in most and step.daily_mg <= most[day] for step in steps for day in step.days)


def _capped(draft: Draft, dose: Step, day: date) -> Draft:
    """The planned steps from the day on, with the dose in place of those that are not lower.

    Raises:
        InvalidRequestError: a later step is lower in all and higher at some time of the day.
    """
    steps = [*steps_before(draft.course.steps, day)]
    for planned in steps_from(draft.course.steps, day):
        if planned.daily_mg >= dose.daily_mg:
            steps.append(replace(dose, days=planned.days))
        elif not _lower_throughout(planned, dose):
            detail = f"a later step gives more at some time of the day; {_AMEND}"
            raise _refused("/taking", "above-plan", detail)
        else:
            steps.append(_reckoned_from(steps[-1], planned))
    return replace(with_steps(draft, steps), findings=findings_kept(draft.findings, day))


def _lower_throughout(planned: Step, dose: Step) -> bool:
    most = {(d.slot, d.minute): d.mg for d in dose.doses}
    return all(d.mg <= most.get((d.slot, d.minute), 0) for d in planned.doses)


def _reckoned_from(before: Step, step: Step) -> Step:
    """A step with its cut reckoned from the dose that is now before it."""
    if step.phase is not Phase.TAPER:
        return step
    return replace(step, asked_percent=None, actual_percent=_fall(before.daily_mg, step.daily_mg))
