"""How a dose goes up."""

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from medplan.clinical.tablets.kit import MOST_GRAINS
from medplan.clinical.titration.rises import Rise, levels, rises
from tests.clinical.making import kit, mg


@given(start=st.integers(1, 50), step=st.integers(1, 50), more=st.integers(0, 200))
def test_levels_rise_by_the_step_and_end_exactly_at_the_target(
    start: int, step: int, more: int
) -> None:
    daily = levels(Decimal(start), Decimal(step), Decimal(start + more), 10_000)

    assert daily[0] == start
    assert daily[-1] == start + more
    assert all(b - a == step for a, b in pairwise(daily[:-1]))
    assert all(0 < b - a <= step for a, b in pairwise(daily))


@given(slots=st.integers(1, 4), daily=st.lists(st.integers(1, 60), min_size=1, max_size=6))
def test_no_slot_falls_and_each_level_is_whole(slots: int, daily: list[int]) -> None:
    rising = sorted(set(daily))
    made = rises(kit("1", "5"), slots, mg(*rising))

    assert [sum(r.amounts or ()) for r in made] == rising
    for before, after in pairwise(made):
        pairs = zip(before.amounts or (), after.amounts or (), strict=True)
        assert all(a <= b for a, b in pairs)


def test_the_last_slot_to_give_way_is_the_first_to_get_a_dose() -> None:
    # noon, morning, evening
    assert rises(kit("300"), 3, mg(300, 600, 900)) == (
        Rise(Decimal(300), mg(0, 0, 300)),
        Rise(Decimal(600), mg(0, 300, 300)),
        Rise(Decimal(900), mg(300, 300, 300)),
    )


def test_a_level_that_no_tablets_make_ends_the_titration() -> None:
    assert rises(kit("10"), 1, mg(10, 15, 20)) == (
        Rise(Decimal(10), mg(10)),
        Rise(Decimal(15), None),
    )


def test_levels_are_never_more_than_may_be_planned() -> None:
    one, five = Decimal(1), Decimal(5)

    assert levels(one, one, Decimal(100), 3) == mg(1, 2, 3)
    assert levels(one, one, Decimal(3), 3) == mg(1, 2, 3)
    assert levels(five, one, five, 1) == mg(5)


def test_the_largest_dose_that_is_looked_into_can_still_be_made() -> None:
    tablets = kit("1")

    assert rises(tablets, 1, mg(MOST_GRAINS, MOST_GRAINS + 1)) == (
        Rise(Decimal(MOST_GRAINS), mg(MOST_GRAINS)),
        Rise(Decimal(MOST_GRAINS + 1), None),
    )
