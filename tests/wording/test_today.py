"""A day in words gives, tablet for tablet, what the plan gives on that day, and no more."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from medplan.formulary.model import CheckLevel
from medplan.model.plan import Plan
from medplan.units import Days, format_clock
from medplan.wording.ahead import Kind, coming, courses_ahead
from medplan.wording.looking_out import find_question, questions_on
from medplan.wording.names import medicine_key, medicine_name
from medplan.wording.today import day_of
from tests.clinical.pharmacy.examples import NAMES, both_formularies, example

Counted = Counter[tuple[str, str]]


def days_of(plan: Plan) -> Days:
    """Every day of a plan, the day before it and the day after."""
    return Days(plan.start - timedelta(1), plan.end + timedelta(1))


def planned(plan: Plan, day: date) -> Counted:
    """Units by clock time and medicine on a day, counted from the plan's agreed steps alone."""
    found: Counted = Counter()
    formulary = both_formularies()[plan.formulary.jurisdiction]
    for course in plan.courses:
        agreed = None
        for step in course.steps:
            if not step.conditional:
                agreed = step
            if day in step.days and agreed is not None:
                given = step if step.daily_mg <= agreed.daily_mg else agreed
                for dose in given.doses:
                    clock = "" if dose.minute is None else format_clock(dose.minute)
                    name = medicine_name(medicine_key(course), formulary)
                    found[clock, name] += sum(p.units for p in dose.products)  # type: ignore[assignment] # exact decimals
    return +found


@pytest.mark.parametrize("name", NAMES)
def test_each_day_gives_the_units_of_its_agreed_doses(name: str) -> None:
    plan = example(name)
    formulary = both_formularies()[plan.formulary.jurisdiction]

    for day in days_of(plan):
        shown: Counted = Counter()
        told = day_of(plan, formulary, day)
        for clock, takes in [(t.clock, t.takes) for t in told.times] + [("", told.when_needed)]:
            for take in takes:
                units = sum((part.units for part in take.parts), Decimal(0))
                shown[clock, take.medicine] += units  # type: ignore[assignment] # exact decimals
        assert shown == planned(plan, day), day


@pytest.mark.parametrize("name", NAMES)
def test_steps_ahead_tile_each_course_and_change_where_doses_do(name: str) -> None:
    plan = example(name)
    formulary = both_formularies()[plan.formulary.jurisdiction]

    for course in courses_ahead(plan, formulary, plan.start):
        for one, other in zip(course.steps, course.steps[1:], strict=False):
            assert one.days.last + timedelta(1) == other.days.first
            assert (one.doses, one.daily) != (other.doses, other.daily)


@pytest.mark.parametrize("name", NAMES)
def test_every_stop_decision_and_review_is_told_on_its_day(name: str) -> None:
    plan = example(name)
    told = coming(plan, both_formularies()[plan.formulary.jurisdiction], plan.start - timedelta(1))

    def on(kind: Kind) -> set[date]:
        return {event.day for event in told if event.kind is kind}

    assert {stop.first_free_day for stop in plan.stops} <= on(Kind.STOP)
    assert on(Kind.DECISION) == {decision.day for decision in plan.decisions}
    assert on(Kind.REVIEW) == {review.day for review in plan.reviews}
    assert on(Kind.CHECK) == {check.day for check in plan.checks}
    assert [event.day for event in told] == sorted(event.day for event in told)


@pytest.mark.parametrize("name", NAMES)
def test_a_check_day_asks_all_that_its_checks_ask_the_most_urgent_first(name: str) -> None:
    plan = example(name)

    for check in plan.checks:
        asked = questions_on(plan, check.day)
        levels = [list(CheckLevel).index(question.item.level) for question in asked]
        assert levels == sorted(levels, reverse=True)
        assert len({question.id for question in asked}) == len(asked)
        assert set(check.items) <= {question.item for question in asked}
        assert all(find_question(plan, question.id) for question in asked)
