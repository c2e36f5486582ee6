"""What each dose of a plan is made of: milligrams of every ingredient, by release.

A dose without products, or with ones that the plan doesn't list, has no contents. This module
adds up one dose at a time and judges nothing.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from medplan.formulary.model import Formulary, Release
from medplan.model.plan import Course, Dose, PlanProduct, Step
from medplan.proof.rows import clocked

UNLISTED = "unlisted"

Contents = Mapping[tuple[str, Release], Decimal]


class Taken(NamedTuple):
    """A dose, the step that it belongs to, and its contents; None when the products don't say."""

    step: Step
    dose: Dose
    contents: Contents | None

    @property
    def at(self) -> str:
        """When it is taken for the first time."""
        return clocked(self.step.days.first, self.dose.minute)

    @property
    def most_doses(self) -> int:
        """How often it may be taken in a day: in whole doses, for a when-required one."""
        if not self.step.when_required:
            return 1
        return int(most_mg(self.step) // self.dose.mg) if self.dose.mg else 0


def taken_in(course: Course, products: Mapping[str, PlanProduct]) -> tuple[Taken, ...]:
    """Every dose of a course with its contents."""
    releases = {product_id: release_of(product_id) for product_id in products}
    return tuple(
        Taken(step, dose, _contents(dose, products, releases))
        for step in course.steps
        for dose in step.doses
    )


def _contents(
    dose: Dose, products: Mapping[str, PlanProduct], releases: Mapping[str, Release]
) -> Contents | None:
    contents: dict[tuple[str, Release], Decimal] = {}
    for part in dose.products:
        product = products.get(part.product)
        if product is None:
            return None
        for ingredient, mg in product.contains:
            key = ingredient, releases[part.product]
            amount = part.units * mg
            contents[key] = contents[key] + amount if key in contents else amount
    return contents or None


def ingredient_of(course: Course, formulary: Formulary) -> str:
    """The ingredient that a course's milligrams mean."""
    medicine = formulary.medicines.get(course.medicine)
    return medicine.ingredients[0] if medicine else course.name or course.medicine


def release_of(product_id: str) -> Release:
    """Modified when the form that a product's id names is one of the `mr-` forms."""
    modified = "-mr-tablet-" in product_id or "-mr-capsule-" in product_id
    return Release.MODIFIED if modified else Release.IMMEDIATE


def most_mg(step: Step) -> Decimal:
    """The most that a when-required step allows in a day."""
    return step.daily_mg if step.max_daily_mg is None else step.max_daily_mg
