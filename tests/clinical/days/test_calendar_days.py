"""Reviews, decisions and stops fall on the days that the formulary's rows name."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from medplan.clinical.make_plan import make_plan
from medplan.formulary.model import Formulary
from medplan.model.plan import Decision, Plan, Review, Stop
from medplan.model.request import CourseRequest, WrittenStep
from tests.clinical.requesting import MONDAY, asked, slots

Formularies = Mapping[str, Formulary]


def day(number: int) -> date:
    """Day 1 is Monday 23 November 2026."""
    return MONDAY + timedelta(number - 1)


def planned(formularies: Formularies, *courses: CourseRequest) -> Plan:
    return make_plan(asked(*courses), formularies["NZ"])


def naproxen(days: int) -> CourseRequest:
    return CourseRequest("naproxen", "twice-daily", days=days)


def gabapentin(days: int) -> CourseRequest:
    written = (WrittenStep(days, slots(bedtime="300")),)
    return CourseRequest("gabapentin", "steps", first_day=MONDAY, steps=written, ends_in="review")


@pytest.mark.parametrize(
    ("days", "looked"),
    [
        # Up to a week: the last day. Longer: days 7 and 14, then every fortnight.
        (1, [1]),
        (6, [6]),
        (7, [7]),
        (8, [7]),
        (13, [7]),
        (14, [7, 14]),
        (27, [7, 14]),
        (28, [7, 14, 28]),
    ],
)
def test_an_anti_inflammatory_is_reviewed_after_a_week_and_every_fortnight(
    formularies: Formularies, days: int, looked: list[int]
) -> None:
    plan = planned(formularies, naproxen(days))

    assert [r.day for r in plan.reviews] == [day(number) for number in looked]
    assert {r.medicines for r in plan.reviews} == {("naproxen",)}


def test_six_weeks_on_every_medicine_of_the_day_is_reviewed_once_with_every_reason(
    formularies: Formularies,
) -> None:
    formulary = formularies["NZ"]
    plan = planned(formularies, naproxen(45), gabapentin(42))
    rows = {name: formulary.medicines[name].review for name in ("naproxen", "gabapentin")}
    naproxen_s, gabapentin_s = (row.text if row else "" for row in rows.values())

    [six_weeks] = [r for r in plan.reviews if r.day == day(42)]
    assert six_weeks.medicines == ("naproxen", "gabapentin", "omeprazole")
    assert six_weeks.why == f"{naproxen_s} {gabapentin_s} {formulary.plan_review.text}"


def test_a_plan_of_less_than_six_weeks_has_no_review_as_a_whole(
    formularies: Formularies,
) -> None:
    assert planned(formularies, gabapentin(41)).reviews == (
        Review(day(41), ("gabapentin",), "Decide how Gabapentin goes on."),
    )


def test_the_plan_s_review_is_counted_from_its_own_first_day(formularies: Formularies) -> None:
    later = CourseRequest("orphenadrine", "standard", first_day=day(40), days=5)
    plan = planned(formularies, naproxen(5), later)

    [whole] = [r for r in plan.reviews if formularies["NZ"].plan_review.text in r.why]
    assert (whole.day, whole.medicines) == (day(42), ("orphenadrine",))


def test_each_conditional_step_is_decided_on_its_first_day(formularies: Formularies) -> None:
    plan = planned(formularies, CourseRequest("gabapentin", "titration", days=40))

    options = ("increase", "stay", "step-back", "stop")
    conditional = [s.days.first for c in plan.courses for s in c.steps if s.conditional]
    assert conditional == [day(8), day(15), day(22), day(29), day(36)]
    assert plan.decisions == tuple(
        Decision(first, "gabapentin", options, "prescriber") for first in conditional
    )


def test_a_course_that_stops_is_free_the_day_after_its_last_dose(
    formularies: Formularies,
) -> None:
    plan = planned(formularies, naproxen(30), gabapentin(3))

    naproxen_s, omeprazole_s = plan.stops
    assert naproxen_s == Stop(
        "naproxen",
        day(30),
        day(31),
        "none",
        "Naproxen can simply stop, as soon as the pain and swelling settle. No withdrawal effects "
        "are known.",
    )
    assert omeprazole_s == Stop(
        "omeprazole", day(30), day(31), "none", "Stop Omeprazole with naproxen."
    )
