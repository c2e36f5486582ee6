"""Whether a patient's routine leaves the slots of a course in the order of the day."""

from collections.abc import Iterator

from medplan.clinical.times.often import times_a_day
from medplan.clinical.times.timetable import clash, slots_for_count
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
        given = next(s for s in pair if getattr(routine, s.value) is not None)
        time: int = getattr(routine, given.value)
        detail = f"with {given.value} at {format_clock(time)}, {pair[1].value} is not after "
        detail += f"{pair[0].value}: say both"
        yield Problem(f"/routine/{given.value}", "not-rising", detail)


def _slots(course: CourseRequest, regimen: Regimen | None) -> tuple[Slot, ...]:
    """The slots that a course uses, however it says them."""
    for said in (course.slots, course.current):
        if said is not None:
            return tuple(dose.slot for dose in said)
    if course.steps is not None:
        return tuple(dose.slot for step in course.steps for dose in step.slots)
    if regimen is None or regimen.when_required:
        return ()
    count = times_a_day(course, regimen)
    return regimen.slots if count is None else slots_for_count(regimen.slots, count)


def _too_early(timing: Timing, routine: Routine) -> bool:
    if timing.anchor is not Anchor.BREAKFAST:
        return False
    breakfast = routine.breakfast if routine.breakfast is not None else routine.morning
    return breakfast is not None and breakfast < timing.minutes_before
