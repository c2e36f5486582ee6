"""Which products a course is built from: the formulary's, or those the request names.

A declared product is one the request brings because the formulary lacks it. It may not contradict
the formulary, its own id, or the rule that modified release is never split.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from medplan.errors import Problem
from medplan.formulary.model import Form, Medicine, Product, Regimen, Release
from medplan.model.request import CourseRequest, DeclaredProduct
from medplan.units import parse_decimal

_FORMS = "|".join(sorted((f.value for f in Form), key=len, reverse=True))
_ID = re.compile(
    rf"(?P<medicine>[a-z0-9-]+?)-(?P<form>{_FORMS})-(?P<strengths>[0-9.]+(?:-[0-9.]+)*)"
)


def slug(name: str) -> str:
    """The part of a product's id that stands for a medicine's name."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def course_products(
    course: CourseRequest, medicine: Medicine, regimen: Regimen | None
) -> tuple[Product, ...]:
    """The products to build from, in the order that settles equal choices.

    Those the request names; else those the regimen names, unless a titration brings doses of its
    own; else every immediate-release product,
    or every product of a medicine that has no other.
    """
    if course.products is not None:
        return tuple(_product(d, medicine) for d in course.products)
    own_doses = course.start_mg is not None or course.step_mg is not None
    if regimen is not None and regimen.products and not own_doses:
        return tuple(medicine.product_by_id[p] for p in regimen.products)
    immediate = tuple(p for p in medicine.products if p.release is Release.IMMEDIATE)
    return immediate or medicine.products


def product_problems(
    declared: Sequence[DeclaredProduct] | None, medicine: Medicine, at: str
) -> Iterator[Problem]:
    """What is wrong with the products a course names; `at` points to their list."""
    if declared is None:
        return
    if not declared:
        yield Problem(at, "empty", "name at least one product, or leave products out")
    seen: set[str] = set()
    for j, entry in enumerate(declared):
        here = f"{at}/{j}"
        if entry.id in seen:
            yield Problem(here, "repeated", f"{entry.id} is listed twice")
        seen.add(entry.id)
        known = medicine.product_by_id.get(entry.id)
        if known is not None:
            yield from _contradictions(entry, known, here)
        elif entry.strength_mg is None:
            yield Problem(here, "unknown-product", _unknown(entry.id, medicine))
        else:
            yield from _declaration_problems(entry, medicine, here)


def combination_problems(course: CourseRequest, medicine: Medicine, at: str) -> Iterator[Problem]:
    """A combination comes in several proportions; a dose of its first ingredient says nothing of
    the others until one proportion is chosen."""
    if len(medicine.ingredients) == 1:
        return
    regimen = medicine.regimen_by_id.get(course.regimen)
    products = course_products(course, medicine, regimen)
    proportions = {tuple(mg / p.strength_mg for mg in p.contains.values()) for p in products}
    if len(proportions) > 1:
        listed = ", ".join(p.id for p in products)
        yield Problem(at, "proportions-differ", f"choose products of one proportion among {listed}")


def _product(entry: DeclaredProduct, medicine: Medicine) -> Product:
    known = medicine.product_by_id.get(entry.id)
    if known is not None:
        return known
    match = _ID.fullmatch(entry.id)
    if match is None or entry.strength_mg is None:
        msg = f"{entry.id} was not checked before use"
        raise AssertionError(msg)
    form = Form(match["form"])
    amounts = [Decimal(s) for s in match["strengths"].split("-")]
    return Product(
        id=entry.id,
        medicine=medicine.id,
        form=form,
        strength_mg=entry.strength_mg,
        contains=dict(zip(medicine.ingredients, amounts, strict=True)),
        halves=bool(entry.halves),
        measure_ml=(entry.measure_ml or Decimal(1)) if form is Form.LIQUID else None,
        citation=None,
        declared=True,
    )


def _unknown(product: str, medicine: Medicine) -> str:
    listed = ", ".join(p.id for p in medicine.products)
    detail = f"the {medicine.jurisdiction} formulary has no {product}"
    return f"{detail}; it has {listed}" if listed else f"{detail}; declare it with its strength_mg"


def _contradictions(entry: DeclaredProduct, known: Product, at: str) -> Iterator[Problem]:
    facts = (
        ("strength_mg", entry.strength_mg, known.strength_mg),
        ("halves", entry.halves, known.halves),
        ("measure_ml", entry.measure_ml, known.measure_ml),
    )
    for key, said, true in facts:
        if said is not None and said != true:
            yield Problem(
                at, "contradicts-formulary", f"the formulary has {key} {true}, not {said}"
            )


def _declaration_problems(entry: DeclaredProduct, medicine: Medicine, at: str) -> Iterator[Problem]:
    match = _ID.fullmatch(entry.id)
    wanted = slug(medicine.name) if medicine.id == "unlisted" else medicine.id
    if match is None or match["medicine"] != wanted:
        yield Problem(at, "bad-product-id", f"a product id reads {wanted}-<form>-<mg per unit>")
        return
    amounts = match["strengths"].split("-")
    if len(amounts) != len(medicine.ingredients) or not _agree(amounts[0], entry.strength_mg):
        yield Problem(at, "strength-disagrees", "the id and strength_mg give different strengths")
    form = Form(match["form"])
    if entry.halves and (form is Form.LIQUID or form.release is Release.MODIFIED):
        yield Problem(at, "never-halved", f"a {form.value} is never halved")
    if entry.measure_ml is not None and form is not Form.LIQUID:
        yield Problem(at, "not-a-liquid", "measure_ml belongs to a liquid")


def _agree(written: str, strength: Decimal | None) -> bool:
    try:
        return parse_decimal(written) == strength
    except ValueError:
        return False
