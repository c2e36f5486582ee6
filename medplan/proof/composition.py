"""Whether the units that a dose names make up its milligrams, and can be taken as they are.

The medicine and its products must be the formulary's or declared; units x mg per unit = mg; halves
only where the product may be halved; liquids in multiples of their measure; no dose mixes modified
and immediate release. This module looks at one dose at a time and knows no dates.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from medplan.formulary.model import Formulary, Product, Release
from medplan.model.plan import Course, Plan, PlanProduct, ProofRow, Step
from medplan.proof.contents import UNLISTED, Taken, ingredient_of, most_mg, release_of
from medplan.proof.ledger import Ledger
from medplan.proof.rows import NONE, NOWHERE, Invariant, label, number

HALF = Decimal("0.5")
WHOLE = Decimal(1)
_ID_TAIL = re.compile(
    r".-(?P<form>(?:(?:ec|mr)-)?(?:tablet|capsule)|liquid)"
    r"-(?P<numbers>[0-9]+(?:\.[0-9]+)?(?:-[0-9]+(?:\.[0-9]+)?)*)$"
)


def judge_composition(plan: Plan, formulary: Formulary, ledger: Ledger) -> Iterator[ProofRow]:
    """Judge every product, medicine and dose of the plan; of the doses the first at fault."""
    products = {product.id: product for product in plan.products}
    measures = {product.id: _measure(product) for product in plan.products}
    for product in plan.products:
        yield _known_product(product, formulary)
    for course, taken in zip(plan.courses, ledger.taken, strict=True):
        yield _known_medicine(course, formulary)
        if course.steps:
            yield _daily_sum(course)
            yield _dated(course)
        if taken:
            yield _units_make_mg(course, taken, products, ingredient_of(course, formulary))
            yield from _whole_units(course, taken, measures)
            yield _one_release(course, taken)


def _known_medicine(course: Course, formulary: Formulary) -> ProofRow:
    known = course.medicine in formulary.medicines
    named = course.medicine == UNLISTED and bool(course.name)
    holds = known or named
    limit, worst = course.medicine, course.medicine if holds else NONE
    return ProofRow(Invariant.KNOWN_MEDICINE, label(course), limit, worst, NOWHERE, holds)


def _known_product(product: PlanProduct, formulary: Formulary) -> ProofRow:
    """The formulary's own product as it stands, or a declared one that contradicts nothing."""
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
    """Whether a declared product's id says its strength, and only a plain tablet has halves."""
    match = _ID_TAIL.search(product.id)
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


def _daily_sum(course: Course) -> ProofRow:
    """A day's milligrams: the sum of the doses, or the most that may be taken when required."""
    step = next((s for s in course.steps if s.daily_mg != _expected_mg(s)), course.steps[0])
    limit, worst = number(_expected_mg(step)), number(step.daily_mg)
    first = step.days.first.isoformat()
    return ProofRow(Invariant.DAILY_SUM, label(course), limit, worst, first, limit == worst)


def _expected_mg(step: Step) -> Decimal:
    if step.when_required:
        return most_mg(step)
    return sum((dose.mg for dose in step.doses), Decimal(0))


def _dated(course: Course) -> ProofRow:
    """A fixed dose has a clock time; a when-required step is one dose, its most and its gap."""
    fault = next((step for step in course.steps if not _is_dated(step)), None)
    step = fault or course.steps[0]
    expected = "1" if step.when_required else "0"
    undated = str(sum(dose.minute is None for dose in step.doses))
    first = step.days.first.isoformat()
    return ProofRow(
        Invariant.DOSES_DATED, label(course), expected, undated, first, holds=fault is None
    )


def _is_dated(step: Step) -> bool:
    if not step.when_required:
        return bool(step.doses) and all(dose.minute is not None for dose in step.doses)
    complete = step.max_daily_mg is not None and step.min_interval_hours is not None
    return (
        complete
        and len(step.doses) == 1
        and all(dose.minute is None and 0 < dose.mg <= most_mg(step) for dose in step.doses)
    )


def _units_make_mg(
    course: Course, doses: Sequence[Taken], products: Mapping[str, PlanProduct], ingredient: str
) -> ProofRow:
    """The milligrams of a dose are those of its units, and more than none."""
    foreign = {
        product_id
        for product_id, product in products.items()
        if product.medicine != course.medicine and course.medicine != UNLISTED
    }
    named = None if course.medicine == UNLISTED else ingredient
    made = [_made_mg(taken, foreign, named) for taken in doses]
    faults = [n for n, mg in enumerate(made) if not mg or mg != doses[n].dose.mg]
    number_shown = faults[0] if faults else 0
    shown, mg = doses[number_shown], made[number_shown]
    limit, worst = number(shown.dose.mg), NONE if mg is None else number(mg)
    return ProofRow(
        Invariant.UNITS_MAKE_MG, label(course), limit, worst, shown.at, holds=not faults
    )


def _made_mg(taken: Taken, foreign: set[str], ingredient: str | None) -> Decimal | None:
    """What the units add up to; None when one of them isn't a listed product of the medicine."""
    if taken.contents is None or any(part.product in foreign for part in taken.dose.products):
        return None
    amounts = [mg for (name, _), mg in taken.contents.items() if ingredient in (None, name)]
    return sum(amounts[1:], amounts[0]) if amounts else Decimal(0)


def _whole_units(
    course: Course, doses: Sequence[Taken], measures: Mapping[str, Decimal]
) -> Iterator[ProofRow]:
    """Units are multiples of the least amount that their product is taken in."""
    parts = [
        (entry, part, measures[part.product])
        for entry in doses
        for part in entry.dose.products
        if part.product in measures
    ]
    faults = [(e, p, measure) for e, p, measure in parts if p.units <= 0 or p.units % measure]
    for entry, part, measure in (faults or parts)[:1]:
        limit, worst = number(measure), number(part.units)
        holds = not faults
        yield ProofRow(Invariant.WHOLE_UNITS, label(course), limit, worst, entry.at, holds)


def _measure(product: PlanProduct) -> Decimal:
    """The least amount that a product is taken in: a measure of liquid, a half or a whole unit."""
    if product.measure_ml is not None:
        return product.measure_ml
    halved = product.halves and release_of(product.id) is Release.IMMEDIATE
    return HALF if halved else WHOLE


def _one_release(course: Course, doses: Sequence[Taken]) -> ProofRow:
    """A dose is modified-release or it isn't."""
    mixed = [
        taken
        for taken in doses
        if len(taken.dose.products) > 1
        and len({release_of(part.product) for part in taken.dose.products}) > 1
    ]
    shown, worst = (mixed[0], "2") if mixed else (doses[0], "1")
    return ProofRow(Invariant.ONE_RELEASE, label(course), "1", worst, shown.at, holds=not mixed)
