"""The days that tell show the same worst hours and gaps as all days together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from medplan.clinical.safety.telling_days import telling_days, those_in
from medplan.clinical.safety.timeline import Event, busiest
from medplan.clinical.times.zone_clock import ZoneClock
from medplan.formulary.model import Release
from medplan.units import MINUTES_PER_DAY, Days

ZONES = [
    "Pacific/Auckland",
    "Europe/London",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Antarctica/Troll",
    "Pacific/Apia",
    "UTC",
]
NEAR_A_CHANGE = [date(2026, 9, 25), date(2026, 10, 22), date(2027, 3, 26), date(2011, 12, 28)]
WALL_OF_ORDINAL = date(1970, 1, 1).toordinal() * MINUTES_PER_DAY


@dataclass(frozen=True)
class Held:
    """Doses at some minutes of every day of a run."""

    days: Days
    doses: tuple[tuple[int, Decimal], ...]


@st.composite
def helds(draw: st.DrawFn) -> list[Held]:
    """Some runs of days with doses, adjoining, apart or side by side."""
    start = draw(st.sampled_from(NEAR_A_CHANGE))
    doses = st.lists(
        st.tuples(st.integers(0, MINUTES_PER_DAY - 1), st.sampled_from(["1", "2.5", "4"])),
        min_size=1,
        max_size=4,
        unique_by=lambda dose: dose[0],
    )
    return [
        Held(
            Days.lasting(start + timedelta(draw(st.integers(-15, 10))), draw(st.integers(1, 15))),
            tuple((minute, Decimal(mg)) for minute, mg in draw(doses)),
        )
        for _ in range(draw(st.integers(1, 4)))
    ]


def taken_on(told: Sequence[int], held: Iterable[Held], clock: ZoneClock) -> list[Event]:
    """The doses of some days in the order of time."""
    events = [
        Event(
            clock.instant(day, minute),
            day * MINUTES_PER_DAY + minute - WALL_OF_ORDINAL,
            mg,
            number,
            Release.IMMEDIATE,
        )
        for number, one in enumerate(held)
        for day in those_in(one.days, told)
        for minute, mg in one.doses
    ]
    return sorted(events, key=lambda e: (e.instant, e.draft))


def closest(events: Sequence[Event]) -> list[tuple[Event, Event]]:
    """Of every gap shorter than a day the first two doses that it lies between."""
    first: dict[int, tuple[Event, Event]] = {}
    for earlier, later in pairwise(events):
        if earlier.minutes_to(later) < MINUTES_PER_DAY:
            first.setdefault(earlier.minutes_to(later), (earlier, later))
    return list(first.values())


@given(held=helds(), zone=st.sampled_from(ZONES))
def test_no_window_and_no_gap_is_worse_on_a_day_left_out(held: list[Held], zone: str) -> None:
    clock = ZoneClock(zone)
    first = min(one.days.first for one in held).toordinal()
    last = max(one.days.last for one in held).toordinal()
    told = telling_days([one.days for one in held], clock.changes(first, last))

    every = taken_on(range(first, last + 1), held, clock)
    telling = taken_on(told, held, clock)

    assert busiest(telling) == busiest(every)
    assert closest(telling) == closest(every)


def test_of_days_alike_the_first_two_and_the_last_tell() -> None:
    fortnight = Days(date(2026, 11, 1), date(2026, 11, 14))
    first = fortnight.first.toordinal()

    assert telling_days([fortnight], ()) == [first, first + 1, first + 13]


def test_a_day_on_which_clocks_change_tells_and_so_do_its_neighbours() -> None:
    fortnight = Days(date(2026, 11, 1), date(2026, 11, 14))
    first = fortnight.first.toordinal()

    told = telling_days([fortnight], [first + 6])

    assert told == [first + n for n in (0, 1, 5, 6, 7, 8, 13)]


def test_a_step_tells_where_another_course_begins() -> None:
    long = Days(date(2026, 11, 1), date(2026, 11, 14))
    short = Days(date(2026, 11, 7), date(2026, 11, 8))

    told = telling_days([long, short], ())

    assert [date.fromordinal(day).day for day in told] == [1, 2, 6, 7, 8, 9, 10, 14]
    assert [date.fromordinal(day).day for day in those_in(short, told)] == [7, 8]
