"""A sample of mutants says honestly how much it knows of them all."""

import pytest

from tests.mutants.share import Interval, drawn, wilson

NAMES = [f"mutant {number}" for number in range(1000)]


def test_the_same_seed_draws_the_same_mutants_in_whatever_order_they_come() -> None:
    assert drawn(NAMES, 40, 7) == drawn(NAMES[::-1], 40, 7)


def test_another_seed_draws_other_mutants() -> None:
    assert drawn(NAMES, 40, 7) != drawn(NAMES, 40, 8)


def test_no_mutant_is_drawn_twice() -> None:
    assert len(set(drawn(NAMES, 400, 1))) == 400


def test_what_was_tried_before_a_run_was_stopped_is_a_sample_too() -> None:
    assert drawn(NAMES, 40, 1) == drawn(NAMES, 400, 1)[:40]


def test_a_sample_of_more_than_all_is_all() -> None:
    assert sorted(drawn(NAMES, 1001, 1)) == sorted(NAMES)


@pytest.mark.parametrize(
    ("hits", "tried", "interval"),
    [
        # Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3.
        (81, 263, Interval(0.3080, 0.2553, 0.3662)),
        (15, 148, Interval(0.1014, 0.0624, 0.1605)),
        (0, 20, Interval(0.0, 0.0, 0.1611)),
        (1, 29, Interval(0.0345, 0.0061, 0.1718)),
    ],
)
def test_the_interval_is_the_published_one(hits: int, tried: int, interval: Interval) -> None:
    found = wilson(hits, tried)

    assert found.share == pytest.approx(interval.share, abs=5e-5)
    assert found.low == pytest.approx(interval.low, abs=5e-5)
    assert found.high == pytest.approx(interval.high, abs=5e-5)


def test_nothing_tried_has_no_share() -> None:
    with pytest.raises(ValueError, match="at least one try"):
        wilson(0, 0)
