"""The doses of one day: where in the day each falls, and the tablets it is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from medplan.clinical.course.resolve import ResolvedCourse
from medplan.clinical.times.timetable import even_times, slot_times, slots_for_count
from medplan.formulary.model import Release
from medplan.model.plan import Dose
from medplan.model.request import Routine
from medplan.units import Slot

ONLY_IF_AGREED = "Only if you agreed to go up."


@dataclass(frozen=True, slots=True)
class Place:
    """A time of day at which a course has a dose."""

    slot: Slot | None
    minute: int


def places_for_count(
    course: ResolvedCourse, own: tuple[Slot, ...], count: int, routine: Routine, gap: Decimal | None
) -> tuple[Place, ...]:
    """Where the doses of a course taken `count` times a day fall; every so many hours is a gap.

    `own` are its regimen's slots.
    """
    hours = course.request.every_hours
    if hours is not None:
        gap = max(gap or Decimal(0), Decimal(hours))
    slots = slots_for_count(own, count)
    if slots:
        return places_for_slots(course, slots, routine, gap)
    return tuple(Place(None, minute) for minute in even_times(count, gap))


def places_for_slots(
    course: ResolvedCourse, slots: Sequence[Slot], routine: Routine, gap: Decimal | None
) -> tuple[Place, ...]:
    """Where the doses of a course that uses these slots fall, in the order of the day."""
    modified = any(p.release is Release.MODIFIED for p in course.products)
    times = slot_times(
        slots,
        routine=routine,
        least_gap_hours=gap,
        eight_hourly=modified or course.request.every_hours == 8,
        timing=course.medicine.timing,
    )
    return tuple(sorted((Place(s, m) for s, m in times.items()), key=lambda p: p.minute))


def dated_doses(
    course: ResolvedCourse, amounts: Mapping[Place, Decimal], *, conditional: bool = False
) -> tuple[Dose, ...]:
    """One dose for each place that holds an amount; products are empty where none make it up."""
    advice = course.medicine.instruction
    instruction = f"{ONLY_IF_AGREED} {advice}" if conditional else advice
    return tuple(
        Dose(place.minute, place.slot, mg, course.kit.make(mg) or (), instruction)
        for place, mg in sorted(amounts.items(), key=lambda item: item[0].minute)
        if mg
    )
