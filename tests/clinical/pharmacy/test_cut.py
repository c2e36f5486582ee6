"""A plan that was entered in error keeps the doses before a day, and none from it on."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from medplan.clinical.make_plan import make_plan
from medplan.clinical.pharmacy.cut import ended_before
from medplan.formulary.model import Formulary
from medplan.model.plan import Plan
from medplan.model.request import CourseRequest, WrittenStep
from tests.clinical.requesting import MONDAY, asked, slots


def day(number: int) -> date:
    """Day 1 is Monday 23 November 2026."""
    return MONDAY + timedelta(number - 1)


@pytest.fixture(scope="module")
def plan(formularies: Mapping[str, Formulary]) -> Plan:
    """Orphenadrine on days 1 to 7; gabapentin on days 3 to 5 and, higher, on days 6 to 9."""
    gabapentin = CourseRequest(
        "gabapentin",
        "steps",
        first_day=day(3),
        steps=(WrittenStep(3, slots(bedtime="100")), WrittenStep(4, slots(bedtime="300"))),
        ends_in="review",
    )
    orphenadrine = CourseRequest("orphenadrine", "standard", first_day=day(1), days=7)
    return make_plan(asked(orphenadrine, gabapentin), formularies["NZ"])


@pytest.mark.parametrize(
    ("cut", "kept"),
    [
        (10, [("orphenadrine", 1, 7), ("gabapentin", 3, 5), ("gabapentin", 6, 9)]),
        (9, [("orphenadrine", 1, 7), ("gabapentin", 3, 5), ("gabapentin", 6, 8)]),
        (7, [("orphenadrine", 1, 6), ("gabapentin", 3, 5), ("gabapentin", 6, 6)]),
        (6, [("orphenadrine", 1, 5), ("gabapentin", 3, 5)]),
        (5, [("orphenadrine", 1, 4), ("gabapentin", 3, 4)]),
        (3, [("orphenadrine", 1, 2)]),
        (1, []),
    ],
)
def test_the_last_dose_is_that_of_the_day_before(
    plan: Plan, cut: int, kept: list[tuple[str, int, int]]
) -> None:
    found = ended_before(plan, day(cut))

    assert [(c.medicine, s.days.first, s.days.last) for c in found.courses for s in c.steps] == [
        (medicine, day(first), day(last)) for medicine, first, last in kept
    ]


def test_what_is_kept_is_taken_as_before(plan: Plan) -> None:
    doses = {(c.medicine, s.days.first): s.doses for c in plan.courses for s in c.steps}

    for course in ended_before(plan, day(7)).courses:
        for step in course.steps:
            assert step.doses == doses[course.medicine, step.days.first]
