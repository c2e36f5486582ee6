"""What a newer plan of a patient changes in an older one, medicine by medicine.

Dosages are compared day by day as what is taken and when, without their sentences. Pure; it knows
no revision and no calendar.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from medplan.model.plan import Course, Plan, ProductUnits, Role, Step
from medplan.units import Days, Slot

_DAY = timedelta(days=1)


class ChangeKind(StrEnum):
    """What becomes of a medicine."""

    NEW = "new"
    CHANGED = "changed"
    CONTINUED = "continued"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class DosageDose:
    """An amount at one time of the day; `minute` None is when required."""

    minute: int | None
    slot: Slot | None
    mg: Decimal
    products: tuple[ProductUnits, ...]


@dataclass(frozen=True, slots=True)
class Dosage:
    """What is taken on some days. `daily_mg` of a when-required one is the most in a day."""

    days: Days
    daily_mg: Decimal
    conditional: bool
    when_required: bool
    max_daily_mg: Decimal | None
    min_interval_hours: Decimal | None
    doses: tuple[DosageDose, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one medicine in one role, and from which day on it is otherwise.

    `from_day` of a stopped one is the first day without it, of a continued one its first day.
    """

    medicine: str
    name: str | None
    role: Role
    kind: ChangeKind
    from_day: date
    before: tuple[Dosage, ...]
    after: tuple[Dosage, ...]


_Key = tuple[str, str | None, Role]


def changes(before: Plan | None, after: Plan) -> tuple[Change, ...]:
    """One row for each medicine of either plan, in the order of the newer one, then the older.

    Without an older plan every medicine is new.
    """
    old = _dosages(before.courses if before else ())
    new = _dosages(after.courses)
    return tuple(_change(key, old.get(key, ()), new.get(key, ())) for key in {**new, **old})


def _dosages(courses: tuple[Course, ...]) -> Mapping[_Key, tuple[Dosage, ...]]:
    found: dict[_Key, tuple[Dosage, ...]] = {}
    for course in courses:
        key = (course.medicine, course.name, course.role)
        taken = tuple(_dosage(step) for step in course.steps)
        both = (*found.get(key, ()), *taken)
        found[key] = tuple(sorted(both, key=lambda dosage: dosage.days.first))
    return found


def _dosage(step: Step) -> Dosage:
    return Dosage(
        step.days,
        step.daily_mg,
        step.conditional,
        step.when_required,
        step.max_daily_mg,
        step.min_interval_hours,
        tuple(DosageDose(d.minute, d.slot, d.mg, d.products) for d in step.doses),
    )


def _change(key: _Key, before: tuple[Dosage, ...], after: tuple[Dosage, ...]) -> Change:
    day = next(_differing(before, after), None)
    if day is None:
        kind, day = ChangeKind.CONTINUED, after[0].days.first
    elif not before:
        kind = ChangeKind.NEW
    elif all(dosage.days.last < day for dosage in after):
        kind = ChangeKind.STOPPED
    else:
        kind = ChangeKind.CHANGED
    return Change(*key, kind, day, before, after)


def _differing(before: tuple[Dosage, ...], after: tuple[Dosage, ...]) -> Iterator[date]:
    """The days, in order, on which what is taken begins or ends and the two then differ."""
    both = (*before, *after)
    turns = {d.days.first for d in both} | {d.days.last + _DAY for d in both}
    return (day for day in sorted(turns) if _on(before, day) != _on(after, day))


def _on(dosages: tuple[Dosage, ...], day: date) -> list[tuple[object, ...]]:
    """Everything that is taken on a day, whatever days it is taken on besides."""
    return [
        (d.daily_mg, d.conditional, d.when_required, d.max_daily_mg, d.min_interval_hours, d.doses)
        for d in dosages
        if day in d.days
    ]
