"""Which tablets make up a dose."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import product as every

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medplan.clinical.tablets.kit import MOST_GRAINS, Kit
from medplan.formulary.model import Form
from medplan.model.plan import ProductUnits
from tests.clinical.making import kit, product

STRENGTHS = st.lists(st.sampled_from([1, 2, 3, 5, 7, 10, 15]), min_size=1, max_size=3, unique=True)


def brute_force(strengths: Sequence[int], dose: int) -> tuple[tuple[int, int], ...] | None:
    """The best tablets by trying every count: (strength, units) from the largest strength down."""
    ordered = sorted(strengths, reverse=True)
    best: tuple[int, int, tuple[int, ...]] | None = None
    for counts in _all_counts(ordered, dose):
        # Of equal choices the one with more of the larger strengths.
        rank = (sum(counts), sum(1 for c in counts if c), tuple(-c for c in counts))
        if best is None or rank < best:
            best = rank
    if best is None:
        return None
    return tuple((s, -c) for s, c in zip(ordered, best[2], strict=True) if c)


def _all_counts(ordered: Sequence[int], dose: int) -> Iterator[tuple[int, ...]]:
    for counts in every(*(range(dose // s + 1) for s in ordered)):
        if sum(c * s for c, s in zip(counts, ordered, strict=True)) == dose:
            yield counts


@given(strengths=STRENGTHS, dose=st.integers(1, 40))
def test_the_choice_is_the_best_of_all_that_make_the_dose(strengths: list[int], dose: int) -> None:
    made = kit(*map(str, strengths)).make(Decimal(dose))

    expected = brute_force(strengths, dose)
    if expected is None:
        assert made is None
    else:
        wanted = tuple(ProductUnits(f"x-tablet-{s}", Decimal(n)) for s, n in expected)
        assert made == wanted


@given(strengths=STRENGTHS, most=st.integers(0, 60))
def test_makeable_lists_exactly_the_doses_that_make_can_make(
    strengths: list[int], most: int
) -> None:
    tablets = kit(*map(str, strengths))
    grains = {n for n in range(1, most + 1) if tablets.makeable(most) >> n & 1}

    assert {tablets.mg(n) for n in grains} == {
        d for d in (tablets.mg(n) for n in range(1, most + 1)) if tablets.make(d) is not None
    }


@given(strengths=STRENGTHS, dose=st.integers(1, 200))
def test_units_times_strength_is_the_dose_exactly(strengths: list[int], dose: int) -> None:
    tablets = [product(str(s), halves=True) for s in strengths]
    strength_of = {p.id: p.strength_mg for p in tablets}
    asked = Decimal(dose) / 2

    made = Kit(tablets, halves=True).make(asked)

    if made is not None:
        assert sum(strength_of[part.product] * part.units for part in made) == asked
        assert all(part.units % Decimal("0.5") == 0 and part.units > 0 for part in made)


def test_a_tablet_is_halved_only_when_product_and_request_allow_it() -> None:
    scored, plain = product("2", halves=True), product("2")

    assert Kit([scored], halves=True).make(Decimal(7)) == (
        ProductUnits("x-tablet-2", Decimal("3.5")),
    )
    assert Kit([scored], halves=False).make(Decimal(7)) is None
    assert Kit([plain], halves=True).make(Decimal(7)) is None


def test_a_liquid_is_measured_in_whole_measures() -> None:
    liquid = product("2", Form.LIQUID, ml="0.5")

    assert Kit([liquid], halves=False).make(Decimal(3)) == (
        ProductUnits("x-liquid-2", Decimal("1.5")),
    )
    assert Kit([liquid], halves=False).make(Decimal("0.5")) is None


def test_one_dose_never_mixes_modified_and_immediate_release() -> None:
    mixed = Kit([product("15", Form.MR_TABLET), product("10")], halves=False)

    assert mixed.make(Decimal(25)) is None
    assert mixed.make(Decimal(30)) == (ProductUnits("x-mr-tablet-15", Decimal(2)),)
    assert mixed.make(Decimal(20)) == (ProductUnits("x-tablet-10", Decimal(2)),)


@pytest.mark.parametrize(
    ("dose", "tablets"),
    [
        (800, [("400", 2)]),
        (700, [("400", 1), ("300", 1)]),
        (600, [("300", 2)]),
        (500, [("400", 1), ("100", 1)]),
        (300, [("300", 1)]),
    ],
)
def test_gabapentin_capsules_are_as_few_as_can_be(
    dose: int, tablets: list[tuple[str, int]]
) -> None:
    made = kit("100", "300", "400").make(Decimal(dose))

    assert made == tuple(ProductUnits(f"x-tablet-{s}", Decimal(n)) for s, n in tablets)


def test_a_dose_that_needs_endless_tablets_is_refused_quickly() -> None:
    assert kit("0.0001").make(Decimal(99999)) is None
    assert kit("10").make(Decimal(0)) is None
    assert kit("1").make(Decimal(MOST_GRAINS)) == (
        ProductUnits("x-tablet-1", Decimal(MOST_GRAINS)),
    )
    assert kit("1").make(Decimal(MOST_GRAINS + 1)) is None
