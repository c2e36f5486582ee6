"""How much of each ingredient a dose, a step or a day holds."""

from collections.abc import Mapping
from decimal import Decimal

from medplan.clinical.course.resolve import ResolvedCourse
from medplan.model.plan import Dose, Step


def dose_mg(course: ResolvedCourse, dose: Dose) -> Mapping[str, Decimal]:
    """Milligrams of each ingredient in one dose.

    A combination's other ingredients follow from its tablets; its own id stands for its first
    ingredient too, so that limits of the combination itself can be counted.
    """
    totals: dict[str, Decimal] = {course.medicine.ingredients[0]: dose.mg}
    if len(course.medicine.ingredients) > 1:
        contains = {p.id: p.contains for p in course.products}
        for part in dose.products:
            for ingredient, mg in contains[part.product].items():
                if ingredient != course.medicine.ingredients[0]:
                    totals[ingredient] = totals.get(ingredient, Decimal(0)) + mg * part.units
    totals.setdefault(course.medicine.id, dose.mg)
    return totals


def step_mg(course: ResolvedCourse, step: Step) -> Mapping[str, Decimal]:
    """Milligrams of each ingredient in one day of a step; for when-required the most."""
    totals: dict[str, Decimal] = {}
    for dose in step.doses:
        for ingredient, mg in dose_mg(course, dose).items():
            most = mg * step.daily_mg / dose.mg if step.when_required else mg
            totals[ingredient] = totals.get(ingredient, Decimal(0)) + most
    return totals
