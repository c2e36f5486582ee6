"""A rise that comes too soon is found wherever in the course it stands."""

from collections.abc import Mapping
from datetime import timedelta

from medplan.clinical.make_plan import make_plan
from medplan.formulary.model import Formulary
from medplan.model.request import CourseRequest, WrittenStep
from tests.clinical.requesting import MONDAY, asked, slots


def test_only_the_rise_that_comes_too_soon_is_named(formularies: Mapping[str, Formulary]) -> None:
    rows = (
        WrittenStep(7, slots(bedtime="300")),
        WrittenStep(3, slots(bedtime="600")),
        WrittenStep(10, slots(bedtime="900")),
    )
    course = CourseRequest("gabapentin", "steps", first_day=MONDAY, steps=rows, ends_in="review")
    plan = make_plan(asked(course), formularies["NZ"])

    too_soon = MONDAY + timedelta(10)
    assert [f.code for f in plan.findings if f.code.startswith("titration-fast")] == [
        f"titration-fast:gabapentin:{too_soon}"
    ]
