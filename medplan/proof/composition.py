"""Whether the units that a dose names make up its milligrams, and can be taken as they are.

The medicine and its products must be the formulary's or declared; units x mg per unit = mg; halves
only where the product may be halved; liquids in multiples of their measure; no dose mixes modified
and immediate release. This module looks at one dose at a time and knows no dates.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from medplan.formulary.model import Formulary, Product, Release
from medplan.model.plan import Course, Dose, Plan, PlanProduct, ProofRow, Step
from medplan.proof.ledger import UNLISTED, contents_of, ingredient_of, most_mg, release_of
from medplan.proof.rows import NONE, NOWHERE, Invariant, clocked, label, number

HALF = Decimal("0.5")
WHOLE = Decimal(1)
_STRENGTHS = re.compile(
    r".-(?P<form>[a-z-]*(?:tablet|capsule)|liquid)-(?P<numbers>[0-9.]+(-[0-9.]+)*)"
)


def judge_composition(plan: Plan, formulary: Formulary) -> Iterator[ProofRow]:
    """Judge every medicine, product and dose of the plan."""
    products = {product.id: product for product in plan.products}
    for product in plan.products:
        yield _known_product(product, formulary)
    for course in plan.courses:
        yield _known_medicine(course, formulary)
        ingredient = ingredient_of(course, formulary)
        for step in course.steps:
            yield _daily_sum(course, step)
            yield _dated(course, step)
            for dose in step.doses:
                yield from _judge_dose(course, step, dose, products, ingredient)


def _known_medicine(course: Course, formulary: Formulary) -> ProofRow:
    known = course.medicine in formulary.medicines
    named = course.medicine == UNLISTED and bool(course.name)
    holds = known or named
    limit = UNLISTED if course.medicine == UNLISTED else course.medicine
    worst = course.medicine if holds else NONE
    return ProofRow(Invariant.KNOWN_MEDICINE, label(course), limit, worst, NOWHERE, holds)


def _known_product(product: PlanProduct, formulary: Formulary) -> ProofRow:
    """The formulary's own product as it stands there, or a declared one that contradicts nothing."""
    medicine = formulary.medicines.get(product.medicine)
    listed = medicine.product_by_id.get(product.id) if medicine else None
    if listed is None:
        holds = product.declared and _agrees_with_id(product)
        limit = product.id if product.declared else NONE
    else:
        holds = _same_facts(product, listed)
        limit = _facts(listed.contains.items(), listed.measure_ml, halves=listed.halves)
    worst = _facts(product.contains, product.measure_ml, halves=product.halves)
    return ProofRow(Invariant.KNOWN_PRODUCT, product.id, limit, worst, NOWHERE, holds)


def _same_facts(product: PlanProduct, listed: Product) -> bool:
    """A plan may forbid halves that the formulary allows, never the other way round."""
    return (
        dict(product.contains) == dict(listed.contains)
        and product.measure_ml == listed.measure_ml
        and (listed.halves or not product.halves)
    )


def _agrees_with_id(product: PlanProduct) -> bool:
    """Whether a declared product's id says the strength it has, and halves are of a plain tablet."""
    match = _STRENGTHS.search(product.id)
    if match is None:
        return False
    strengths = [Decimal(text) for text in match["numbers"].split("-")]
    halves_fit = not product.halves or match["form"] == "tablet"
    return strengths == [mg for _, mg in product.contains] and halves_fit


def _facts(
    contains: Iterable[tuple[str, Decimal]], measure_ml: Decimal | None, *, halves: bool
) -> str:
    parts = [f"{ingredient} {number(mg)} mg" for ingredient, mg in contains]
    if halves:
        parts.append("halves")
    if measure_ml is not None:
        parts.append(f"measured in {number(measure_ml)} mL")
    return ", ".join(parts)


def _daily_sum(course: Course, step: Step) -> ProofRow:
    """A day's milligrams: the sum of the doses, or the most that may be taken when required."""
    if step.when_required:
        expected = Decimal(-1) if step.max_daily_mg is None else step.max_daily_mg
    else:
        expected = sum((dose.mg for dose in step.doses), Decimal(0))
    return ProofRow(
        Invariant.DAILY_SUM,
        label(course),
        number(expected),
        number(step.daily_mg),
        step.days.first.isoformat(),
        step.daily_mg == expected,
    )


def _dated(course: Course, step: Step) -> ProofRow:
    """A fixed dose has a clock time; a when-required step is one dose, its most and its gap."""
    undated = sum(dose.minute is None for dose in step.doses)
    expected = 1 if step.when_required else 0
    holds = undated == expected and bool(step.doses)
    if step.when_required:
        complete = step.max_daily_mg is not None and step.min_interval_hours is not None
        within = all(0 < dose.mg <= most_mg(step) for dose in step.doses)
        holds = holds and len(step.doses) == 1 and complete and within
    return ProofRow(
        Invariant.DOSES_DATED,
        label(course),
        str(expected),
        str(undated),
        step.days.first.isoformat(),
        holds,
    )


def _judge_dose(
    course: Course,
    step: Step,
    dose: Dose,
    products: Mapping[str, PlanProduct],
    ingredient: str,
) -> Iterator[ProofRow]:
    subject, at = label(course), clocked(step.days.first, dose.minute)
    made = _made_mg(course, dose, products, ingredient)
    worst = NONE if made is None else number(made)
    holds = made == dose.mg and dose.mg > 0
    yield ProofRow(Invariant.UNITS_MAKE_MG, subject, number(dose.mg), worst, at, holds)
    for part in dose.products:
        product = products.get(part.product)
        if product is not None:
            measure = _measure(product)
            holds = part.units > 0 and part.units % measure == 0
            units = number(part.units)
            yield ProofRow(Invariant.WHOLE_UNITS, subject, number(measure), units, at, holds)
    releases = len({release_of(part.product) for part in dose.products})
    yield ProofRow(Invariant.ONE_RELEASE, subject, "1", str(releases), at, releases <= 1)


def _made_mg(
    course: Course, dose: Dose, products: Mapping[str, PlanProduct], ingredient: str
) -> Decimal | None:
    """What the units add up to; None when one of them isn't a listed product of the medicine."""
    contents = contents_of(dose, products)
    medicines = {products[part.product].medicine for part in dose.products} if contents else set()
    if contents is None or (course.medicine != UNLISTED and medicines != {course.medicine}):
        return None
    if course.medicine == UNLISTED:
        return sum(contents.values(), Decimal(0))
    return sum((contents.get((ingredient, release), Decimal(0)) for release in Release), Decimal(0))


def _measure(product: PlanProduct) -> Decimal:
    """The least amount that a product is taken in: a measure of liquid, a half or a whole unit."""
    if product.measure_ml is not None:
        return product.measure_ml
    halved = product.halves and release_of(product.id) is Release.IMMEDIATE
    return HALF if halved else WHOLE
