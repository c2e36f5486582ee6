"""A course that is asked for otherwise goes on from what was taken, as its new kind begins."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from medplan.clinical.make_plan import make_plan
from medplan.clinical.revising.revise import revise
from medplan.errors import InvalidRequestError
from medplan.formulary.model import Formulary, Stage
from medplan.model.acts import Act, Amend, Choice, Decide, Issued
from medplan.model.plan import Plan
from medplan.model.request import CourseRequest, TaperRequest, WrittenStep
from tests.clinical.lives.prescribed import PARACETAMOL, day
from tests.clinical.requesting import MONDAY, asked, slots

Formularies = Mapping[str, Formulary]
Rows = list[tuple[int, int, int]]

TABLE = CourseRequest(
    "gabapentin", "steps", steps=(WrittenStep(20, slots(bedtime="900")),), ends_in="review"
)
TITRATION = CourseRequest("gabapentin", "titration", days=28, target_mg=Decimal(900))
TAPER = CourseRequest(
    "gabapentin",
    "taper",
    current=slots(bedtime="900"),
    used_days=90,
    taper=TaperRequest((Stage(7, reduce_mg=Decimal(300)),)),
)


def amended(formularies: Formularies, issued: CourseRequest, *acts: Act) -> Plan:
    formulary = formularies["NZ"]
    request = asked(issued, PARACETAMOL)
    plan = Issued(request, make_plan(request, formulary))
    for act in acts:
        plan = revise(plan, act, formulary)
    return plan.plan


def asks(number: int, *courses: CourseRequest) -> Amend:
    return Amend(day(number), asked(*courses, PARACETAMOL))


def gabapentin(plan: Plan) -> list[Rows]:
    """By course: number of the first day, of the last, and mg a day of each step."""
    return [
        [
            ((s.days.first - MONDAY).days + 1, (s.days.last - MONDAY).days + 1, int(s.daily_mg))
            for s in course.steps
        ]
        for course in plan.courses
        if course.medicine == "gabapentin"
    ]


def joined(courses: list[Rows]) -> Rows:
    """The rows of all courses, those of one dose as one."""
    rows: Rows = []
    for first, last, mg in (row for course in courses for row in course):
        goes_on = rows and rows[-1][2] == mg and rows[-1][1] + 1 == first
        rows.append((rows.pop()[0] if goes_on else first, last, mg))
    return rows


def test_a_titration_in_a_table_s_place_begins_on_the_day(formularies: Formularies) -> None:
    plan = amended(formularies, TABLE, asks(5, TITRATION))

    assert gabapentin(plan) == [[(1, 4, 900)], [(5, 11, 300), (12, 18, 600), (19, 32, 900)]]


def test_a_taper_in_a_table_s_place_begins_on_the_day(formularies: Formularies) -> None:
    plan = amended(formularies, TABLE, asks(5, TAPER))

    assert gabapentin(plan) == [[(1, 4, 900)], [(5, 11, 600), (12, 18, 300)]]


def test_a_table_in_a_table_s_place_is_for_the_days_that_it_names(
    formularies: Formularies,
) -> None:
    rows = (WrittenStep(10, slots(bedtime="900")), WrittenStep(10, slots(bedtime="600")))

    assert gabapentin(amended(formularies, TABLE, asks(5, replace(TABLE, steps=rows)))) == [
        [(1, 10, 900), (11, 20, 600)]
    ]
    assert gabapentin(amended(formularies, TABLE, asks(15, replace(TABLE, steps=rows)))) == [
        [(1, 14, 900), (15, 20, 600)]
    ]


@pytest.mark.parametrize(
    ("number", "days", "target", "expected"),
    [
        # 600 mg was agreed to on day 8, and nothing since: it goes on from there, for its days.
        (10, 28, "900", [(1, 7, 300), (8, 14, 600), (15, 28, 900)]),
        (20, 29, "900", [(1, 7, 300), (8, 26, 600), (27, 29, 900)]),
        (20, 40, "600", [(1, 7, 300), (8, 40, 600)]),
        (20, 40, "1200", [(1, 7, 300), (8, 26, 600), (27, 33, 900), (34, 40, 1200)]),
        (20, 10, "600", [(1, 7, 300), (8, 20, 600)]),
    ],
)
def test_a_titration_goes_on_from_the_level_that_was_agreed_to(
    formularies: Formularies, number: int, days: int, target: str, expected: Rows
) -> None:
    up = Decide(day(8), "gabapentin", Choice.INCREASE)
    changed = replace(TITRATION, days=days, target_mg=Decimal(target), step_days=7)

    plan = amended(formularies, TITRATION, up, asks(number, changed))

    assert joined(gabapentin(plan)) == expected


def test_a_lower_target_than_what_is_taken_is_gone_down_to(formularies: Formularies) -> None:
    up = Decide(day(8), "gabapentin", Choice.INCREASE)
    lower = replace(TITRATION, target_mg=Decimal(300), start_mg=Decimal(300))

    plan = amended(formularies, TITRATION, up, asks(10, lower))

    assert gabapentin(plan) == [[(1, 7, 300), (8, 9, 600)], [(10, 28, 300)]]


def test_what_the_new_request_leaves_out_ends_and_what_it_adds_begins_on_the_day(
    formularies: Formularies,
) -> None:
    naproxen = CourseRequest("naproxen", "twice-daily", days=5)
    plan = amended(formularies, TABLE, asks(5, naproxen))

    assert gabapentin(plan) == [[(1, 4, 900)]]
    [added] = [c for c in plan.courses if c.medicine == "naproxen"]
    assert (added.days.first, added.days.last) == (day(5), day(9))


def test_what_is_asked_for_later_than_the_day_begins_when_it_is_asked_for(
    formularies: Formularies,
) -> None:
    later = CourseRequest("naproxen", "twice-daily", days=5, first_day=day(12))
    plan = amended(formularies, TABLE, asks(5, TABLE, later))

    assert gabapentin(plan) == [[(1, 20, 900)]]
    [added] = [c for c in plan.courses if c.medicine == "naproxen"]
    assert (added.days.first, added.days.last) == (day(12), day(16))


@pytest.mark.parametrize(("number", "refused"), [(21, False), (22, True)])
def test_a_course_that_has_ended_goes_on_only_on_the_very_next_day(
    formularies: Formularies, number: int, *, refused: bool
) -> None:
    longer = replace(TABLE, steps=(WrittenStep(30, slots(bedtime="900")),))
    if refused:
        with pytest.raises(InvalidRequestError) as error:
            amended(formularies, TABLE, asks(number, longer))
        assert [(p.pointer, p.code, p.detail) for p in error.value.problems] == [
            (
                "/courses/0/first_day",
                "has-ended",
                "the course has ended: leave it as it was, or say when it begins again",
            )
        ]
    else:
        assert gabapentin(amended(formularies, TABLE, asks(number, longer))) == [[(1, 30, 900)]]
