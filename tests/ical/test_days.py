"""Whole days: what is on them, and how few events they take."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from medplan.formulary.model import CheckLevel, CheckTime
from medplan.ical.calendar import Detail
from medplan.ical.days import DaySeries, day_series
from medplan.model.plan import Check, ChecklistItem, Decision, EndsIn, Plan, Review
from medplan.units import Days
from medplan.wording.notes import renewal_sentence
from medplan.wording.titles import DayKind
from tests.ical.invented import OPTIONS, START, formulary, plan, regular, titration

FULL = replace(OPTIONS, detail=Detail.FULL)
ITEM = ChecklistItem("Is your belly sore?", CheckLevel.SERIOUS, "See a doctor today.")


def day(number: int) -> date:
    """Day 1 is the plan's first."""
    return START + timedelta(number - 1)


def check(number: int, medicine: str, when: CheckTime = CheckTime.DURING) -> Check:
    """A check of one item."""
    return Check(day(number), medicine, when, (ITEM,))


def with_checks(*numbers: int) -> Plan:
    """A long course of naproxen with checks on those days."""
    made = plan(regular("naproxen", "250", ["08:00"], 100))
    return replace(made, checks=tuple(check(n, "naproxen") for n in numbers))


def rows(made: Plan, kind: DayKind, detail: Detail = Detail.FULL) -> list[DaySeries]:
    """The whole days of one kind."""
    options = replace(OPTIONS, detail=detail)
    return [s for s in day_series(made, formulary(), options) if s.kind is kind]


def days_of(series: DaySeries) -> list[date]:
    """Every day of a series."""
    days = [series.first + timedelta(series.every * n) for n in range(series.count)]
    assert set(series.without) <= set(days[1:-1])
    return [day for day in days if day not in series.without]


def test_weekly_checks_are_one_series() -> None:
    (series,) = rows(with_checks(7, 14, 21, 28), DayKind.CHECK)

    assert (series.first, series.every, series.count, series.without) == (day(7), 7, 4, ())


def test_uneven_checks_are_one_series_with_exceptions_and_far_ones_are_several() -> None:
    (near,) = rows(with_checks(2, 4, 8, 10), DayKind.CHECK)
    far = rows(with_checks(1, 2, 99, 100), DayKind.CHECK)

    assert (near.first, near.every, near.count, near.without) == (day(2), 2, 5, (day(6),))
    assert [(s.first, s.every, s.count, s.without) for s in far] == [
        (day(1), 1, 2, ()),
        (day(99), 1, 2, ()),
    ]


@given(st.sets(st.integers(1, 100), max_size=30))
def test_series_are_exactly_the_days_each_once(numbers: set[int]) -> None:
    series = rows(with_checks(*sorted(numbers)), DayKind.CHECK)

    assert sorted(d for s in series for d in days_of(s)) == [day(n) for n in sorted(numbers)]
    assert len({s.begins for s in series}) == len(series)


@given(st.sets(st.integers(1, 100), max_size=30), st.integers(1, 90), st.integers(1, 60))
def test_a_window_shows_its_own_days_of_the_same_series(
    numbers: set[int], first: int, length: int
) -> None:
    made, window = with_checks(*sorted(numbers)), Days.lasting(day(first), length)
    whole = day_series(made, formulary(), OPTIONS)

    cut = day_series(made, formulary(), replace(OPTIONS, window=window))

    inside = sorted((s.kind, d) for s in whole for d in days_of(s) if d in window)
    assert sorted((s.kind, d) for s in cut for d in days_of(s)) == inside
    assert {(s.kind, s.begins) for s in cut} <= {(s.kind, s.begins) for s in whole}


def test_a_check_after_a_step_up_waits_until_somebody_agreed() -> None:
    after = replace(
        plan(titration("10", "20", "30")),
        checks=(
            check(2, "amitriptyline", CheckTime.EARLY),
            check(10, "amitriptyline", CheckTime.AFTER_STEP),
            check(17, "amitriptyline", CheckTime.AFTER_STEP),
        ),
    )
    agreed = replace(FULL, decided={"amitriptyline": 1})
    ahead = replace(FULL, advance=True)

    found = {
        name: [
            d
            for s in day_series(after, formulary(), o)
            if s.kind is DayKind.CHECK
            for d in days_of(s)
        ]
        for name, o in {"none": FULL, "one": agreed, "ahead": ahead}.items()
    }

    assert found == {
        "none": [day(2)],
        "one": [day(2), day(10)],
        "ahead": [day(2), day(10), day(17)],
    }


def test_a_decision_day_says_the_choices_and_what_holds_until_then() -> None:
    made = replace(
        plan(titration("10", "20")),
        decisions=(Decision(day(8), "amitriptyline", ("increase", "stay"), "prescriber"),),
    )

    (series,) = rows(made, DayKind.DECISION)

    assert series.first == day(8)
    (said,) = series.sentences
    assert said == (
        "Amitriptyline: go up (only if it helps too little and you tolerate it) or stay at this "
        "dose? Your prescriber decides this with you. Until then keep to the dose you have."
    )


def test_the_last_dated_day_of_a_medicine_that_goes_on_is_part_of_its_review() -> None:
    onward = replace(regular("naproxen", "250", ["08:00"], 7), ends_in=EndsIn.REVIEW)
    reviewed = replace(plan(onward), reviews=(Review(day(7), ("naproxen",), "Does it help?"),))

    (review,) = rows(reviewed, DayKind.REVIEW)

    assert rows(reviewed, DayKind.RENEWAL) == []
    assert review.sentences == (
        "Does it help?",
        renewal_sentence("Naproxen"),
    )
    assert [s.first for s in rows(plan(onward), DayKind.RENEWAL)] == [day(7)]


def test_discreet_days_hold_no_names_and_no_sentences() -> None:
    made = replace(with_checks(3), reviews=(Review(day(7), ("naproxen",), "Does it help?"),))

    series = day_series(made, formulary(), OPTIONS)

    assert [(s.kind, s.names, s.sentences) for s in series] == [
        (DayKind.START, (), ()),
        (DayKind.CHECK, (), ()),
        (DayKind.REVIEW, (), ()),
    ]


def test_a_review_of_no_medicine_in_particular_is_of_the_whole_plan() -> None:
    made = replace(
        plan(regular("naproxen", "250", ["08:00"], 7)),
        reviews=(Review(day(7), (), "Six weeks on."),),
    )

    (series,) = rows(made, DayKind.REVIEW)

    assert series.sentences == ("Review of the whole plan: Six weeks on.",)
