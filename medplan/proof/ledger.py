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
from typing import NamedTuple
from zoneinfo import ZoneInfo

from medplan.formulary.model import Formulary, Release
from medplan.model.plan import Course, Dose, Plan, Step
from medplan.proof.contents import Contents, Taken, ingredient_of, most_mg, taken_in
from medplan.proof.timeline import Timeline
from medplan.units import MINUTES_PER_DAY

TAPER_REGIMEN = "taper"


class Line(NamedTuple):
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
    """Every dose of a plan: `taken` by course, and the same as lines in the order of the plan."""

    taken: tuple[tuple[Taken, ...], ...]
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
    taken = tuple(taken_in(course, products) for course in plan.courses)
    lines = [
        line
        for course, doses in zip(plan.courses, taken, strict=True)
        for line in _lines(course, doses, ingredient_of(course, formulary))
    ]
    return Ledger(taken, tuple(lines), ZoneInfo(plan.time_zone))


def _lines(course: Course, doses: Iterable[Taken], first_ingredient: str) -> Iterator[Line]:
    times = max((_clock_times(step) for step in course.steps), default=0)
    for taken in doses:
        step, dose, contents = taken
        often = taken.most_doses
        first, last = step.days.first.toordinal(), step.days.last.toordinal()
        minute = None if step.when_required else dose.minute
        gap = step.min_interval_hours if step.when_required else None
        for (ingredient, release), mg in (contents or _unmade(dose, first_ingredient)).items():
            daily_mg = mg
            if step.when_required and dose.mg:
                # The most for a day counts whole, the other ingredients of it in proportion.
                daily_mg = mg * most_mg(step) / dose.mg
            yield Line(
                ingredient,
                course.medicine,
                course.regimen,
                release,
                times,
                first,
                last,
                minute,
                mg,
                daily_mg,
                often,
                gap,
            )


def _clock_times(step: Step) -> int:
    return len({dose.minute for dose in step.doses if dose.minute is not None})


def _unmade(dose: Dose, first_ingredient: str) -> Contents:
    """A dose whose products don't say what it holds counts as what it claims to be."""
    return {(first_ingredient, Release.IMMEDIATE): dose.mg}
