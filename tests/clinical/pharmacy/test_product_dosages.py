"""Units by day agree with the plan counted one dose at a time, and changes with both days."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medplan.clinical.comparing.revisions import ChangeKind
from medplan.clinical.pharmacy.agreed import agreed_steps
from medplan.clinical.pharmacy.cut import ended_before
from medplan.clinical.pharmacy.product_dosages import (
    ProductDosage,
    product_changes,
    product_dosages,
)
from medplan.ical.agreed import shown_steps
from medplan.model.plan import Course, Plan, Step
from medplan.units import Days
from tests.clinical.pharmacy.examples import NAMES, example
from tests.ical.invented import OPTIONS

WINDOWS = st.tuples(st.integers(-5, 120), st.integers(1, 40))


def window(plan: Plan, drawn: tuple[int, int]) -> Days:
    return Days.lasting(plan.start + timedelta(drawn[0]), drawn[1])


def one_by_one(plan: Plan, day: date) -> Counter[str]:
    """The units of each product on a day, counted without runs of days."""
    found: Counter[str] = Counter()
    for course in plan.courses:
        for step in agreed_steps(course):
            for dose in step.doses if day in step.days else ():
                times = step.daily_mg // dose.mg if step.when_required else 1
                for part in dose.products:
                    found[part.product] += part.units * times  # type: ignore[assignment] # exact decimals
    return found


def on_day(dosages: tuple[ProductDosage, ...], day: date) -> Decimal:
    return sum((d.units_a_day for d in dosages if day in d.days), Decimal(0))


@pytest.mark.parametrize("name", NAMES)
@given(drawn=WINDOWS)
def test_units_of_each_day_are_those_of_its_doses(name: str, drawn: tuple[int, int]) -> None:
    plan = example(name)
    within = window(plan, drawn)

    found = product_dosages([plan], within)

    for day in within:
        counted = {key.product: on_day(runs, day) for key, runs in found.items()}
        assert {p: n for p, n in counted.items() if n} == dict(one_by_one(plan, day))


@pytest.mark.parametrize("name", NAMES)
@given(drawn=WINDOWS)
def test_a_kind_says_what_the_days_show(name: str, drawn: tuple[int, int]) -> None:
    plan = example(name)
    within = window(plan, drawn)
    eve = product_dosages([plan], Days(within.first - timedelta(1), within.first - timedelta(1)))

    for row in product_changes([plan], within):
        doses = [next((d.doses for d in row.after if day in d.days), ()) for day in within]
        (before,) = eve.get(row.key, (None,))
        if before is None:
            expected = ChangeKind.NEW
        elif all(found == before.doses for found in doses):
            expected = ChangeKind.CONTINUED
        elif any(doses[(row.from_day - within.first).days :]):
            expected = ChangeKind.CHANGED
        else:
            expected = ChangeKind.STOPPED
        assert (row.kind, row.before) == (expected, before)
        first = next(
            (
                day
                for day, d in zip(within, doses, strict=True)
                if d != (before.doses if before else ())
            ),
            within.first,
        )
        assert row.from_day == first


def titration(*daily: tuple[int, bool]) -> Course:
    """A course of one-week steps, each with its dose and whether it is conditional."""
    plan = example("sciatica-amitriptyline")
    course = plan.courses[0]
    pattern = course.steps[0]
    steps = tuple(
        replace(
            pattern,
            days=Days.lasting(plan.start + timedelta(7 * n), 7),
            daily_mg=Decimal(mg),
            conditional=conditional,
        )
        for n, (mg, conditional) in enumerate(daily)
    )
    return replace(course, steps=steps)


def amounts(steps: tuple[Step, ...]) -> list[int]:
    return [int(step.daily_mg) for step in steps]


def test_no_answer_never_means_more() -> None:
    course = titration((10, False), (20, True), (30, True), (5, False), (25, False))

    assert amounts(agreed_steps(course)) == [10, 10, 10, 5, 5]
    assert amounts(agreed_steps(titration((10, True), (20, True)))) == []


@given(st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1, max_size=6))
def test_what_is_packed_is_what_the_calendar_shows(daily: list[tuple[int, bool]]) -> None:
    course = titration(*daily)
    shown = [(s.days, s.step.daily_mg) for s in shown_steps(course, OPTIONS)]

    assert [(s.days, s.daily_mg) for s in agreed_steps(course)] == shown


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_left_from_the_day_of_an_error(name: str) -> None:
    plan = example(name)
    day = plan.start + timedelta(3)

    cut = ended_before(plan, day)

    assert product_dosages([cut], Days(day, plan.end + timedelta(1))) == {}
    before = Days(plan.start, day - timedelta(1))
    assert product_dosages([cut], before) == product_dosages([plan], before)
