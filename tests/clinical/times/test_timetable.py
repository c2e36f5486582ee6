"""At what time of day doses are taken."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medplan.clinical.times.timetable import even_times, moved_apart, slot_times
from medplan.formulary.model import Anchor, Citation, Evidence, Timing
from medplan.model.request import Routine
from medplan.units import MINUTES_PER_DAY, Slot, format_clock

MORNING, NOON, EVENING, BEDTIME = Slot
CITED = Citation("project-decision#test", Evidence.DECISION)


def clocks(
    slots: list[Slot],
    gap: str | None = None,
    routine: Routine | None = None,
    *,
    eight_hourly: bool = False,
    timing: Timing | None = None,
) -> list[str]:
    times = slot_times(
        slots,
        routine=routine or Routine(),
        least_gap_hours=None if gap is None else Decimal(gap),
        eight_hourly=eight_hourly,
        timing=timing,
    )
    return [format_clock(m) for m in times.values()]


@pytest.mark.parametrize(
    ("slots", "gap", "expected"),
    [
        ([MORNING, EVENING], "12", ["08:00", "20:00"]),
        ([MORNING, NOON, EVENING], "4", ["08:00", "14:00", "20:00"]),
        ([MORNING, NOON, EVENING], "8", ["07:00", "15:00", "23:00"]),
        ([MORNING, NOON, EVENING, BEDTIME], "4", ["07:00", "12:00", "17:00", "22:00"]),
        ([MORNING, NOON, EVENING, BEDTIME], "6", ["05:00", "11:00", "17:00", "23:00"]),
        ([BEDTIME], None, ["22:00"]),
    ],
)
def test_standard_times_widen_with_the_least_gap(
    slots: list[Slot], gap: str | None, expected: list[str]
) -> None:
    assert clocks(slots, gap) == expected


def test_eight_hourly_doses_have_their_own_times() -> None:
    assert clocks([MORNING, NOON, EVENING], eight_hourly=True) == ["07:00", "15:00", "23:00"]


def test_a_routine_is_kept_where_the_gap_allows_it() -> None:
    routine = Routine(morning=480, noon=780, evening=1200, bedtime=1320)

    assert clocks([MORNING, EVENING], "12", routine) == ["08:00", "20:00"]
    assert clocks([MORNING, NOON, EVENING], "4", routine) == ["08:00", "13:00", "20:00"]


def test_a_routine_that_is_too_close_moves_as_little_as_it_must() -> None:
    routine = Routine(morning=480, noon=780, evening=1200, bedtime=1320)

    assert clocks([MORNING, NOON, EVENING, BEDTIME], "4", routine) == [
        "08:00",
        "13:00",
        "18:00",
        "22:00",
    ]
    assert clocks([MORNING, EVENING], "12", Routine(morning=420)) == ["07:00", "19:00"]


def test_anchored_doses_are_counted_from_breakfast_and_bedtime() -> None:
    breakfast = Timing(Anchor.BREAKFAST, 30, CITED)
    bedtime = Timing(Anchor.BEDTIME, 90, CITED)

    assert clocks([MORNING], timing=breakfast) == ["07:30"]
    assert clocks([MORNING], routine=Routine(breakfast=400), timing=breakfast) == ["06:10"]
    assert clocks([BEDTIME], timing=bedtime) == ["20:30"]
    assert clocks([BEDTIME], routine=Routine(bedtime=1380), timing=bedtime) == ["21:30"]


TIMES = st.lists(st.integers(0, 23 * 60), min_size=2, max_size=4, unique=True).map(sorted)


@given(times=TIMES, gap=st.integers(0, 8 * 60))
def test_moved_doses_keep_their_order_and_the_gap_round_the_clock(
    times: list[int], gap: int
) -> None:
    moved = moved_apart(times, gap)

    around = [*moved, moved[0] + MINUTES_PER_DAY]
    least = gap if gap * len(times) <= MINUTES_PER_DAY else 0
    assert all(later - earlier >= least for earlier, later in pairwise(around))
    assert all(0 <= m < MINUTES_PER_DAY for m in moved)


@given(count=st.integers(1, 24), gap=st.sampled_from(["4", "6", "8", None]))
def test_doses_without_slots_are_spread_over_the_day(count: int, gap: str | None) -> None:
    times = even_times(count, None if gap is None else Decimal(gap))

    assert len(times) == count
    assert list(times) == sorted(set(times))
    assert all(0 <= m < MINUTES_PER_DAY for m in times)


def test_slots_of_their_own_have_the_times_of_the_day_that_they_are_called_after() -> None:
    assert clocks([MORNING]) == ["08:00"]
    assert clocks([NOON]) == ["13:00"]
    assert clocks([EVENING]) == ["20:00"]
    assert clocks([NOON, EVENING]) == ["13:00", "20:00"]
    assert clocks([MORNING, BEDTIME]) == ["08:00", "22:00"]
    # Close to bedtime an evening is early.
    assert clocks([EVENING, BEDTIME]) == ["18:00", "22:00"]
    assert clocks([MORNING, EVENING, BEDTIME]) == ["08:00", "18:00", "22:00"]
    assert clocks([MORNING, NOON, BEDTIME], eight_hourly=True) == ["08:00", "13:00", "22:00"]


def test_slots_come_in_the_order_of_the_day_however_they_are_asked_for() -> None:
    times = slot_times(
        [BEDTIME, MORNING],
        routine=Routine(bedtime=1350),
        least_gap_hours=None,
        eight_hourly=False,
        timing=None,
    )

    assert list(times.items()) == [(MORNING, 480), (BEDTIME, 1350)]


def test_an_anchor_moves_only_the_slot_that_it_is_about() -> None:
    breakfast, bedtime = Timing(Anchor.BREAKFAST, 30, CITED), Timing(Anchor.BEDTIME, 90, CITED)

    assert clocks([MORNING, EVENING], timing=breakfast) == ["07:30", "20:00"]
    assert clocks([MORNING, EVENING], timing=bedtime) == ["08:00", "20:00"]
    assert clocks([MORNING], routine=Routine(morning=540), timing=breakfast) == ["08:30"]
    assert clocks([MORNING], routine=Routine(morning=540, breakfast=480), timing=breakfast) == [
        "07:30"
    ]


@pytest.mark.parametrize(
    ("count", "gap", "expected"),
    [
        (1, None, ["08:00"]),
        (1, "24", ["08:00"]),
        (2, None, ["06:00", "22:00"]),
        (2, "8", ["06:00", "22:00"]),
        (2, "8.5", ["03:00", "15:00"]),
        (5, "4", ["06:00", "10:00", "14:00", "18:00", "22:00"]),
        (5, "4.5", ["03:00", "07:48", "12:36", "17:24", "22:12"]),
        (6, "3", ["06:00", "09:12", "12:24", "15:36", "18:48", "22:00"]),
        (6, "4", ["03:00", "07:00", "11:00", "15:00", "19:00", "23:00"]),
        (8, "3", [f"{hour:02}:00" for hour in range(0, 24, 3)]),
    ],
)
def test_doses_without_slots_are_taken_by_day_where_the_gap_allows_it(
    count: int, gap: str | None, expected: list[str]
) -> None:
    times = even_times(count, None if gap is None else Decimal(gap))

    assert [format_clock(time) for time in times] == expected


def cost(times: Sequence[int], wished: Sequence[int]) -> int:
    return sum(abs(time - wish) for time, wish in zip(times, wished, strict=True))


@settings(max_examples=40)
@given(
    hours=st.lists(st.integers(0, 23), min_size=2, max_size=3, unique=True).map(sorted),
    gap=st.integers(0, 12),
)
def test_doses_move_no_further_than_they_must(hours: list[int], gap: int) -> None:
    count = len(hours)
    if gap * count > 24:
        spread = even_times(count, None)
        assert moved_apart([h * 60 for h in hours], gap * 60) == spread
        return
    least = min(
        (cost(placed, hours), placed)
        for placed in combinations(range(-6, 31), count)
        if all(b - a >= gap for a, b in pairwise((*placed, placed[0] + 24)))
    )

    moved = moved_apart([h * 60 for h in hours], gap * 60)
    within = [time // 60 for time in moved]
    assert all(b - a >= gap for a, b in pairwise((*within, within[0] + 24)))
    if least[1][0] >= 0 and least[1][-1] <= max(23, hours[-1]):
        assert (cost(within, hours), tuple(within)) == least
