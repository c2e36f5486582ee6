"""A course's products: refused where and why, or looked up, or taken as they are declared."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from medplan.clinical.course.resolve import course_problems, resolve
from medplan.errors import Problem
from medplan.formulary.model import Form, Formulary, Product
from medplan.model.request import CourseRequest, DeclaredProduct
from tests.clinical.requesting import MONDAY, UNLISTED, asked

Formularies = Mapping[str, Formulary]
Fault = tuple[str, str, str]

PARACETAMOL = CourseRequest("paracetamol", "regular", days=3)
NZ_PARACETAMOL = "paracetamol-tablet-500, paracetamol-mr-tablet-665"
COMBINED = CourseRequest("paracetamol-codeine", "regular", days=3)


def listed(*ids: str) -> tuple[DeclaredProduct, ...]:
    return tuple(DeclaredProduct(product) for product in ids)


def declared(
    product: str, strength: str, *, halves: bool | None = None, ml: str | None = None
) -> tuple[DeclaredProduct, ...]:
    measure = None if ml is None else Decimal(ml)
    return (DeclaredProduct(product, Decimal(strength), measure_ml=measure, halves=halves),)


WRONG: list[tuple[CourseRequest, Fault]] = [
    (
        replace(UNLISTED, products=None),
        ("/products", "missing", "declare an unlisted medicine's products"),
    ),
    (
        replace(PARACETAMOL, products=()),
        ("/products", "empty", "name at least one product, or leave products out"),
    ),
    (
        replace(PARACETAMOL, products=listed("paracetamol-tablet-500", "naproxen-tablet-250")),
        (
            "/products/1",
            "unknown-product",
            "the NZ formulary has no naproxen-tablet-250; it has " + NZ_PARACETAMOL,
        ),
    ),
    (
        replace(UNLISTED, products=listed("prednisolone-acme-tablet-5")),
        (
            "/products/0",
            "unknown-product",
            "the NZ formulary has no prednisolone-acme-tablet-5; declare it with its strength_mg",
        ),
    ),
    (
        replace(PARACETAMOL, products=listed("paracetamol-tablet-500", "paracetamol-tablet-500")),
        ("/products/1", "repeated", "paracetamol-tablet-500 is listed twice"),
    ),
    (
        replace(PARACETAMOL, products=declared("paracetamol-tablet-500", "250")),
        ("/products/0", "contradicts-formulary", "the formulary has strength_mg 500, not 250"),
    ),
    (
        replace(PARACETAMOL, products=declared("paracetamol-tablet-500", "500", halves=False)),
        ("/products/0", "contradicts-formulary", "the formulary has halves True, not False"),
    ),
    (
        replace(PARACETAMOL, products=declared("paracetamol-tablet-500", "500", ml="5")),
        ("/products/0", "contradicts-formulary", "the formulary has measure_ml None, not 5"),
    ),
    (
        replace(UNLISTED, products=declared("prednisone-tablet-5", "5")),
        (
            "/products/0",
            "bad-product-id",
            "a product id reads prednisolone-acme-<form>-<mg per unit>",
        ),
    ),
    (  # not a plain tablet of "Prednisolone EC", which might be halved
        replace(
            UNLISTED, name="Prednisolone EC", products=declared("prednisolone-ec-tablet-5", "5")
        ),
        (
            "/products/0",
            "bad-product-id",
            "a product id reads prednisolone-ec-<form>-<mg per unit>",
        ),
    ),
    (
        replace(PARACETAMOL, products=declared("naproxen-tablet-300", "300")),
        ("/products/0", "bad-product-id", "a product id reads paracetamol-<form>-<mg per unit>"),
    ),
    (
        replace(PARACETAMOL, products=declared("paracetamol-wafer-300", "300")),
        ("/products/0", "bad-product-id", "a product id reads paracetamol-<form>-<mg per unit>"),
    ),
    (
        replace(PARACETAMOL, products=declared("paracetamol-tablet-250", "300")),
        ("/products/0", "strength-disagrees", "the id and strength_mg give different strengths"),
    ),
    (
        replace(PARACETAMOL, products=declared("paracetamol-tablet-250-8", "250")),
        ("/products/0", "strength-disagrees", "the id and strength_mg give different strengths"),
    ),
    (
        replace(PARACETAMOL, products=declared("paracetamol-tablet-2.5.0", "250")),
        ("/products/0", "strength-disagrees", "the id and strength_mg give different strengths"),
    ),
    (
        replace(UNLISTED, products=declared("prednisolone-acme-mr-tablet-5", "5", halves=True)),
        ("/products/0", "never-halved", "a mr-tablet is never halved"),
    ),
    (
        replace(UNLISTED, products=declared("prednisolone-acme-liquid-5", "5", halves=True)),
        ("/products/0", "never-halved", "a liquid is never halved"),
    ),
    (
        replace(UNLISTED, products=declared("prednisolone-acme-tablet-5", "5", ml="1")),
        ("/products/0", "not-a-liquid", "measure_ml belongs to a liquid"),
    ),
]
ALLOWED = [
    replace(PARACETAMOL, products=declared("paracetamol-tablet-500", "500.0", halves=True)),
    replace(PARACETAMOL, products=declared("paracetamol-liquid-24", "24", ml="5")),
    replace(PARACETAMOL, products=declared("paracetamol-liquid-30", "30")),
    replace(PARACETAMOL, products=declared("paracetamol-tablet-1000", "1000", halves=True)),
    replace(PARACETAMOL, products=declared("paracetamol-tablet-1000", "1000", halves=False)),
    replace(PARACETAMOL, products=declared("paracetamol-mr-tablet-1000", "1000", halves=False)),
    replace(COMBINED, products=listed("paracetamol-codeine-tablet-500-8")),
    replace(COMBINED, products=declared("paracetamol-codeine-tablet-500-30", "500")),
]


def problems(formularies: Formularies, course: CourseRequest, country: str = "NZ") -> list[Problem]:
    """What is wrong with the second course of a request."""
    return course_problems(course, 1, MONDAY, formularies[country])


def products(formularies: Formularies, course: CourseRequest) -> tuple[Product, ...]:
    (resolved,) = resolve(asked(course), formularies["NZ"])
    return resolved.products


@pytest.mark.parametrize(("course", "fault"), WRONG)
def test_a_product_that_makes_no_sense_is_refused_at_the_fault(
    formularies: Formularies, course: CourseRequest, fault: Fault
) -> None:
    pointer, code, detail = fault

    assert problems(formularies, course) == [Problem(f"/courses/1{pointer}", code, detail)]


@pytest.mark.parametrize("course", ALLOWED)
def test_what_is_just_allowed_is_not_refused(
    formularies: Formularies, course: CourseRequest
) -> None:
    assert problems(formularies, course) == []


def test_every_wrong_product_is_told_with_all_that_is_wrong(formularies: Formularies) -> None:
    wrong = (
        *declared("paracetamol-tablet-500", "250", halves=False),
        *declared("paracetamol-mr-tablet-300", "200", halves=True, ml="1"),
        *listed("paracetamol-tablet-500"),
    )

    found = problems(formularies, replace(PARACETAMOL, products=wrong))

    assert [(p.pointer.removeprefix("/courses/1/products"), p.code) for p in found] == [
        ("/0", "contradicts-formulary"),
        ("/0", "contradicts-formulary"),
        ("/1", "strength-disagrees"),
        ("/1", "never-halved"),
        ("/1", "not-a-liquid"),
        ("/2", "repeated"),
    ]


def test_a_combination_must_be_of_one_proportion(formularies: Formularies) -> None:
    chosen = listed("paracetamol-codeine-tablet-500-8", "paracetamol-codeine-tablet-500-15")

    assert problems(formularies, replace(COMBINED, products=chosen), "GB") == [
        Problem(
            "/courses/1/products",
            "proportions-differ",
            "choose products of one proportion among paracetamol-codeine-tablet-500-8,"
            " paracetamol-codeine-tablet-500-15",
        )
    ]


def test_immediate_release_is_taken_where_none_is_named(formularies: Formularies) -> None:
    assert [p.id for p in products(formularies, PARACETAMOL)] == ["paracetamol-tablet-500"]


def test_a_medicine_without_immediate_release_is_taken_as_it_comes(
    formularies: Formularies,
) -> None:
    course = CourseRequest("orphenadrine", "standard", days=3)

    assert [p.id for p in products(formularies, course)] == ["orphenadrine-mr-tablet-100"]


def test_a_product_that_the_formulary_has_is_the_formulary_s(formularies: Formularies) -> None:
    course = replace(PARACETAMOL, products=declared("paracetamol-tablet-500", "500", halves=True))

    own = formularies["NZ"].medicines["paracetamol"].product_by_id["paracetamol-tablet-500"]
    assert products(formularies, course) == (own,)


@pytest.mark.parametrize(
    ("entry", "form", "halves", "measure"),
    [
        (declared("paracetamol-tablet-250", "250"), Form.TABLET, False, None),
        (declared("paracetamol-tablet-250", "250", halves=True), Form.TABLET, True, None),
        (declared("paracetamol-mr-tablet-250", "250"), Form.MR_TABLET, False, None),
        (declared("paracetamol-liquid-24", "24"), Form.LIQUID, False, Decimal(1)),
        (declared("paracetamol-liquid-24", "24", ml="2.5"), Form.LIQUID, False, Decimal("2.5")),
    ],
)
def test_a_declared_product_is_what_its_id_and_its_strength_say(
    formularies: Formularies,
    entry: tuple[DeclaredProduct, ...],
    form: Form,
    halves: bool,  # noqa: FBT001 - a parameter of the test's table
    measure: Decimal | None,
) -> None:
    (one,) = entry

    assert products(formularies, replace(PARACETAMOL, products=entry)) == (
        Product(
            id=one.id,
            medicine="paracetamol",
            form=form,
            strength_mg=one.strength_mg or Decimal(0),
            contains={"paracetamol": one.strength_mg or Decimal(0)},
            halves=halves,
            measure_ml=measure,
            citation=None,
            declared=True,
        ),
    )


def test_a_declared_combination_holds_each_ingredient_as_its_id_says(
    formularies: Formularies,
) -> None:
    course = replace(COMBINED, products=declared("paracetamol-codeine-tablet-500-30", "500"))

    (product,) = products(formularies, course)

    assert product.contains == {"paracetamol": Decimal(500), "codeine": Decimal(30)}
