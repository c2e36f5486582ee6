"""Whether a patient's routine leaves the slots of a course in the order of the day."""

from collections.abc import Iterator

from medplan.clinical.times.timetable import NAMED_SLOTS, clash
from medplan.errors import Problem
from medplan.formulary.model import Anchor, Medicine, Regimen, Timing
from medplan.model.request import CourseRequest, Routine
from medplan.units import Slot, format_clock

_NOON = 12 * 60


def routine_problems(
    course: CourseRequest, medicine: Medicine, regimen: Regimen | None, routine: Routine
) -> Iterator[Problem]:
    """What a routine can't mean for a course.

    A bedtime after midnight would be dated before the day it ends; times given and usual ones
    together must rise through the day.
    """
    slots = _slots(course, regimen)
    if Slot.BEDTIME in slots and routine.bedtime is not None and routine.bedtime < _NOON:
        detail = "a bedtime after midnight belongs to the next day: say the latest time before it"
        yield Problem("/routine/bedtime", "after-midnight", detail)
        return
    if medicine.timing is not None and _too_early(medicine.timing, routine):
        detail = f"{medicine.name} is taken before it, which would be the day before"
        yield Problem("/routine/breakfast", "too-early", detail)
    pair = clash(slots, routine)
    if pair is not None:
        given = next((s for s in pair if getattr(routine, s.value) is not None), pair[0])
        time: int = getattr(routine, given.value)
        detail = f"with {given.value} at {format_clock(time)}, {pair[1].value} is not after "
        detail += f"{pair[0].value}: say both"
        yield Problem(f"/routine/{given.value}", "not-rising", detail)


def _slots(course: CourseRequest, regimen: Regimen | None) -> tuple[Slot, ...]:
    """The slots that a course uses, however it says them."""
    said = [d.slot for d in (*(course.slots or ()), *(course.current or ()))]
    said += [d.slot for step in course.steps or () for d in step.slots]
    if said:
        return tuple(said)
    if regimen is None:
        return ()
    count = 24 // course.every_hours if course.every_hours else course.times_per_day
    if count is None and regimen.slots:
        return regimen.slots
    return NAMED_SLOTS.get(count or regimen.times_per_day or 0, regimen.slots)


def _too_early(timing: Timing, routine: Routine) -> bool:
    if timing.anchor is not Anchor.BREAKFAST:
        return False
    breakfast = routine.breakfast if routine.breakfast is not None else routine.morning
    return breakfast is not None and breakfast < timing.minutes_before
