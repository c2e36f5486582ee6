"""At what time of day doses are taken."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
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
