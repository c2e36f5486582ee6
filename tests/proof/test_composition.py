"""Products are the formulary's, or declared and at one with their own name."""

from dataclasses import replace
from decimal import Decimal

import pytest

from medplan.model.plan import PlanProduct, ProofRow
from medplan.proof.prove import prove
from tests.proof.formulary import FORMULARY, MONDAY
from tests.proof.plans import course, dose, failing, plan_of, step


def declared(
    product_id: str,
    *contains: tuple[str, str],
    medicine: str = "morphine",
    halves: bool = False,
    measure_ml: str | None = None,
) -> PlanProduct:
    return PlanProduct(
        product_id,
        medicine,
        tuple((ingredient, Decimal(mg)) for ingredient, mg in contains),
        halves,
        None if measure_ml is None else Decimal(measure_ml),
        declared=True,
    )


SOUND = [
    declared("morphine-mr-tablet-30", ("morphine", "30")),
    declared("morphine-tablet-7.5", ("morphine", "7.5"), halves=True),
    declared("morphine-mr-tablet-15", ("morphine", "15.0")),
    declared("morphine-liquid-10", ("morphine", "10"), measure_ml="0.5"),
    declared(
        "paracetamol-codeine-tablet-500-15",
        ("paracetamol", "500"),
        ("codeine", "15"),
        medicine="paracetamol-codeine",
        halves=True,
    ),
    declared("baclofen-tablet-10", ("baclofen", "10"), medicine="unlisted"),
]
UNSOUND = [
    declared("morphine-mr-tablet-30", ("morphine", "15")),
    declared("morphine-mr-tablet-30", ("morphine", "30"), halves=True),
    declared("morphine-capsule-30", ("morphine", "30"), halves=True),
    declared("morphine-mr-tablet-15", ("morphine", "30")),
    declared("morphine-liquid-2", ("morphine", "2"), measure_ml="0.5"),
    declared("morphine-mr-tablet-15", ("codeine", "15")),
    declared("morphine-lozenge-15", ("morphine", "15")),
    declared("morphine-tablet-1.2.3", ("morphine", "1.2")),
    declared("paracetamol-codeine-tablet-500-15", ("paracetamol", "500")),
    replace(declared("morphine-mr-tablet-30", ("morphine", "30")), declared=False),
]


@pytest.mark.parametrize("product", SOUND, ids=lambda p: p.id)
def test_a_declared_product_that_contradicts_nothing_is_accepted(product: PlanProduct) -> None:
    assert failing(plan_of(products=(product,))) == set()


@pytest.mark.parametrize("product", UNSOUND, ids=lambda p: p.id)
def test_a_product_that_contradicts_its_name_or_the_formulary_fails(product: PlanProduct) -> None:
    assert failing(plan_of(products=(product,))) == {("known_product", product.id)}


def test_a_dose_may_mix_strengths_and_count_halves_and_measures() -> None:
    mixed = (
        dose("08:00", "1250", ("paracetamol-tablet-500", "2.5")),
        dose("20:00", "625", ("paracetamol-tablet-500", "1"), ("paracetamol-liquid-50", "2.5")),
    )

    assert failing(plan_of(course("paracetamol", "steps", step(MONDAY, 1, *mixed)))) == {
        ("max_single_mg", "paracetamol")
    }


def test_units_of_another_ingredient_make_nothing_of_the_first() -> None:
    product = declared("morphine-mr-tablet-15", ("codeine", "15"))
    held = step(MONDAY, 1, dose("08:00", "15", ("morphine-mr-tablet-15", "1")))
    plan = plan_of(course("morphine", "steps", held), products=(product,))

    rows = [r for r in prove(plan, FORMULARY) if r.invariant == "units_make_mg"]

    at = "2026-11-23T08:00"
    assert rows == [ProofRow("units_make_mg", "morphine", "15", "0", at, holds=False)]


def test_no_units_make_no_dose() -> None:
    nothing = dose("08:00", "0", ("paracetamol-tablet-500", "0"))

    assert failing(plan_of(course("paracetamol", "steps", step(MONDAY, 1, nothing)))) == {
        ("units_make_mg", "paracetamol"),
        ("whole_units", "paracetamol"),
    }


def test_an_unlisted_medicine_needs_a_name() -> None:
    held = step(MONDAY, 1, dose("08:00", "10", ("baclofen-tablet-10", "1")))
    plan = plan_of(course("unlisted", "steps", held), products=(SOUND[-1],))

    assert failing(plan) == {("known_medicine", "unlisted")}


@pytest.mark.parametrize("modified", ["morphine-mr-tablet-15", "morphine-mr-capsule-15"])
def test_a_dose_is_of_one_release(modified: str) -> None:
    products = (
        *plan_of().products,
        declared("morphine-mr-capsule-15", ("morphine", "15")),
        declared("morphine-capsule-15", ("morphine", "15")),
    )

    def outcome(*names: str) -> set[tuple[str, str]]:
        taken = dose("08:00", str(15 * len(names)), *((name, "1") for name in names))
        return failing(
            plan_of(course("morphine", "steps", step(MONDAY, 1, taken)), products=products)
        )

    assert outcome(modified, "morphine-capsule-15") == {("one_release", "morphine")}
    assert outcome(modified, "morphine-mr-tablet-15") == set()
