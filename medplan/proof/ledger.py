"""What is taken when: the plan's doses as lines of milligrams of one ingredient.

A line is one amount of one ingredient in one kind of release, at one clock time (or when required)
on every day of a step. A dose without products, or with ones the plan doesn't list, counts as its
milligrams of the medicine's first ingredient, so that limits still see it. This module knows no
limits.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import count, repeat
from zoneinfo import ZoneInfo

from medplan.formulary.model import Formulary, Release
from medplan.model.plan import Course, Dose, Plan, PlanProduct, Step
from medplan.proof.timeline import Timeline
from medplan.units import MINUTES_PER_DAY

TAPER_REGIMEN = "taper"
UNLISTED = "unlisted"


@dataclass(frozen=True, slots=True)
class Line:
    """One ingredient of one dose of a step. Days are ordinals, both included.

    `dose_count` is the clock times of a full day of the course. `mg` is for one dose; `daily_mg`
    and `daily_doses` are the most of this line in a day, and `stated_gap` is the least gap in hours
    that a when-required dose carries.
    """

    ingredient: str
    medicine: str
    regimen: str
    release: Release
    dose_count: int
    first: int
    last: int
    minute: int | None
    mg: Decimal
    daily_mg: Decimal
    daily_doses: int
    stated_gap: Decimal | None


# All that is taken of some lines at one instant: seconds of the judged clock, the local time in
# minutes since ordinal 0, and the milligrams. A plain tuple, because a plan has thousands.
Intake = tuple[int, int, Decimal]


@dataclass(frozen=True)
class Ledger:
    """Every line of a plan. Courses without steps have none."""

    lines: tuple[Line, ...]
    zone: ZoneInfo

    @cached_property
    def by_ingredient(self) -> Mapping[str, tuple[Line, ...]]:
        """The lines of each ingredient, in the order of the plan."""
        groups: dict[str, list[Line]] = {}
        for line in self.lines:
            groups.setdefault(line.ingredient, []).append(line)
        return {ingredient: tuple(lines) for ingredient, lines in groups.items()}

    @cached_property
    def _timeline(self) -> Timeline:
        first = min(line.first for line in self.lines)
        return Timeline(self.zone, first, max(line.last for line in self.lines))

    def intakes(self, lines: Iterable[Line]) -> list[Intake]:
        """The dated doses of some lines in the order of time; one entry for each instant."""
        dated: list[Intake] = []
        for line in lines:
            if line.minute is not None:
                dated.extend(self._dated(line, line.minute))
        dated.sort()
        return _joined(dated)

    def _dated(self, line: Line, minute: int) -> Iterator[Intake]:
        instants = self._timeline.instants(line.first, line.last, minute)
        first_wall = line.first * MINUTES_PER_DAY + minute
        walls = count(first_wall, MINUTES_PER_DAY)
        return zip(instants, walls, repeat(line.mg), strict=False)


def _joined(dated: list[Intake]) -> list[Intake]:
    """Doses of the same instant as one intake; the list is in the order of time."""
    if len({instant for instant, _, _ in dated}) == len(dated):
        return dated
    joined: dict[int, Intake] = {}
    for instant, wall, mg in dated:
        _, first_wall, before = joined.get(instant, (instant, wall, Decimal(0)))
        joined[instant] = instant, first_wall, before + mg
    return list(joined.values())


def open_ledger(plan: Plan, formulary: Formulary) -> Ledger:
    """Write every dose of the plan down as lines."""
    products = {product.id: product for product in plan.products}
    lines = [
        line
        for course in plan.courses
        for line in _course_lines(course, products, ingredient_of(course, formulary))
    ]
    return Ledger(tuple(lines), ZoneInfo(plan.time_zone))


def ingredient_of(course: Course, formulary: Formulary) -> str:
    """The ingredient that a course's milligrams mean."""
    medicine = formulary.medicines.get(course.medicine)
    return medicine.ingredients[0] if medicine else course.name or course.medicine


def contents_of(
    dose: Dose, products: Mapping[str, PlanProduct]
) -> dict[tuple[str, Release], Decimal] | None:
    """Milligrams of each ingredient by release; None when the products don't say."""
    contents: dict[tuple[str, Release], Decimal] = {}
    for part in dose.products:
        product = products.get(part.product)
        if product is None:
            return None
        for ingredient, mg in product.contains:
            key = ingredient, release_of(part.product)
            contents[key] = contents.get(key, Decimal(0)) + part.units * mg
    return contents or None


def release_of(product_id: str) -> Release:
    """Modified when the form that a product's id names is one of the `mr-` forms."""
    modified = "-mr-tablet-" in product_id or "-mr-capsule-" in product_id
    return Release.MODIFIED if modified else Release.IMMEDIATE


def most_doses(step: Step, dose: Dose) -> int:
    """How many of a dose may be taken in a day: whole doses, for a when-required one."""
    if not step.when_required:
        return 1
    return int(most_mg(step) // dose.mg) if dose.mg else 0


def most_mg(step: Step) -> Decimal:
    """The most that a when-required step allows in a day."""
    return step.daily_mg if step.max_daily_mg is None else step.max_daily_mg


def _course_lines(
    course: Course, products: Mapping[str, PlanProduct], first_ingredient: str
) -> Iterator[Line]:
    times = max((_clock_times(step) for step in course.steps), default=0)
    for step in course.steps:
        for dose in step.doses:
            doses = most_doses(step, dose)
            for (ingredient, release), mg in _amounts(dose, products, first_ingredient):
                daily_mg = doses * mg
                if step.when_required and ingredient == first_ingredient:
                    daily_mg += most_mg(step) - doses * dose.mg
                yield Line(
                    ingredient=ingredient,
                    medicine=course.medicine,
                    regimen=course.regimen,
                    release=release,
                    dose_count=times,
                    first=step.days.first.toordinal(),
                    last=step.days.last.toordinal(),
                    minute=None if step.when_required else dose.minute,
                    mg=mg,
                    daily_mg=daily_mg,
                    daily_doses=doses,
                    stated_gap=step.min_interval_hours if step.when_required else None,
                )


def _clock_times(step: Step) -> int:
    return len({dose.minute for dose in step.doses if dose.minute is not None})


def _amounts(
    dose: Dose, products: Mapping[str, PlanProduct], first_ingredient: str
) -> Iterable[tuple[tuple[str, Release], Decimal]]:
    """Milligrams of each ingredient by release; where the products don't say, of the first one."""
    contents = contents_of(dose, products)
    return contents.items() if contents else [((first_ingredient, Release.IMMEDIATE), dose.mg)]
