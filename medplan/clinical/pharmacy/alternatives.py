"""Other packs for the same doses, when a strength can't be had. Never another dose. Pure.

First products of the same form are tried, then every product that releases its dose alike; tablets
are halved only where the plan halves them already.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from medplan.clinical.tablets.kit import Kit
from medplan.formulary.model import Formulary, Medicine, Product
from medplan.model.plan import Dose, Plan, ProductUnits


@dataclass(frozen=True, slots=True)
class Alternative:
    """A dose of a plan that holds the product, and what else makes it up exactly: empty where
    nothing does. `same_form` says that the patient would see no other kind of tablet."""

    medicine: str
    mg: Decimal
    products: tuple[ProductUnits, ...]
    instead: tuple[ProductUnits, ...]
    same_form: bool


def alternatives(plan: Plan, product: str, formulary: Formulary) -> tuple[Alternative, ...]:
    """One row for each different dose of the plan that holds a product."""
    found: dict[tuple[str, tuple[ProductUnits, ...]], Alternative] = {}
    for course in plan.courses:
        for step in course.steps:
            for dose in step.doses:
                if any(part.product == product for part in dose.products):
                    key = (course.medicine, dose.products)
                    found[key] = _alternative(course.medicine, dose, product, formulary)
    return tuple(found.values())


def _alternative(medicine: str, dose: Dose, product: str, formulary: Formulary) -> Alternative:
    known = formulary.medicines.get(medicine)
    lacking = None if known is None else known.product_by_id.get(product)
    if known is None or lacking is None:
        return Alternative(medicine, dose.mg, dose.products, (), same_form=False)
    halves = any(_halved(part, known) for part in dose.products)
    for same_form, products in _kits(known, lacking):
        made = Kit(products, halves=halves).make(dose.mg) if products else None
        if made:
            return Alternative(medicine, dose.mg, dose.products, made, same_form=same_form)
    return Alternative(medicine, dose.mg, dose.products, (), same_form=False)


def _halved(part: ProductUnits, medicine: Medicine) -> bool:
    """Whether a tablet is cut for it; half a millilitre of a liquid is no leave to cut tablets."""
    product = medicine.product_by_id.get(part.product)
    liquid = product is not None and product.measure_ml is not None
    return not liquid and part.units != int(part.units)


def _kits(medicine: Medicine, lacking: Product) -> Iterator[tuple[bool, Sequence[Product]]]:
    """The products to try, those of the same form first."""
    alike = [
        product
        for product in medicine.products
        if product.id != lacking.id
        and product.release is lacking.release
        and _proportions(product) == _proportions(lacking)
    ]
    yield True, [product for product in alike if product.form is lacking.form]
    yield False, alike


def _proportions(product: Product) -> tuple[Decimal, ...]:
    return tuple(mg / product.strength_mg for mg in product.contains.values())
