"""Series hold exactly the plan's doses, and no more of them than the plan has changes."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as st

from medplan.ical.calendar import Group
from medplan.ical.options import CalendarOptions
from medplan.ical.series import Series, dose_series, pieces
from medplan.ical.zone import Clock
from medplan.model.plan import Course, Plan
from medplan.units import Days, format_clock
from tests.ical.expected import ZONES
from tests.ical.invented import OPTIONS, START, course, dose, plan, step

MEDICINES = ("naproxen", "omeprazole", "paracetamol")
MINUTES = (0, 120, 150, 480, 840, 1200, 1435)


@st.composite
def courses(draw: st.DrawFn) -> Course:
    """A course of one to four steps, each with some of seven clock times."""
    medicine = draw(st.sampled_from(MEDICINES))
    first = START + timedelta(draw(st.integers(0, 300)))
    steps = []
    for _ in range(draw(st.integers(1, 4))):
        days = Days.lasting(first, draw(st.integers(1, 90)))
        minutes = sorted(draw(st.sets(st.sampled_from(MINUTES))))
        mg = draw(st.sampled_from(("10", "20")))
        doses = (dose(format_clock(m), mg, f"{medicine}-tablet-10", "1") for m in minutes)
        steps.append(step(days, *doses))
        first = days.last + timedelta(1)
    return course(medicine, *steps)


plans = st.lists(courses(), min_size=1, max_size=4).map(lambda made: plan(*made))
choices = st.sampled_from(Group).map(
    lambda group: CalendarOptions(
        plan_key="series", revision=1, stamped_at=OPTIONS.stamped_at, group=group
    )
)


def doses_of(made: Plan) -> Counter[tuple[date, int, str, str]]:
    """Every dose of a plan by day, time, medicine and amount."""
    return Counter(
        (day, d.minute or 0, c.medicine, str(d.mg))
        for c in made.courses
        for s in c.steps
        for day in s.days
        for d in s.doses
    )


@given(plans, choices)
def test_the_series_are_the_doses_of_the_plan(made: Plan, options: CalendarOptions) -> None:
    found = Counter(
        (day, one.minute, due.medicine, str(due.dose.mg))
        for one in dose_series(made, options)
        for day in one.days
        for due in one.due
    )

    assert found == doses_of(made)


@given(plans, choices)
def test_a_series_ends_only_where_what_is_due_then_changes(
    made: Plan, options: CalendarOptions
) -> None:
    by_time: dict[tuple[str, int], list[Series]] = {}
    for one in dose_series(made, options):
        by_time.setdefault((one.owner, one.minute), []).append(one)

    for same_time in by_time.values():
        for before, after in pairwise(same_time):
            gap = after.days.first - before.days.last
            assert gap > timedelta(1) or (gap == timedelta(1) and before.due != after.due)


@given(plans)
def test_a_counted_place_is_true_on_every_day_of_the_series(made: Plan) -> None:
    series = dose_series(made, OPTIONS)

    for one in (s for s in series if s.place is not None):
        for day in one.days:
            today = sorted(s.minute for s in series if day in s.days)
            assert one.place == (today.index(one.minute) + 1, len(today))


@given(plans, st.sampled_from(ZONES), st.integers(0, 500), st.integers(0, 200))
def test_pieces_are_the_days_of_the_series_inside_the_window(
    made: Plan, zone: str, offset: int, length: int
) -> None:
    window = Days.lasting(START + timedelta(offset), length + 1)

    for one, in_utc in product(dose_series(made, OPTIONS), (True, False)):
        clock = Clock.over(zone, one.days)
        cut, whole = (list(pieces(one, clock, w, in_utc=in_utc)) for w in (window, None))
        assert [d for piece in cut for d in piece.days] == [d for d in one.days if d in window]
        assert {piece.begins for piece in cut} <= {piece.begins for piece in whole}


@given(plans, st.sampled_from(ZONES))
def test_a_piece_in_utc_comes_at_one_time_of_utcs_day(made: Plan, zone: str) -> None:
    for one in dose_series(made, OPTIONS):
        clock = Clock.over(zone, one.days)
        for piece in pieces(one, clock, None, in_utc=True):
            first = clock.instant(piece.days.first, one.minute)
            instants = [clock.instant(day, one.minute) for day in piece.days]
            assert instants == [first + timedelta(n) for n in range(len(piece.days))]
