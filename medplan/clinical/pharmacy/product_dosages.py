"""What is taken of each product, day by day: what somebody who packs a plan needs to know of it.

Doses are counted in units of one product at one time of the day; of a titration only what is agreed
counts. Several plans of one patient count together. Pure; it knows no revision and no patient.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from medplan.clinical.comparing.revisions import ChangeKind
from medplan.clinical.pharmacy.agreed import agreed_steps
from medplan.model.plan import Course, Dose, Plan, Role, Step
from medplan.units import Days, Slot

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ProductKey:
    """One product of one patient; `name` is that of a medicine which the formulary lacks."""

    medicine: str
    name: str | None
    product: str


@dataclass(frozen=True, slots=True)
class ProductDose:
    """Units of one product taken at one time. `minute` None is when required: then `most_a_day` is
    how many such doses a day may hold, else it is None."""

    minute: int | None
    slot: Slot | None
    units: Decimal
    most_a_day: int | None
    role: Role


@dataclass(frozen=True, slots=True)
class ProductDosage:
    """The same doses on each of some days, in the order of the day."""

    days: Days
    doses: tuple[ProductDose, ...]

    @property
    def units_a_day(self) -> Decimal:
        """How many units a day takes; of a when-required dose the most."""
        return sum((d.units * (d.most_a_day or 1) for d in self.doses), Decimal(0))


@dataclass(frozen=True, slots=True)
class ProductChange:
    """What becomes of one product within some days, held against the day before them.

    `from_day` is the first day that differs; of a product that goes on, the first of the days.
    `before` is None where nothing was taken on that day.
    """

    key: ProductKey
    kind: ChangeKind
    from_day: date
    before: ProductDosage | None
    after: tuple[ProductDosage, ...]


def product_changes(plans: Sequence[Plan], within: Days) -> tuple[ProductChange, ...]:
    """One row for each product taken within some days or on the day before, by medicine."""
    eve = within.first - _DAY
    before = product_dosages(plans, Days(eve, eve))
    after = product_dosages(plans, within)
    keys = sorted({**before, **after}, key=lambda k: (k.medicine, k.name or "", k.product))
    return tuple(_change(key, before.get(key, ()), after.get(key, ()), within) for key in keys)


def product_dosages(
    plans: Iterable[Plan], within: Days
) -> Mapping[ProductKey, tuple[ProductDosage, ...]]:
    """What is taken of each product within some days, as runs of days that are alike."""
    steps = [
        (course, step)
        for plan in plans
        for course in plan.courses
        for step in agreed_steps(course)
        if step.days.overlaps(within)
    ]
    found: dict[ProductKey, list[ProductDosage]] = {}
    for run in _runs([step.days for _, step in steps], within):
        for key, doses in _on(steps, run.first).items():
            _append(found.setdefault(key, []), run, doses)
    return {key: tuple(dosages) for key, dosages in found.items()}


def _runs(stretches: Iterable[Days], within: Days) -> Iterator[Days]:
    """The days cut wherever a step begins or ends: within each piece nothing changes."""
    turns = {within.first, within.last + _DAY}
    for days in stretches:
        turns |= {max(days.first, within.first), min(days.last, within.last) + _DAY}
    ordered = sorted(turns)
    for first, following in itertools.pairwise(ordered):
        yield Days(first, following - _DAY)


def _on(
    steps: Iterable[tuple[Course, Step]], day: date
) -> Mapping[ProductKey, tuple[ProductDose, ...]]:
    taken: dict[ProductKey, list[ProductDose]] = {}
    for course, step in steps:
        if day not in step.days:
            continue
        for dose in step.doses:
            for part in dose.products:
                key = ProductKey(course.medicine, course.name, part.product)
                taken.setdefault(key, []).append(_dose(course, step, dose, part.units))
    return {key: tuple(sorted(doses, key=_order)) for key, doses in taken.items()}


def _dose(course: Course, step: Step, dose: Dose, units: Decimal) -> ProductDose:
    most = int(step.daily_mg // dose.mg) if step.when_required else None
    return ProductDose(dose.minute, dose.slot, units, most, course.role)


def _order(dose: ProductDose) -> tuple[bool, int, Decimal]:
    return dose.minute is None, dose.minute or 0, dose.units


def _append(dosages: list[ProductDosage], run: Days, doses: tuple[ProductDose, ...]) -> None:
    """Add a run of days, as one with the run just before it where nothing differs."""
    last = dosages[-1] if dosages else None
    if last is not None and last.doses == doses and last.days.last + _DAY == run.first:
        dosages[-1] = ProductDosage(Days(last.days.first, run.last), doses)
    else:
        dosages.append(ProductDosage(run, doses))


def _change(
    key: ProductKey,
    before: tuple[ProductDosage, ...],
    after: tuple[ProductDosage, ...],
    within: Days,
) -> ProductChange:
    eve = before[0] if before else None
    day = _first_difference(eve, after, within)
    if eve is None:
        kind = ChangeKind.NEW
    elif day is None:
        kind = ChangeKind.CONTINUED
    elif all(dosage.days.last < day for dosage in after):
        kind = ChangeKind.STOPPED
    else:
        kind = ChangeKind.CHANGED
    return ProductChange(key, kind, day or within.first, eve, after)


def _first_difference(
    eve: ProductDosage | None, after: tuple[ProductDosage, ...], within: Days
) -> date | None:
    """The first day that isn't like the day before all of them; None when every day is."""
    if eve is None:
        return after[0].days.first
    expected = within.first
    for dosage in after:
        if dosage.days.first > expected or dosage.doses != eve.doses:
            return expected
        expected = dosage.days.last + _DAY
    return expected if expected <= within.last else None
