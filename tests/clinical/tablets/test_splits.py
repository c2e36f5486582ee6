"""How a daily dose is spread over the day."""

from collections.abc import Sequence
from itertools import product as every

from hypothesis import given
from hypothesis import strategies as st

from medplan.clinical.tablets.splits import most_even, totals

AMOUNTS = st.sets(st.integers(0, 14), min_size=1, max_size=8)
OPTIONS = st.lists(AMOUNTS, min_size=1, max_size=4)


def bit_set(amounts: set[int]) -> int:
    return sum(1 << a for a in amounts)


def brute_force(total: int, options: Sequence[set[int]]) -> tuple[int, ...] | None:
    """The most even split by trying all of them, earlier slots having less."""
    fitting = [s for s in every(*options) if sum(s) == total]
    return min(fitting, key=lambda s: (sorted(s, reverse=True), s), default=None)


@given(options=OPTIONS, total=st.integers(0, 56))
def test_the_split_is_the_most_even_of_all(options: list[set[int]], total: int) -> None:
    split = most_even(total, [bit_set(o) for o in options])

    assert split == brute_force(total, options)


@given(options=OPTIONS)
def test_totals_are_the_sums_of_one_amount_from_each_slot(options: list[set[int]]) -> None:
    sums = totals([bit_set(o) for o in options])

    assert {n for n in range(64) if sums >> n & 1} == {sum(s) for s in every(*options)}
